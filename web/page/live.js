// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the daemon says about targets as it changes: server-sent events, only
// while the page is looked at, since a browser has few connections to spare
// for one host. Where events do not come, it asks from time to time.

import { listOf, targetPath } from './api.js';

const POLL_MS = 5000;
const RETRY_MS = 3000;

export class Live extends EventTarget {
    constructor(api) {
        super();
        this.api = api;
        this.targets = new Map();
        this.known = false; // the list was read once
        this.source = null;
        this.timer = null;
        this.started = false;
        document.addEventListener('visibilitychange', () => this.look());
    }

    start() {
        this.started = true;
        this.look();
    }

    stop() {
        this.started = false;
        this.targets.clear();
        this.known = false;
        this.look();
    }

    look() {
        const wanted = this.started && !document.hidden;

        if (wanted && !this.source) {
            this.listen();
            this.refresh();
        } else if (!wanted) {
            this.source?.close();
            this.source = null;
            clearTimeout(this.timer);
            this.timer = null;
        }
    }

    listen() {
        const source = new EventSource('/api/events');

        this.source = source;
        source.addEventListener('hello', () => this.refresh());
        source.addEventListener('target', (event) => {
            this.note(JSON.parse(event.data));
        });
        for (const type of ['session', 'control', 'text']) {
            source.addEventListener(type, (event) => {
                this.pass(type, JSON.parse(event.data));
            });
        }
        source.addEventListener('error', () => {
            // A browser retries what broke off, but not what was refused.
            if (source.readyState === EventSource.CLOSED) {
                this.schedule(() => {
                    this.source = null;
                    this.look();
                }, RETRY_MS);
            } else {
                this.schedule(() => this.refresh(), RETRY_MS);
            }
        });
    }

    schedule(job, after) {
        clearTimeout(this.timer);
        this.timer = setTimeout(job, after);
    }

    note(target) {
        if (!target?.name) {
            return;
        }
        const old = this.targets.get(target.name) ?? {};

        this.targets.set(target.name, { ...old, ...target,
            heardAt: performance.now() });
        this.dispatchEvent(new CustomEvent('targets',
            { detail: target.name }));
    }

    pass(type, data) {
        this.dispatchEvent(new CustomEvent(type, { detail: data }));
        if (type === 'control' && data?.target) {
            this.refreshOne(data.target).catch(() => {});
        }
    }

    async refreshOne(name) {
        this.note(await this.api.get(targetPath(name)));
    }

    async refresh() {
        try {
            const list = listOf(await this.api.get('/api/targets'));
            const names = new Set(list.map((target) => target.name));

            for (const name of this.targets.keys()) {
                if (!names.has(name)) {
                    this.targets.delete(name);
                }
            }
            this.known = true;
            list.forEach((target) => this.note(target));
            this.dispatchEvent(new CustomEvent('targets'));
        } catch {
            // The next event or the next look brings it.
        }
        if (this.source && this.source.readyState !== EventSource.OPEN) {
            this.schedule(() => this.refresh(), POLL_MS);
        }
    }
}

// A target as it is now: its ages go on while nothing is heard of it.
export function agedTarget(target, now = performance.now()) {
    const passed = (now - (target.heardAt ?? now)) / 1000;

    if (!target.signal || !Number.isFinite(target.signal.since_s)) {
        return target;
    }
    return { ...target, signal: { ...target.signal,
        since_s: target.signal.since_s + passed } };
}
