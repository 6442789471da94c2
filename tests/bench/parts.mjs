// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is measured on each kind of content: the limit of the machine, the
// daemon's cost, and its instructions.

import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOfChange, shown } from './content.mjs';
import { Daemon } from './daemon.mjs';
import { capture, lines, sleep } from './processes.mjs';

// At full speed a shorter while holds as many frames.
const times = { 30: { seconds: 2.5, warmup: 0.7 },
    0: { seconds: 1.5, warmup: 0.4 } };
const viewers = [1, 4, 10, 100];

// ---- the limit ----------------------------------------------------------------

export async function measureLimits(bench) {
    const results = {};

    for (const content of bench.contents) {
        bench.say(`limit: ${content}`);
        results[content] = await lines(bench.tool('limit'),
            [bench.frames(`${content}.yuyv601`)]);
    }
    return results;
}

// ---- the daemon ----------------------------------------------------------------

// The load on a server that is there already; `more` are options of load.c.
export function load(bench, port, pid, more, each) {
    const options = { port, pid, ...times[30], ...more };
    const args = Object.entries(options)
        .flatMap(([name, value]) => [`--${name}`, String(value)]);

    return lines(bench.tool('load'), args, {}, each);
}

// One run: cost of a frame of the source, whoever it was sent to.
export async function runLoad(bench, daemon, content, rate, more = {}) {
    let frames = 0;
    const result = await load(bench, daemon.port, daemon.pid,
        { ...times[rate], ...more }, async line => {
            const now = await daemon.frames();

            frames = line.event === 'begin' ? -now : frames + now;
        });
    const stats = await daemon.stats();
    const latency = stats.timings.frame_to_sent_us;

    if (rate === 0) {
        frames = shown(content, frames, result.updates_max);
    }

    return {
        viewers: result.viewers,
        rate,
        frames,
        cpu_ms: result.cpu_us / 1000 / frames,
        cores: result.cpu_us / result.us,
        fps: result.updates / result.viewers / (result.us / 1e6),
        bytes: bytesOfChange(content, frames, result),
        latency_ms: {
            p50: latency.p50 / 1000,
            p90: latency.p90 / 1000,
            p99: latency.p99 / 1000,
        },
        raw: result,
        stats,
    };
}

async function measureOne(bench, content, layout, n, rate, copyrect) {
    const daemon = await Daemon.start(bench.build, bench.scratch,
        bench.frames(`${content}.${layout}`), rate);

    try {
        return {
            content, layout, copyrect,
            ...await runLoad(bench, daemon, content, rate,
                { viewers: n, copyrect }),
        };
    } finally {
        await daemon.stop();
    }
}

export async function measureRackhand(bench) {
    const results = [];
    const kinds = bench.contents.flatMap(content => [
        [content, 'yuyv601', 0],
        ...content === 'text240' ? [[content, 'yuyv601', 1]] : [],
        ...content === 'noise' ? [[content, 'yuyv709', 0]] : [],
    ]);

    for (const [content, layout, copyrect] of kinds) {
        bench.say(`rackhand: ${content} ${layout}` +
            `${copyrect ? ' CopyRect' : ''}`);
        for (const rate of [30, 0]) {
            for (const n of viewers) {
                results.push(await measureOne(bench, content, layout, n, rate,
                    copyrect));
            }
        }
    }
    return results;
}

// ---- instructions ----------------------------------------------------------------

// What the dumps hold, in the order in which they were made.
function callgrindTotals(folder) {
    return readdirSync(folder)
        .filter(name => /^callgrind\.out\.\d+$/.test(name))
        .sort((a, b) => a.split('.').pop() - b.split('.').pop())
        .map(name => Number(/^totals: (\d+)/m
            .exec(readFileSync(join(folder, name), 'utf8'))[1]));
}

// A viewer comes, looks on for a while, and leaves: how many frames it was.
async function visit(bench, daemon, content, copyrect, time) {
    const before = await daemon.frames();
    const result = await load(bench, daemon.port, daemon.pid,
        { copyrect, seconds: time, warmup: 0 });

    await sleep(500); // the stream is off: nothing runs that is not counted
    await capture('callgrind_control', ['-d', String(daemon.pid)]);
    return shown(content, await daemon.frames() - before,
        result.updates_max);
}

// What a long visit has more than a short one: no start, no first picture.
async function countInstructions(bench, content, copyrect) {
    const folder = mkdtempSync(join(bench.scratch, 'callgrind-'));
    const daemon = await Daemon.start(bench.build, folder,
        bench.frames(`${content}.yuyv601`), 0, {
            runner: ['valgrind', '--quiet', '--tool=callgrind',
                `--callgrind-out-file=${folder}/callgrind.out`],
        });

    try {
        await visit(bench, daemon, content, copyrect, 0.1);
        const few = await visit(bench, daemon, content, copyrect, 1.5);
        const many = await visit(bench, daemon, content, copyrect, 7);
        const [, low, high] = callgrindTotals(folder);

        return { content, copyrect, frames: many - few,
            instructions: (high - low) / (many - few) };
    } finally {
        await daemon.stop();
    }
}

export async function measureInstructions(bench) {
    const results = [];

    for (const content of bench.contents) {
        bench.say(`instructions: ${content}`);
        results.push(await countInstructions(bench, content, 0));
        if (content === 'text240') {
            results.push(await countInstructions(bench, content, 1));
        }
    }
    return results;
}
