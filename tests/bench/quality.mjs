// SPDX-License-Identifier: GPL-2.0-or-later
//
// Does a viewer show what the daemon was fed with?

import { Daemon } from './daemon.mjs';
import { lines } from './processes.mjs';

const lossless = -1;
const runs = [
    ...['text240', 'text80', 'login', 'bios', 'desktop', 'noise']
        .map(content => ({ content, level: lossless })),
    { content: 'text240', level: lossless, copyrect: 1 },
    { content: 'desktop', level: lossless, copyrect: 1 },
    { content: 'noise', level: lossless, matrix: 'yuyv709' },
    ...['text240', 'text80', 'bios', 'desktop']
        .map(content => ({ content, level: 6, copyrect: 1 })),
    ...[3, 6, 9].map(level => ({ content: 'noise', level })),
    { content: 'noise', level: 6, matrix: 'yuyv709' },
    // Stands still: in the end all is exact.
    { content: 'still', level: 6, ends: true },
];
const seconds = 3;
const rate = 10;
const mayLose = 0.5; // dB against libjpeg-turbo

async function look(bench, { content, level, copyrect = 0,
    matrix = 'yuyv601', ends = false }) {
    const frames = bench.frames(`${content}.${matrix}`);
    const daemon = await Daemon.start(bench.build, bench.scratch, frames,
        rate);

    try {
        const seen = await lines(bench.tool('quality'), [daemon.port, frames,
            matrix, level, copyrect, seconds]);
        const fine = level === lossless || ends
            ? seen.exact_at_end === 1 : true;

        return { content, level, copyrect, matrix, ...seen,
            met: seen.updates > 0 && fine && seen.worst_loss_db <= mayLose &&
                (level !== lossless || seen.lossy_pixels === 0) };
    } finally {
        await daemon.stop();
    }
}

export async function measureQuality(bench) {
    const results = [];

    bench.say('quality');
    for (const run of runs) {
        if (bench.contents.includes(run.content) || run.content === 'still') {
            results.push(await look(bench, run));
        }
    }
    return results;
}
