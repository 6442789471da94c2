// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tells the daemon now and then that somebody is here: a session ends when
// nobody is, and what goes over a console's WebSocket it does not count. What
// the page asks by itself does not count either. Pure.

const EVERY_MS = 60000;

export const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'wheel'];

export class Presence {
    // tell(): say so to the daemon.
    constructor(tell, now = () => Date.now()) {
        Object.assign(this, { tell, now });
        this.told = -Infinity;
    }

    note() {
        const now = this.now();

        if (now - this.told >= EVERY_MS) {
            this.told = now;
            this.tell();
        }
    }
}
