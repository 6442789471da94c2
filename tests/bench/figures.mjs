// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the big table does not tell: idle, crowds, stalled viewers, keys.

import { cpus } from 'node:os';
import { figure } from './budget.mjs';
import { Daemon } from './daemon.mjs';
import { load } from './parts.mjs';
import { capture, sleep } from './processes.mjs';
import { Typist } from './typist.mjs';

async function withDaemon(bench, frames, rate, options, use) {
    const daemon = await Daemon.start(bench.build, bench.scratch,
        bench.frames(frames), rate, options);

    try {
        return await use(daemon);
    } finally {
        await daemon.stop();
    }
}

// ---- nothing moves, nobody looks ------------------------------------------------

async function cost(bench, frames, rate, more) {
    return withDaemon(bench, frames, rate, {}, async daemon => {
        const result = await load(bench, daemon.port, daemon.pid, more);

        return 100 * result.cpu_us / result.us;
    });
}

async function still(bench) {
    return [
        figure('nothing moves, 30 a second: of a core',
            await cost(bench, 'still.yuyv601', 30), 1.5, { unit: '%' }),
        figure('nothing moves, 60 a second: of a core',
            await cost(bench, 'still.yuyv601', 60), 3, { unit: '%' }),
    ];
}

// CPU of a process in us, as the kernel counts it.
async function cpuOf(bench, pid) {
    return Number(await capture(bench.tool('cost'), [String(pid)]));
}

async function idle(bench) {
    return withDaemon(bench, 'noise.yuyv601', 30, {}, async daemon => {
        await load(bench, daemon.port, daemon.pid, { seconds: 0.5 });
        await sleep(500);
        const before = await cpuOf(bench, daemon.pid);

        await sleep(4000);
        const used = await cpuOf(bench, daemon.pid) - before;

        return [figure('nobody looks: of a core', used / 4e4, 0.2,
            { unit: '%', digits: 3 })];
    });
}

// ---- several viewers --------------------------------------------------------------

// At half the rate that the machine can do: what is lost is the other's fault.
async function stalled(bench) {
    return withDaemon(bench, 'noise.yuyv601', 15, {}, async daemon => {
        const run = number => load(bench, daemon.port, daemon.pid,
            { viewers: 3 + number, stalled: number, seconds: 5, warmup: 2 });
        const alone = await run(0);
        const beside = await run(1);

        return [figure('one viewer stalls: frames that others lose',
            Math.max(0, alone.updates_min - beside.updates_min), 0,
            { digits: 0 })];
    });
}

async function fairness(bench) {
    return withDaemon(bench, 'noise.yuyv601', 30, {}, async daemon => {
        const { updates_min: low, updates_max: high } = await load(bench,
            daemon.port, daemon.pid, { viewers: 10, seconds: 4 });

        return [figure('ten viewers: frames of the slowest, fastest: 100',
            100 * low / high, 95, { unit: '%', digits: 1, least: true })];
    });
}

// As many viewers with one quality, and with all four classes among them.
async function classes(bench) {
    const encodes = qualities => withDaemon(bench, 'desktop.yuyv601', 30, {},
        async daemon => {
            await load(bench, daemon.port, daemon.pid,
                { viewers: 8, qualities });
            const { encodes: n, frames } = (await daemon.stats()).counters;

            return n / frames;
        });

    return [figure('four classes at once: encodes, for one class: 1',
        await encodes('-1,3,6,9') / await encodes('6'), 4)];
}

async function memory(bench) {
    return withDaemon(bench, 'noise.yuyv601', 30, {}, async daemon => {
        const one = await load(bench, daemon.port, daemon.pid);
        const many = await load(bench, daemon.port, daemon.pid,
            { viewers: 100, seconds: 4 });

        return [
            figure('memory with one viewer', one.memory_kb / 1024, 41,
                { unit: 'MB', digits: 1 }),
            figure('memory with 100 viewers', many.memory_kb / 1024, 160,
                { unit: 'MB', digits: 1 }),
            figure('threads more with 100 viewers', many.threads - one.threads,
                0, { digits: 0 }),
        ];
    });
}

// ---- how fast ---------------------------------------------------------------------

// The daemon makes a worker for each core that it may use when it starts. Each
// number is the best of three, for whatever else runs makes two workers one.
async function workers(bench) {
    const all = `0-${cpus().length - 1}`;
    const median = cores => withDaemon(bench, 'noise.yuyv601', 15,
        { runner: ['taskset', '-c', cores] }, async daemon => {
            await capture('taskset', ['-a', '-c', '-p', all,
                String(daemon.pid)]);
            await load(bench, daemon.port, daemon.pid, { seconds: 2 });
            return (await daemon.stats()).timings.frame_to_sent_us.p50;
        });
    const best = { '0': Infinity, '0,1': Infinity };

    for (let i = 0; i < 3; i++) {
        for (const cores of Object.keys(best)) {
            best[cores] = Math.min(best[cores], await median(cores));
        }
    }
    return [figure('full motion: p50 with two workers, with one: 1',
        best['0,1'] / best['0'], 0.65)];
}

// Inside it begins when the daemon reads the key; from outside the key may
// wait for the loop before, and an answer has to come back.
async function keys(bench) {
    return withDaemon(bench, 'noise.yuyv601', 30, {}, async daemon => {
        const typist = await Typist.join(daemon.port);
        const [, times] = await Promise.all([
            load(bench, daemon.port, daemon.pid, { viewers: 10, seconds: 5 }),
            typist.type(5, 5),
        ]);
        const { samples, p99 } = (await daemon.stats()).timings.key_to_hidg_us;
        const outside = times[Math.ceil(0.99 * times.length) - 1];

        typist.leave();
        return [
            figure('key to hidg, noise to ten viewers: p99', p99 / 1000, 2,
                { unit: 'ms' }),
            figure('from outside, with an answer back: p99', outside, 2,
                { unit: 'ms' }),
            figure('keys that this was seen on', samples, times.length,
                { digits: 0, least: true }),
        ];
    });
}

// ---- all of them --------------------------------------------------------------------

const figures = { still, idle, stalled, fairness, classes, memory, workers,
    keys };

export async function measureFigures(bench) {
    const results = [];

    for (const [name, measure] of Object.entries(figures)) {
        bench.say(`figures: ${name}`);
        results.push(...await measure(bench));
    }
    return results;
}
