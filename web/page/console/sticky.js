// SPDX-License-Identifier: GPL-2.0-or-later
//
// Modifiers that stay down until the next key, as fingers cannot hold them on
// a screen. Pure: send(keysym, code, down) comes from outside.

export class Sticky {
    constructor(send, changed = () => {}) {
        this.send = send;
        this.changed = changed;
        this.held = new Map(); // code -> key
    }

    has(code) {
        return this.held.has(code);
    }

    get shifted() {
        return this.has('ShiftLeft') || this.has('ShiftRight');
    }

    press(key) {
        if (key.modifier) {
            this.toggle(key);
            return;
        }
        this.send(key.keysym, key.code, true);
        this.send(key.keysym, key.code, false);
        this.release();
    }

    toggle(key) {
        const down = !this.held.has(key.code);

        if (down) {
            this.held.set(key.code, key);
        } else {
            this.held.delete(key.code);
        }
        this.send(key.keysym, key.code, down);
        this.changed();
    }

    // The last pressed goes first, as fingers do it.
    release() {
        for (const key of [...this.held.values()].reverse()) {
            this.send(key.keysym, key.code, false);
        }
        this.held.clear();
        this.changed();
    }
}
