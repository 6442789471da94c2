// SPDX-License-Identifier: GPL-2.0-or-later
//
// node document.mjs RESULTS DOCUMENT CHART: put the numbers of the last
// measurement into the document, between its marks, and draw the chart.

import { readFileSync, writeFileSync } from 'node:fs';
import { judge } from './budget.mjs';
import { drawChart } from './chart.mjs';
import { changes, rate } from './content.mjs';

const [resultsFile, documentFile, chartFile] = process.argv.slice(2);
const results = JSON.parse(readFileSync(resultsFile, 'utf8'));
const { limit, rackhand, instructions, peers, figures, quality } = results;
const contents = Object.keys(limit);

// ---- which run is meant ------------------------------------------------------------

function own(content, more = {}) {
    const wanted = { content, rate: 30, copyrect: 0, layout: 'yuyv601',
        viewers: 1, ...more };

    return rackhand.find(run => Object.entries(wanted)
        .every(([key, value]) => run[key] === value));
}

function peer(name, content, viewers = 1) {
    return peers.runs.find(run => run.name === name &&
        run.content === content && run.viewers === viewers);
}

const ustreamer = 'ustreamer (JPEG over HTTP)';
const whole = 'libvncserver, whole screen';
const ideal = 'libvncserver, ideal damage';
const xvnc = 'Xvnc, whole screen';
const shown = [
    ['rackhand', (content, viewers) => own(content, { viewers })],
    ...[ustreamer, whole, ideal, xvnc].map(name =>
        [name, (content, viewers) => peer(name, content, viewers)]),
];

// ---- tables ------------------------------------------------------------------------------

function table(head, rows) {
    const line = cells => `| ${cells.join(' | ')} |`;

    return [line(head), line(head.map((_, i) => i ? '---:' : '---')),
        ...rows.map(line)].join('\n');
}

function ms(value) {
    return value === undefined ? '' : value.toFixed(2);
}

function bytes(value) {
    if (value < 1000) {
        return `${value.toFixed(0)} B`;
    }
    return `${(value / 1000).toFixed(value < 1e5 ? 1 : 0)} kB`;
}

function latency({ latency_ms: { p50, p90, p99 } }) {
    return [p50, p90, p99].map(value => value.toFixed(1)).join(' / ');
}

function countedOf(content, copyrect) {
    const counted = instructions.find(one => one.content === content &&
        one.copyrect === copyrect);

    return counted ? (counted.instructions / 1e6).toFixed(1) : '';
}

function ownRow(name, content, more = {}) {
    const runs = [1, 4, 10, 100].map(viewers =>
        own(content, { ...more, viewers }));

    return [name, ...runs.map(run => ms(run.cpu_ms)),
        (runs[0].cpu_ms * 1000 / limit[content].jpeg.us).toFixed(2),
        more.layout ? '' : countedOf(content, more.copyrect ?? 0),
        bytes(runs[0].bytes), latency(runs[0]), latency(runs[2])];
}

function eachContent(make) {
    return contents.flatMap(content => [
        make(content, content),
        ...content === 'text240'
            ? [make('text240, CopyRect', content, { copyrect: 1 })] : [],
        ...content === 'noise'
            ? [make('noise, limited BT.709', content, { layout: 'yuyv709' })]
            : [],
    ]);
}

function costTable() {
    return table(['30 frames a second', 'CPU ms, 1 viewer', '4', '10', '100',
        '1 viewer, to the limit', 'M instructions', 'bytes a change',
        'p50 / p90 / p99 ms, 1 viewer', '10 viewers'],
    eachContent(ownRow));
}

function fullRow(name, content, more = {}) {
    const runs = [1, 4, 10, 100].map(viewers =>
        own(content, { ...more, rate: 0, viewers }));

    return [name, ...runs.flatMap(run =>
        [(run.frames / (run.raw.us / 1e6)).toFixed(0), ms(run.cpu_ms)])];
}

function fullTable() {
    return table(['full speed', ...[1, 4, 10, 100].flatMap(n =>
        [`frames/s, ${n} viewer${n > 1 ? 's' : ''}`, 'CPU ms'])],
    eachContent(fullRow));
}

