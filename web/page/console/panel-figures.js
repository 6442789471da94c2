// SPDX-License-Identifier: GPL-2.0-or-later
//
// How fast it is: the daemon's own figures, and what this page alone can know.

import { el, fill, setText } from '../dom.js';
import { formatBitRate, formatMicroseconds } from '../format.js';
import { say } from '../words.js';
import { computeRates, readStats } from './figures.js';

const PERIOD_MS = 2000;

function percentiles(timing) {
    if (!timing || timing.samples === 0) {
        return '–';
    }
    return say('figures.percentiles', { p50: formatMicroseconds(timing.p50),
        p99: formatMicroseconds(timing.p99) });
}

export class Figures {
    // changed(): there are new ones.
    constructor(app, name, screen, changed) {
        Object.assign(this, { app, name, screen, changed });
        this.title = say('figures.title');
        this.last = null;
        this.rates = null;
        this.trip_us = 0;
        this.toYou = 0;
        this.bytes = 0;
        this.timer = null;
        this.list = el('dl', { class: 'figures' });
        this.node = el('div', {}, this.list,
            el('p', { class: 'hint' }, say('figures.hint')));
    }

    begin() {
        this.timer = setInterval(() => this.measure(), PERIOD_MS);
        this.measure();
    }

    end() {
        clearInterval(this.timer);
    }

    opened() {
        this.show();
    }

    async measure() {
        if (document.hidden || !this.screen.connected || this.busy) {
            return;
        }
        const start = performance.now();

        this.busy = true;
        try {
            const answer = await this.app.api.get(
                `/api/stats?target=${encodeURIComponent(this.name)}`);

            this.note(answer, start, performance.now());
        } catch {
            this.rates = null;
        }
        this.busy = false;
        this.show();
        this.changed();
    }

    note(answer, start, end) {
        const stats = readStats(answer, this.name, end);
        const passed_s = (end - (this.last?.at ?? end)) / 1000;

        this.trip_us = (end - start) * 1000;
        this.rates = computeRates(this.last, stats);
        this.toYou = passed_s > 0 && this.screen.bytes >= this.bytes
            ? (this.screen.bytes - this.bytes) / passed_s : 0;
        this.bytes = this.screen.bytes;
        this.last = stats;
    }

    // For the toolbar: frames, delay, bandwidth.
    get short() {
        if (!this.rates) {
            return say('figures.waiting');
        }
        return say('figures.short', { fps: Math.round(this.rates.fps),
            delay: this.last.picture?.samples
                ? formatMicroseconds(this.last.picture.p50) : '–',
            rate: formatBitRate(this.toYou) });
    }

    show() {
        const { last, rates } = this;
        const rows = !last ? [] : [
            ['figures.frames', rates ? say('figures.frames-value',
                { fps: rates.fps.toFixed(1) }) : '–'],
            ['figures.picture', percentiles(last.picture)],
            ['figures.key', percentiles(last.key)],
            ['figures.trip', formatMicroseconds(this.trip_us)],
            ['figures.rate-you', formatBitRate(this.toYou)],
            ['figures.rate-all', rates
                ? formatBitRate(rates.bytesPerSecond) : '–'],
            ['figures.dropped', String(last.dropped)],
            ['figures.viewers', String(last.viewers)],
        ];

        if (this.list.children.length !== rows.length * 2) {
            fill(this.list, rows.map(([key]) => [el('dt', {}, say(key)),
                el('dd', {})]).flat());
        }
        rows.forEach(([, value], i) =>
            setText(this.list.children[2 * i + 1], value));
    }
}
