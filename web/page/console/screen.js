// SPDX-License-Identifier: GPL-2.0-or-later
//
// The machine's screen: one noVNC connection at a time, and how it is shown.

import { el } from '../dom.js';
import { say } from '../words.js';
import { keysymOf } from './keysyms.js';
import RFB from './novnc.js';


export class Screen {
    // handlers: opened(), closed({ code, reason }), focused(boolean)
    constructor(host, { name, mayOperate, settings, handlers }) {
        Object.assign(this, { host, name, mayOperate, settings, handlers });
        // What was seen last, while there is nothing newer.
        this.ghost = el('canvas', { class: 'ghost', hidden: true,
            'aria-hidden': 'true' });
        this.rfb = null;
        this.bytes = 0; // of the connection of the moment
        this.lookOnly = !mayOperate;
        this.dragging = false;
    }

    get canvas() {
        return this.host.querySelector('canvas');
    }

    get connected() {
        return this.rfb !== null && this.ready === true;
    }

    open() {
        const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
        const socket = new WebSocket(`${scheme}://${location.host}/targets/` +
            `${encodeURIComponent(this.name)}/rfb`, ['binary']);

        this.close();
        this.bytes = 0;
        this.ready = false;
        socket.binaryType = 'arraybuffer';
        socket.addEventListener('message', ({ data }) => {
            this.bytes += data.byteLength ?? 0;
        });
        socket.addEventListener('close', ({ code, reason }) => {
            if (this.socket === socket) {
                this.lost({ code, reason });
            }
        });
        this.socket = socket;
        this.attach(new RFB(this.host, socket, { shared: true }));
    }

    attach(rfb) {
        this.rfb = rfb;
        rfb.background = 'transparent';
        rfb.focusOnClick = true;
        rfb.qualityLevel = this.settings.get('quality');
        this.applyScaling();
        rfb.viewOnly = this.lookOnly;
        rfb.addEventListener('connect', () => {
            this.ready = true;
            this.ghost.hidden = true;
            this.labelCanvas();
            this.handlers.opened();
        });
        rfb.addEventListener('securityfailure', ({ detail }) => {
            this.refusal = detail.reason;
        });
    }

    labelCanvas() {
        const { canvas } = this;

        canvas.tabIndex = 0;
        canvas.setAttribute('role', 'application');
        canvas.setAttribute('aria-label', say(this.lookOnly
            ? 'console.screen-look' : 'console.screen', { name: this.name }));
        canvas.addEventListener('focus', () => this.handlers.focused(true));
        canvas.addEventListener('blur', () => {
            this.releaseAll();
            this.handlers.focused(false);
        });
    }

    lost(close) {
        const reason = this.refusal ?? close.reason;

        this.refusal = undefined;
        this.keepPicture();
        this.drop();
        this.handlers.closed({ ...close, reason });
    }

    // noVNC takes its picture away when the connection is gone.
    keepPicture() {
        const { canvas, ghost } = this;

        if (this.ready && canvas?.width > 0) {
            ghost.width = canvas.width;
            ghost.height = canvas.height;
            ghost.getContext('2d').drawImage(canvas, 0, 0);
            ghost.hidden = false;
        }
    }

    drop() {
        const { rfb } = this;

        this.rfb = null;
        this.socket = null;
        this.ready = false;
        rfb?.disconnect();
    }

    close() {
        if (this.rfb) {
            this.drop();
        }
        this.host.replaceChildren();
    }

    focus() {
        this.rfb?.focus({ preventScroll: true });
    }

    // A key that is down when the focus goes would stay down.
    releaseAll() {
        if (this.connected) {
            this.rfb.releaseKeys();
        }
    }

    setLookOnly(lookOnly) {
        this.releaseAll();
        this.lookOnly = lookOnly || !this.mayOperate;
        if (this.rfb) {
            this.rfb.viewOnly = this.lookOnly;
        }
    }

    setQuality(quality) {
        this.settings.set('quality', quality);
        if (this.rfb) {
            this.rfb.qualityLevel = quality;
        }
    }

    setScaling(scaling) {
        this.settings.set('scaling', scaling);
        this.applyScaling();
    }

    // 1 : 1 on a touch screen is moved by dragging, elsewhere by scroll bars.
    applyScaling() {
        const fit = this.settings.get('scaling') === 'fit';

        if (!this.rfb) {
            return;
        }
        this.rfb.clipViewport = !fit && this.dragging;
        this.rfb.dragViewport = !fit && this.dragging;
        this.rfb.scaleViewport = fit;
    }

    setDragging(dragging) {
        this.dragging = dragging;
        this.applyScaling();
    }

    sendKey(keysym, code, down) {
        if (this.connected) {
            this.rfb.sendKey(keysym, code, down);
        }
    }

    // A character by its meaning: the daemon finds the keys in its layout.
    typeCharacter(character) {
        this.sendKey(keysymOf(character), null);
    }
}