function limitTable() {
    return table(['', 'libjpeg-turbo, ms', 'bytes', 'compare, ms', 'read, ms'],
        contents.map(content => [content, ms(limit[content].jpeg.us / 1000),
            bytes(limit[content].jpeg.bytes),
            ms(limit[content].compare.us / 1000),
            ms(limit[content].read.us / 1000)]));
}

function ratio(run, mine) {
    return `${ms(run.cpu_ms)} (${(run.cpu_ms / mine.cpu_ms).toFixed(1)}x)`;
}

// With ten viewers most peers leave frames out: fps tells.
function peerTable() {
    const names = [...new Set(peers.runs.map(run => run.name))];

    return table(['', '', 'CPU ms, 1 viewer', '10 viewers',
        'updates/s each of ten gets', 'bytes a change', 'p50 / p90 / p99 ms',
        '10 viewers'],
    contents.flatMap(content => names.map(name => {
        const [one, ten] = [1, 10].map(n => peer(name, content, n));
        const [myOne, myTen] = [1, 10].map(n =>
            own(content, { viewers: n }));

        return [content, name, ratio(one, myOne), ratio(ten, myTen),
            ten.fps.toFixed(1), bytes(one.bytes), latency(one), latency(ten)];
    })));
}

function figureTable() {
    return table(['', 'must', 'aim', 'measured', ''],
        [...judge(rackhand), ...figures].map(one => [one.name, one.must,
            one.aim, one.measured, one.met ? '' : '**missed**']));
}

function qualityTable() {
    return table(['', "viewer's level", 'updates', 'lossy pixels', 'dB',
        'libjpeg-turbo alone, dB', ''],
    quality.map(run => [
        [run.content, run.copyrect ? 'with CopyRect' : '',
            run.matrix === 'yuyv709' ? 'limited BT.709' : '']
            .filter(Boolean).join(', '),
        run.level < 0 ? 'lossless' : run.level, run.updates, run.lossy_pixels,
        ...run.lossy_pixels ? [run.db, run.reference_db] : ['', ''],
        run.met ? '' : '**missed**']));
}

// ---- the chart ---------------------------------------------------------------------------

function panel(title, viewers, pick, write, more = {}) {
    const groups = contents.map(content => ({ name: content,
        values: shown.map(([, find]) => {
            const run = find(content, viewers);

            return run && pick(run);
        }) }));
    const values = groups.flatMap(group => group.values)
        .filter(value => value !== undefined);

    return { title, groups, write, max: Math.max(...values), ...more };
}

// Of thirty frames a second some servers let ten viewers see only a few.
function perFrameShown(run) {
    return run.cpu_ms / Math.min(1, run.fps / changes(run.content, rate));
}

function chart() {
    const one = value => value.toFixed(value < 1 ? 2 : 1);

    return drawChart(shown.map(([name]) => name), [
        panel('CPU for each frame, one viewer (ms)', 1,
            run => run.cpu_ms, one),
        panel('CPU for each frame that ten viewers get (ms)', 10,
            perFrameShown, one),
        panel('Bytes for each change, one viewer (logarithmic)', 1,
            run => run.bytes, bytes, { logarithmic: true, min: 10 }),
        panel('From frame to last byte, one viewer, half are faster (ms)', 1,
            run => run.latency_ms.p50, one),
    ]);
}

// ---- all of it -----------------------------------------------------------------------------

function machineWords() {
    const most = Math.max(...Object.values(results.machine.others_percent));

    return `In this run other programs had at most ${most} % of the ` +
        `machine's ${results.machine.cores} cores.`;
}

const marks = { machine: machineWords, limit: limitTable, cost: costTable, full: fullTable,
    peers: peerTable, figures: figureTable, quality: qualityTable };
let document = readFileSync(documentFile, 'utf8');

for (const [name, make] of Object.entries(marks)) {
    const begin = `<!-- ${name} -->\n`;
    const end = `\n<!-- end of ${name} -->`;
    const from = document.indexOf(begin);
    const to = document.indexOf(end);

    if (from < 0 || to < from) {
        throw new Error(`${documentFile} has no marks for ${name}`);
    }
    document = document.slice(0, from + begin.length) + make() +
        document.slice(to);
}
writeFileSync(documentFile, document);
writeFileSync(chartFile, chart());
