// SPDX-License-Identifier: GPL-2.0-or-later
//
// Relative motion on its way to the daemon: what moves while a request is
// under way is added up, so that a slow network makes it coarser, not late.
// Buttons keep their order. Pure: send(body) is a promise from outside.

const LIMIT = 2048; // of what is worth sending at once

const BUTTONS = ['left', 'middle', 'right', 'back', 'forward'];

export function buttonNames(mask) {
    // As browsers number them in MouseEvent.buttons.
    const bits = { left: 1, right: 2, middle: 4, back: 8, forward: 16 };

    return BUTTONS.filter((name) => mask & bits[name]);
}

function clamp(value) {
    return Math.max(-LIMIT, Math.min(LIMIT, value));
}

export class Motion {
    constructor(send) {
        this.send = send;
        this.steps = []; // each with one state of the buttons
        this.busy = false;
        this.rest = { dx: 0, dy: 0 }; // below one pixel
    }

    move(dx, dy, mask) {
        this.add({ dx, dy, wheel: 0, horizontal: 0, mask });
    }

    press(mask) {
        this.add({ dx: 0, dy: 0, wheel: 0, horizontal: 0, mask });
    }

    turn(wheel, horizontal, mask) {
        this.add({ dx: 0, dy: 0, wheel, horizontal, mask });
    }

    add(step) {
        const last = this.steps.at(-1);

        if (last && last.mask === step.mask) {
            last.dx += step.dx;
            last.dy += step.dy;
            last.wheel += step.wheel;
            last.horizontal += step.horizontal;
        } else {
            this.steps.push(step);
        }
        this.pump();
    }

    take() {
        const step = this.steps.shift();
        const dx = step.dx + this.rest.dx;
        const dy = step.dy + this.rest.dy;
        const body = { dx: Math.trunc(clamp(dx)), dy: Math.trunc(clamp(dy)),
            buttons: buttonNames(step.mask) };

        this.rest = { dx: dx - Math.trunc(dx), dy: dy - Math.trunc(dy) };
        if (step.wheel) {
            body.wheel = step.wheel;
        }
        if (step.horizontal) {
            body.horizontal_wheel = step.horizontal;
        }
        return body;
    }

    async pump() {
        if (this.busy) {
            return;
        }
        this.busy = true;
        while (this.steps.length > 0) {
            try {
                await this.send(this.take());
            } catch {
                this.steps = []; // late motion is worse than none
            }
        }
        this.busy = false;
    }
}
