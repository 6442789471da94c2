// SPDX-License-Identifier: GPL-2.0-or-later
//
// The numbers as tables for people.

import { judge } from './budget.mjs';

const columns = [
    ['', 34], ['viewers', 7], ['fps', 7], ['CPU ms', 8], ['x limit', 8],
    ['M instr', 8], ['bytes', 9], ['p50', 7], ['p90', 7], ['p99', 7],
];

function number(value, digits = 2) {
    return value === undefined || Number.isNaN(value) ? ''
        : value.toFixed(digits);
}

function row(cells) {
    return cells.map((cell, i) => i === 0
        ? String(cell).padEnd(columns[i][1])
        : String(cell ?? '').padStart(columns[i][1])).join(' ').trimEnd();
}

function runRow(name, run, limit, instructions) {
    const { p50, p90, p99 } = run.latency_ms;

    return row([name, run.viewers, number(run.fps, 1), number(run.cpu_ms),
        number(run.cpu_ms * 1000 / limit?.jpeg.us),
        number(instructions / 1e6, 1), number(run.bytes, 0),
        number(p50, 1), number(p90, 1), number(p99, 1)]);
}

function limitRows(limit) {
    return [
        row(['libjpeg-turbo, whole frame', '', '', number(limit.jpeg.us / 1000),
            '1.00', '', number(limit.jpeg.bytes, 0)]),
        row(['compare with the frame before', '', '',
            number(limit.compare.us / 1000)]),
        row(['read the frame', '', '', number(limit.read.us / 1000)]),
    ];
}

function nameOf(run) {
    return ['rackhand',
        run.copyrect ? 'with CopyRect' : '',
        run.layout === 'yuyv709' ? 'limited BT.709' : '',
        run.rate === 0 ? 'at full speed' : ''].filter(Boolean).join(', ');
}

export function printReport({ machine, limit = {}, rackhand = [],
    instructions = [], browsers = [], peers = { runs: [] }, figures = [],
    quality = [] }) {
    const contents = [...new Set([...Object.keys(limit),
        ...[...rackhand, ...peers.runs].map(run => run.content)])];

    console.log(`${machine.processor}, ${machine.cores} cores.`,
        'CPU of the whole server and instructions: for each frame of the',
        'source, 30 a second or as many as it can. bytes: to one viewer, for',
        'each change of the picture, whatever is sent later included.',
        'p50 to p99: from frame to last byte sent, in ms.\n');
    console.log(row(columns.map(([name]) => name)));
    for (const content of contents) {
        console.log(`\n${content}`);
        if (limit[content]) {
            console.log(limitRows(limit[content]).join('\n'));
        }
        for (const run of rackhand.filter(one => one.content === content)) {
            const counted = instructions.find(one => one.content === content &&
                one.copyrect === run.copyrect && run.viewers === 1 &&
                run.layout === 'yuyv601');

            console.log(runRow(nameOf(run), run, limit[content],
                counted?.instructions));
        }
        for (const run of peers.runs.filter(one => one.content === content)) {
            console.log(runRow(run.name, run, limit[content]));
        }
    }
    console.log('\nOther programs had of the machine meanwhile:',
        Object.entries(machine.others_percent)
            .map(([name, percent]) => `${name} ${percent} %`).join(', '));
    printFigures([...judge(rackhand), ...figures]);
    printBrowsers(browsers);
    printQuality(quality);
}

// Encodes: how many a frame, since who is out of step shares less.
function printBrowsers(runs) {
    const wide = [34, 8, 7, 8, 8];
    const line = cells => cells.map((cell, i) => i
        ? String(cell).padStart(wide[i]) : cell.padEnd(wide[i])).join(' ');

    if (!runs.length) {
        return;
    }
    console.log(`\n${line(['', 'viewers', 'fps', 'CPU ms', 'encodes'])}`);
    for (const { content, kind, viewers, fps, cpu_ms: cpu, stats } of runs) {
        const { encodes, frames } = stats.counters;

        console.log(line([`${content}, ${kind === 'browser'
            ? 'browsers within TLS' : 'viewers without'}`, viewers,
        number(fps, 1), number(cpu), number(encodes / frames, 1)]));
    }
}

function printFigures(figures) {
    const wide = [48, 12, 12, 14];

    if (!figures.length) {
        return;
    }
    console.log(`\n${['', 'must', 'aim', 'measured'].map((cell, i) =>
        i ? cell.padStart(wide[i]) : cell.padEnd(wide[i])).join(' ')}`);
    for (const { name, must, aim, measured, met } of figures) {
        console.log([name, must ?? '', aim ?? '', measured].map((cell, i) =>
            i ? String(cell).padStart(wide[i])
                : String(cell).padEnd(wide[i])).join(' ') +
            (met === false ? '  MISSED' : ''));
    }
}

function printQuality(runs) {
    const wide = [34, 7, 8, 13, 10, 10];
    const line = cells => cells.map((cell, i) => i
        ? String(cell).padStart(wide[i]) : cell.padEnd(wide[i])).join(' ');

    if (!runs.length) {
        return;
    }
    console.log(`\n${line(['', 'level', 'updates', 'lossy pixels', 'dB',
        'turbo dB'])}`);
    for (const run of runs) {
        const name = [run.content, run.copyrect ? 'with CopyRect' : '',
            run.matrix === 'yuyv709' ? 'limited BT.709' : '']
            .filter(Boolean).join(', ');

        console.log(line([name, run.level < 0 ? 'exact' : run.level,
            run.updates, run.lossy_pixels,
            ...run.lossy_pixels ? [run.db, run.reference_db] : ['', '']]) +
            (run.met ? '' : '  MISSED'));
    }
}
