// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the daemon may cost (must) and should (aim), and what of the numbers
// that are there tells whether it does.

// CPU in ms for each frame of the source with one viewer, bytes of a change.
const contents = [
    { content: 'text240', cpu: [4, 2.5], bytes: [40e3, 35e3] },
    { content: 'text240', copyrect: 1, cpu: [2, 1.2], bytes: [6e3, 3e3] },
    { content: 'text80', cpu: [5.2, 4.8], bytes: [270e3, 255e3] },
    { content: 'login', cpu: [0.7, 0.5], bytes: [1e3, 300] },
    { content: 'bios', cpu: [0.8, 0.6], bytes: [25e3, 19e3] },
    { content: 'desktop', cpu: [3, 2.5], bytes: [45e3, 33e3] },
    { content: 'noise', cpu: [9.5, 8.8], bytes: [815e3, 815e3] },
];

export function figure(name, value, must, { aim, unit = '', digits = 2,
    least = false } = {}) {
    const sign = least ? '>=' : '<=';
    const write = number => number === undefined ? ''
        : `${sign} ${+number.toFixed(3)}`;

    return { name, must: write(must), aim: write(aim),
        measured: `${value.toFixed(digits)}${unit ? ` ${unit}` : ''}`,
        value,
        met: least ? value >= must : value <= must };
}

function find(runs, wanted) {
    return runs.find(run => Object.entries({ rate: 30, copyrect: 0,
        layout: 'yuyv601', viewers: 1, ...wanted })
        .every(([key, value]) => run[key] === value));
}

function perContent(runs) {
    return contents.flatMap(({ content, copyrect = 0, cpu, bytes }) => {
        const run = find(runs, { content, copyrect });
        const name = `${content}${copyrect ? ' with CopyRect' : ''}`;

        return run ? [
            figure(`${name}: CPU a frame`, run.cpu_ms, cpu[0],
                { aim: cpu[1], unit: 'ms' }),
            figure(`${name}: bytes a change`, run.bytes / 1000,
                bytes[0] / 1000, { aim: bytes[1] / 1000, unit: 'kB',
                    digits: 1 }),
        ] : [];
    });
}

function perLatency(runs) {
    return contents.flatMap(({ content, copyrect = 0 }) => {
        const run = find(runs, { content, copyrect });
        const ten = find(runs, { content, copyrect, viewers: 10 });
        const name = `${content}${copyrect ? ' with CopyRect' : ''}`;

        return run && ten && content !== 'login' ? [
            figure(`${name}: frame to last byte, p50`, run.latency_ms.p50,
                run.cpu_ms + 1, { unit: 'ms' }),
            figure(`${name}: frame to last byte, p99`, run.latency_ms.p99,
                2 * run.latency_ms.p50 + 2, { unit: 'ms' }),
            figure(`${name}: the same with ten viewers, p50`,
                ten.latency_ms.p50, run.latency_ms.p50 + 3,
                { unit: 'ms' }),
        ] : [];
    });
}

function perViewers(runs) {
    const ratios = ['text240', 'text80', 'desktop', 'noise'].flatMap(content =>
        [[10, 1.25], [100, 3]].map(([viewers, must]) =>
            ({ content, viewers, must })));

    return ratios.filter(({ content, viewers }) => viewers === 10 ||
        ['text240', 'desktop'].includes(content))
        .flatMap(({ content, viewers, must }) => {
            const one = find(runs, { content });
            const many = find(runs, { content, viewers });

            return one && many ? [figure(
                `${content}: CPU for ${viewers} viewers, for one: 1`,
                many.cpu_ms / one.cpu_ms, must)] : [];
        });
}

function perColour(runs) {
    const full = find(runs, { content: 'noise' });
    const limited = find(runs, { content: 'noise', layout: 'yuyv709' });

    return full && limited ? [figure('noise: more for limited BT.709',
        limited.cpu_ms - full.cpu_ms, 1.2, { unit: 'ms' })] : [];
}

export function judge(runs) {
    return [perContent, perColour, perViewers, perLatency]
        .flatMap(judgement => judgement(runs));
}
