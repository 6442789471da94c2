// SPDX-License-Identifier: GPL-2.0-or-later
//
// Numbers as people read them. Pure.

import { say } from './words.js';

// "12 s", "3 min", "2 h 5 min", "4 d": one figure, or two where one is coarse.
export function formatDuration(seconds) {
    const s = Math.max(0, Math.round(seconds));

    if (s < 60) {
        return say('time.seconds', { n: s });
    }
    if (s < 3600) {
        return say('time.minutes', { n: Math.floor(s / 60) });
    }
    if (s < 86400) {
        const h = Math.floor(s / 3600);
        const m = Math.floor((s % 3600) / 60);

        return m === 0 ? say('time.hours', { n: h })
            : say('time.hours-minutes', { h, m });
    }
    return say('time.days', { n: Math.floor(s / 86400) });
}

// Three figures at most: 0.21, 4.3, 35.
function formatFigure(value) {
    if (value >= 10) {
        return String(Math.round(value));
    }
    return String(Number(value.toPrecision(2)));
}

export function formatMicroseconds(us) {
    if (us < 1000) {
        return `${Math.round(us)} µs`;
    }
    if (us < 1e6) {
        return `${formatFigure(us / 1000)} ms`;
    }
    return `${formatFigure(us / 1e6)} s`;
}

export function formatBytes(bytes) {
    const units = ['B', 'KiB', 'MiB', 'GiB'];
    let value = bytes;
    let unit = 0;

    while (value >= 1024 && unit < units.length - 1) {
        value /= 1024;
        unit += 1;
    }
    return `${formatFigure(value)} ${units[unit]}`;
}

export function formatBitRate(bytesPerSecond) {
    const bits = bytesPerSecond * 8;

    if (bits < 1000) {
        return `${Math.round(bits)} bit/s`;
    }
    if (bits < 1e6) {
        return `${formatFigure(bits / 1000)} kbit/s`;
    }
    return `${formatFigure(bits / 1e6)} Mbit/s`;
}

// The day, in UTC, of seconds since 1970.
export function formatDay(seconds) {
    return new Date(seconds * 1000).toISOString().slice(0, 10);
}

// "rack1-2026-11-30-221504.png"
export function formatFileName(target, date, extension) {
    const digits = (n) => String(n).padStart(2, '0');
    const day = [date.getFullYear(), digits(date.getMonth() + 1),
        digits(date.getDate())].join('-');
    const time = [date.getHours(), date.getMinutes(), date.getSeconds()]
        .map(digits).join('');
    const name = target.replace(/[^A-Za-z0-9._-]/g, '_');

    return `${name}-${day}-${time}.${extension}`;
}

// Where in a text its n-th character (code point, from 0) stands, from 1.
export function lineAndColumn(text, at) {
    const before = [...text].slice(0, at);
    const lastBreak = before.lastIndexOf('\n');

    return {
        line: before.filter((character) => character === '\n').length + 1,
        column: at - lastBreak,
    };
}
