// SPDX-License-Identifier: GPL-2.0-or-later
//
// The caught mouse: while the browser locks the pointer to the picture, its
// motion goes to the machine as motion, and noVNC sees nothing of it.

import { targetPath } from '../api.js';
import { say } from '../words.js';
import { Motion } from './motion.js';

const WHEEL_STEP = 50; // pixels of scrolling that are one notch at least

const notches = (delta) => (delta === 0 ? 0
    : Math.sign(delta) * Math.max(1, Math.round(Math.abs(delta) /
        (WHEEL_STEP * 2))));

export class Capture {
    constructor(app, name, screen, changed) {
        Object.assign(this, { app, name, screen, changed });
        this.wanted = false;
        this.motion = new Motion((body) => app.api.post(
            targetPath(name, 'pointer'), body).catch((error) => {
            this.complain(error);
            throw error;
        }));
        this.stop = new AbortController();
        this.listen();
    }

    get caught() {
        return document.pointerLockElement !== null &&
            document.pointerLockElement === this.screen.canvas;
    }

    complain(error) {
        if (this.caught) {
            document.exitPointerLock();
            this.app.notify(error.message, 'bad');
        }
    }

    listen() {
        const options = { capture: true, signal: this.stop.signal };
        const on = (type, handle) => addEventListener(type, (event) => {
            if (this.caught) {
                event.stopImmediatePropagation();
                event.preventDefault();
                handle(event);
            }
        }, { ...options, passive: false });

        on('mousemove', (event) => this.motion.move(event.movementX,
            event.movementY, event.buttons));
        on('mousedown', (event) => this.motion.press(event.buttons));
        on('mouseup', (event) => this.motion.press(event.buttons));
        on('wheel', (event) => this.motion.turn(-notches(event.deltaY),
            notches(event.deltaX), event.buttons));
        addEventListener('mousedown', (event) => this.catch(event), options);
        document.addEventListener('pointerlockchange', () => this.tell(),
            options);
    }

    // The first click on the picture catches, and does nothing else.
    async catch(event) {
        const { canvas } = this.screen;

        if (!this.wanted || this.caught || event.target !== canvas) {
            return;
        }
        event.stopImmediatePropagation();
        event.preventDefault();
        canvas.focus();
        try {
            await canvas.requestPointerLock();
        } catch {
            this.app.notify(say('mouse.cannot'), 'warn');
        }
    }

    tell() {
        if (this.caught) {
            this.app.notify(say('mouse.caught'));
        } else if (this.wanted) {
            this.motion.press(0);
        }
        this.changed();
    }

    setWanted(wanted) {
        this.wanted = wanted;
        if (!wanted && this.caught) {
            document.exitPointerLock();
        }
        this.changed();
    }

    end() {
        this.setWanted(false);
        this.stop.abort();
    }
}
