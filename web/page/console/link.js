// SPDX-License-Identifier: GPL-2.0-or-later
//
// When to connect, and when to try again. Pure: time and the connection itself
// come from outside.
//
// Phases: connecting, connected, waiting (until `at`), ended (with a reason
// and for good, unless begun again).

export const DELAYS_MS = [500, 1000, 2000, 4000, 8000, 10000];

// A WebSocket's close codes that say: you are not wanted. The others (the
// daemon restarts, the network breaks off) are worth another try.
const POLICY = 1008;
const NORMAL = 1000;

export function isFinal({ code, reason }) {
    return code === POLICY || (code === NORMAL && Boolean(reason));
}

export class Link {
    // open(): connect, and call opened() or closed() later.
    // ask(): a promise of 'yes', 'no' (this is over), or 'unreachable'.
    constructor({ open, ask, changed, timers = globalThis,
        now = () => Date.now() }) {
        Object.assign(this, { open, ask, changed, timers, now });
        this.attempts = 0;
        this.timer = null;
        this.phase = 'idle';
    }

    set(phase, more = {}) {
        this.phase = phase;
        this.changed({ phase, ...more });
    }

    begin() {
        this.timers.clearTimeout(this.timer);
        this.set('connecting', { attempts: this.attempts });
        this.open();
    }

    opened() {
        const again = this.attempts > 0;

        this.attempts = 0;
        this.set('connected', { again });
    }

    closed(close) {
        if (this.phase === 'idle' || this.phase === 'ended') {
            return;
        }
        if (isFinal(close)) {
            this.end(close.reason);
            return;
        }
        this.wait();
    }

    wait() {
        const delay = DELAYS_MS[Math.min(this.attempts,
            DELAYS_MS.length - 1)];

        this.attempts += 1;
        this.set('waiting', { at: this.now() + delay });
        this.timer = this.timers.setTimeout(() => this.retry(), delay);
    }

    async retry() {
        this.timers.clearTimeout(this.timer);
        this.set('connecting', { attempts: this.attempts });
        const answer = await this.ask();

        if (this.phase !== 'connecting') {
            return; // ended meanwhile
        }
        if (answer === 'unreachable') {
            this.wait();
        } else if (answer === 'yes') {
            this.open();
        }
    }

    end(reason) {
        this.timers.clearTimeout(this.timer);
        this.set('ended', { reason });
    }

    stop() {
        this.timers.clearTimeout(this.timer);
        this.phase = 'idle';
    }
}
