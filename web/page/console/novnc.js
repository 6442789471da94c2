// SPDX-License-Identifier: GPL-2.0-or-later
//
// noVNC, made to live with our policy for content: it shows JPEG parts through
// data: addresses, which img-src 'self' blob: forbids. Its own method is
// replaced by one that uses blob: addresses; they also spare the base64. Its
// cursors would be data: too, but the daemon sends none but an empty one, and
// the pointer above the picture is ours, in the style sheet.

import RFB from '@novnc/novnc';
import Display from 'novnc-display';
import { initLogging } from 'novnc-logging';

// What it would log, the page says in words.
initLogging('none');

Display.prototype.imageRect = function imageRect(x, y, width, height, type,
    bytes) {
    if (width === 0 || height === 0) {
        return;
    }
    const img = new Image();
    const url = URL.createObjectURL(new Blob([bytes], { type }));
    const free = () => URL.revokeObjectURL(url);

    img.addEventListener('load', free, { once: true });
    img.addEventListener('error', free, { once: true });
    img.src = url;
    this._renderQPush({ type: 'img', img, x, y, width, height });
};

// As when the window loses the focus. (viewOnly would forget them instead, and
// they stayed down.)
RFB.prototype.releaseKeys = function releaseKeys() {
    this._keyboard._allKeysUp();
};

export default RFB;
