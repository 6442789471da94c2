// SPDX-License-Identifier: GPL-2.0-or-later
//
// Short news that come and go by themselves, read out once.

import { el } from './dom.js';

const SHOWN_MS = 6000;

export class Notices {
    constructor() {
        this.node = el('div', { class: 'notices', role: 'status',
            'aria-live': 'polite' });
    }

    clear() {
        this.node.replaceChildren();
    }

    // For who cannot see that it has happened.
    whisper(text) {
        this.show(text, 'read-only-aloud');
    }

    show(text, tone = 'plain') {
        const notice = el('p', { class: `notice ${tone}` }, text);

        // The same news again take the place of the old.
        for (const old of this.node.children) {
            if (old.textContent === text) {
                old.remove();
            }
        }
        this.node.append(notice);
        setTimeout(() => notice.remove(), SHOWN_MS);
    }
}
