// SPDX-License-Identifier: GPL-2.0-or-later
//
// The machine that measures, and how much of it others had meanwhile.

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

export function describeMachine() {
    const list = cpus();

    return { processor: list[0].model.trim(), cores: list.length };
}

function numbers(file, from, count) {
    return readFileSync(file, 'utf8').replace(/^.*\) /, '').split(/\s+/)
        .slice(from, from + count).map(Number);
}

// In ticks: all processors', and ours with all programs that we started.
function readClocks() {
    const [user, nice, system, idle, wait, ...rest] =
        numbers('/proc/stat', 1, 8);
    const busy = [user, nice, system, ...rest].reduce((a, b) => a + b);
    const own = numbers('/proc/self/stat', 11, 4).reduce((a, b) => a + b);

    return { all: busy + idle + wait, others: busy - own };
}

// Call what comes back to learn how many percent others had since.
export function watchOthers() {
    const begin = readClocks();

    return () => {
        const end = readClocks();

        return 100 * Math.max(0, end.others - begin.others) /
            Math.max(1, end.all - begin.all);
    };
}
