// SPDX-License-Identifier: GPL-2.0-or-later
//
// node decode.mjs FOLDER FILE: decode the updates in FILE, written by dump.c,
// with the decoders of the noVNC in FOLDER/node_modules, each connection with
// decoders of its own, and compare every pixel with what it should be.

import { readFileSync } from 'node:fs';
import { Canvas, Library, Viewer } from './display.mjs';

const [folder, file] = process.argv.slice(2);
const library = await Library.load(folder);

function decodeUpdate(viewer, update, used) {
    const { canvas, rects, bytes } = update;

    viewer.take(bytes);
    for (let i = 0; i < rects; i++) {
        const head = viewer.readHead();

        if (!head || !viewer.decodeBody(head, canvas)) {
            throw new Error('bytes are missing');
        }
        used.add(head.encoding);
    }
    if (viewer.socket.rQlen() !== 0) {
        throw new Error(`${viewer.socket.rQlen()} bytes are left over`);
    }
}

class Dump {
    constructor(data) {
        this.data = data;
        this.at = 0;
    }

    get ended() {
        return this.at === this.data.length;
    }

    number() {
        this.at += 4;
        return this.data.readUInt32BE(this.at - 4);
    }

    bytes() {
        const size = this.number();

        this.at += size;
        return this.data.subarray(this.at - size, this.at);
    }
}

function firstDifference(canvas, expected) {
    if (canvas.rgb.equals(expected)) {
        return null;
    }
    const index = Math.floor(canvas.rgb.findIndex(
        (value, i) => value !== expected[i]) / 3);

    return `pixel ${index % canvas.width},` +
        `${Math.floor(index / canvas.width)} is wrong`;
}

// One connection: all its updates, on one canvas as long as the size stays.
function checkConnection(dump) {
    const name = dump.bytes().toString();
    const encoding = dump.number();
    const updates = dump.number();
    const viewer = new Viewer(library);
    const used = new Set();
    let canvas = new Canvas(0, 0);

    for (let i = 0; i < updates; i++) {
        const [width, height, rects] = [0, 1, 2].map(() => dump.number());
        const bytes = dump.bytes();
        const expected = dump.bytes();

        if (canvas.width !== width || canvas.rgb.length !== expected.length) {
            canvas = new Canvas(width, height);
        }
        decodeUpdate(viewer, { canvas, rects, bytes }, used);
        const difference = firstDifference(canvas, expected);
        if (difference) {
            throw new Error(`${name}: update ${i}: ${difference}`);
        }
    }
    if (!used.has(encoding)) {
        throw new Error(`${name}: encoding ${encoding} was not used`);
    }
    console.log(`${name}: ${updates} updates are right`);
}

const dump = new Dump(readFileSync(file));
let passed = 0;

while (!dump.ended) {
    checkConnection(dump);
    passed++;
}
if (passed === 0) {
    throw new Error('the dump is empty');
}
console.log(`${passed} passed, 0 failed`);
