// SPDX-License-Identifier: GPL-2.0-or-later
//
// Bars for people who would rather look than read: a plain SVG.

const colours = ['#1f6feb', '#8c959f', '#b08800', '#d4a72c', '#a475f9'];
const bar = 11;
const gap = 12;
const left = 70;
const wide = 400;
const labels = 66;

function text(x, y, words, extra = '') {
    return `<text x="${x}" y="${y}" ${extra}>${words}</text>`;
}

// Logarithmic where values lie far apart; a bar always shows something.
function lengthOf(value, panel) {
    const { max, min = 0 } = panel;
    const share = panel.logarithmic
        ? Math.log(value / min) / Math.log(max / min) : value / max;

    return Math.max(2, Math.min(1, share) * wide);
}

function drawGroup(panel, group, y) {
    const lines = [text(left - 8, y + bar * group.values.length / 2 + 4,
        group.name, 'text-anchor="end"')];

    group.values.forEach((value, i) => {
        const top = y + i * bar;

        if (value === undefined) {
            return;
        }
        const length = lengthOf(value, panel);

        lines.push(`<rect x="${left}" y="${top}" width="${length.toFixed(1)}"`
            + ` height="${bar - 1}" fill="${colours[i]}"/>`,
        text((left + length + 4).toFixed(1), top + bar - 2,
            panel.write(value), 'font-size="10"'));
    });
    return lines;
}

// panel: title, groups of { name, values }, max, write, logarithmic and min.
function drawPanel(panel, x, y) {
    const lines = [text(0, 0, panel.title, 'font-weight="bold"')];
    let at = 14;

    for (const group of panel.groups) {
        lines.push(...drawGroup(panel, group, at));
        at += bar * group.values.length + gap;
    }
    return `<g transform="translate(${x},${y})">${lines.join('\n')}</g>`;
}

function heightOf(panel) {
    return 14 + panel.groups.reduce((sum, group) =>
        sum + bar * group.values.length + gap, 0);
}

// All panels, two beside each other, and what the colours mean.
export function drawChart(names, panels) {
    const width = left + wide + labels;
    const lines = names.map((name, i) =>
        `<rect x="${10 + i * 205}" y="10" width="12" height="12"`
        + ` fill="${colours[i]}"/>${text(28 + i * 205, 20, name)}`);
    let y = 50;

    for (let i = 0; i < panels.length; i += 2) {
        const pair = panels.slice(i, i + 2);

        lines.push(...pair.map((panel, k) =>
            drawPanel(panel, 10 + k * width, y)));
        y += Math.max(...pair.map(heightOf)) + 20;
    }
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${2 * width + 10}"`
        + ` height="${y}" font-family="sans-serif" font-size="12">\n`
        + '<rect width="100%" height="100%" fill="white"/>\n'
        + `${lines.join('\n')}\n</svg>\n`;
}
