// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the demo computer's screen says, read from the pixels that a browser
// shows: each cell of 8 x 16 pixels is looked up in the font that it is
// drawn with.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const FONT = '/usr/share/consolefonts/Unifont-APL8x16.psf.gz';
const GLYPH_BYTES = 16;
const SEQUENCE = 0xfffe;
const END = 0xffff;
const UNKNOWN = '\ufffd';

// From the bitmap of a glyph, in hexadecimal, to its character. Of several
// that look alike the first code point counts.
function readFont() {
    const psf = gunzipSync(readFileSync(FONT));
    const glyphs = psf[2] & 1 ? 512 : 256;
    const byBitmap = new Map();
    let at = 4 + glyphs * GLYPH_BYTES;

    for (let i = 0; i < glyphs; i++) {
        const codes = [];
        let single = true;

        for (; psf.readUInt16LE(at) !== END; at += 2) {
            single &&= psf.readUInt16LE(at) !== SEQUENCE;
            if (single) {
                codes.push(psf.readUInt16LE(at));
            }
        }
        at += 2;
        const from = 4 + i * GLYPH_BYTES;
        const bitmap = psf.toString('hex', from, from + GLYPH_BYTES);
        const code = Math.min(...codes);
        const known = byBitmap.get(bitmap);

        if (codes.length > 0 && !(known?.codePointAt(0) < code)) {
            byBitmap.set(bitmap, String.fromCodePoint(code));
        }
    }
    return byBitmap;
}

const font = readFont();

function inverted(bitmap) {
    return Buffer.from(bitmap, 'hex').map(byte => byte ^ 0xff).toString('hex');
}

// Runs in the page: of each cell which pixels differ from its first one, as
// hexadecimal; rows of cells.
function readCells() {
    const canvas = document.querySelector('canvas:not(.ghost)');

    if (!canvas || canvas.width === 0) {
        return [];
    }
    const { width, height } = canvas;
    const pixels = new Uint32Array(canvas.getContext('2d')
        .getImageData(0, 0, width, height).data.buffer);
    const rows = [];

    for (let top = 0; top + 16 <= height; top += 16) {
        let row = '';

        for (let left = 0; left + 8 <= width; left += 8) {
            const paper = pixels[top * width + left];

            for (let y = top; y < top + 16; y++) {
                let byte = 0;

                for (let x = left; x < left + 8; x++) {
                    byte = byte << 1 |
                        (pixels[y * width + x] === paper ? 0 : 1);
                }
                row += byte.toString(16).padStart(2, '0');
            }
        }
        rows.push(row);
    }
    return rows;
}

// The lines of the screen, without what is empty at their ends.
export async function readScreen(page) {
    const rows = await page.evaluate(readCells);

    return rows.map(row => row.match(/.{32}/g).map(bitmap =>
        font.get(bitmap) ?? font.get(inverted(bitmap)) ?? UNKNOWN).join('')
        .trimEnd());
}

// Runs in the page: how many pixels of the canvas are others than those of the
// daemon's own snapshot; -1: another size.
async function compareSnapshot(target) {
    const reply = await fetch(`/api/targets/${target}/snapshot?format=png`);
    const bitmap = await createImageBitmap(await reply.blob());
    const canvas = document.querySelector('canvas:not(.ghost)');
    const own = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = own.getContext('2d');

    if (bitmap.width !== canvas.width || bitmap.height !== canvas.height) {
        return -1;
    }
    context.drawImage(bitmap, 0, 0);
    const [a, b] = [context, canvas.getContext('2d')].map(each =>
        new Uint32Array(each.getImageData(0, 0, bitmap.width, bitmap.height)
            .data.buffer));

    return a.reduce((differing, pixel, at) =>
        differing + (pixel === b[at] ? 0 : 1), 0);
}

export function differingPixels(page, target) {
    return page.evaluate(compareSnapshot, target);
}

// Runs in the page: where near a place the demo computer's pointer has its tip;
// null: nowhere. It is drawn in black and white over anything.
function findPointer({ near, reach }) {
    const SHAPE = ['#', '##', '#.#', '#..#', '#...#', '#....#', '#.....#',
        '#......#', '#.......#', '#........#', '#.....#####'];
    const canvas = document.querySelector('canvas:not(.ghost)');
    const { width, height } = canvas;
    const pixels = new Uint32Array(canvas.getContext('2d')
        .getImageData(0, 0, width, height).data.buffer);
    const colours = { '#': 0xff000000, '.': 0xffffffff };

    for (let y = near.y - reach; y <= near.y + reach; y++) {
        for (let x = near.x - reach; x <= near.x + reach; x++) {
            if (SHAPE.every((row, dy) => [...row].every((kind, dx) =>
                pixels[(y + dy) * width + x + dx] === colours[kind]))) {
                return { x, y };
            }
        }
    }
    return null;
}

export function pointerNear(page, near, reach = 3) {
    return page.evaluate(findPointer, { near, reach });
}
