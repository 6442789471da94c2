// SPDX-License-Identifier: GPL-2.0-or-later
//
// node decode.mjs FOLDER FILE: decode the updates in FILE, written by dump.c,
// with the decoders of the noVNC in FOLDER/node_modules, each connection with
// decoders of its own, and compare every pixel with what it should be.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// What noVNC takes for granted in a browser: the console's place, and the
// numbers of states, which node has from version 22.
globalThis.window = globalThis;
globalThis.WebSocket ??= { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };

const [folder, file] = process.argv.slice(2);

async function load(path) {
    const whole = resolve(folder, 'node_modules/@novnc/novnc/core', path);

    return (await import(pathToFileURL(whole))).default;
}

const Websock = await load('websock.js');
const decoders = new Map([
    [0, await load('decoders/raw.js')],
    [2, await load('decoders/rre.js')],
    [5, await load('decoders/hextile.js')],
    [6, await load('decoders/zlib.js')],
    [7, await load('decoders/tight.js')],
    [16, await load('decoders/zrle.js')],
]);

// The display as decoders see it. No pictures: a JPEG would need a browser,
// and the dump has none.
class Canvas {
    constructor(width, height) {
        this.width = width;
        this.rgb = Buffer.alloc(width * height * 3, 0x55);
    }

    put(x, y, red, green, blue) {
        const at = (y * this.width + x) * 3;

        this.rgb[at] = red;
        this.rgb[at + 1] = green;
        this.rgb[at + 2] = blue;
    }

    fillRect(x, y, width, height, color) {
        for (let row = y; row < y + height; row++) {
            for (let column = x; column < x + width; column++) {
                this.put(column, row, color[0], color[1], color[2]);
            }
        }
    }

    blitImage(x, y, width, height, data, offset) {
        for (let row = y; row < y + height; row++) {
            for (let column = x; column < x + width; column++) {
                this.put(column, row, data[offset], data[offset + 1],
                         data[offset + 2]);
                offset += 4;
            }
        }
    }

    imageRect() {
        throw new Error('a picture in a lossless update');
    }
}

// A WebSocket that is always open; what arrives is handed to it by hand.
function openSocket() {
    const channel = {
        binaryType: '', protocol: '', readyState: 'open',
        onopen: null, onmessage: null, onerror: null, onclose: null,
        send() {}, close() {},
    };
    const socket = new Websock();

    socket.attach(channel);
    return { socket, receive: data => channel.onmessage({ data }) };
}

class Viewer {
    constructor() {
        Object.assign(this, openSocket());
        this.decoders = new Map();
    }

    decoderOf(encoding) {
        if (!this.decoders.has(encoding)) {
            const Decoder = decoders.get(encoding);

            if (!Decoder) {
                throw new Error(`encoding ${encoding} was not asked for`);
            }
            this.decoders.set(encoding, new Decoder());
        }
        return this.decoders.get(encoding);
    }

    decodeRect(canvas) {
        const [x, y, width, height] = [0, 1, 2, 3]
            .map(() => this.socket.rQshift16());
        const encoding = this.socket.rQshift32();

        // noVNC calls again until the decoder says that all is there.
        for (let calls = 0; ; calls++) {
            const left = this.socket.rQlen();

            if (this.decoderOf(encoding).decodeRect(x, y, width, height,
                    this.socket, canvas, 24)) {
                return encoding;
            }
            if (calls > 0 && this.socket.rQlen() === left) {
                throw new Error(`encoding ${encoding}: bytes are missing`);
            }
        }
    }

    decodeUpdate(update, used) {
        const { canvas, rects, bytes } = update;

        this.receive(bytes.buffer.slice(bytes.byteOffset,
                                        bytes.byteOffset + bytes.length));
        for (let i = 0; i < rects; i++) {
            used.add(this.decodeRect(canvas));
        }
        if (this.socket.rQlen() !== 0) {
            throw new Error(`${this.socket.rQlen()} bytes are left over`);
        }
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
    const viewer = new Viewer();
    const used = new Set();
    let canvas = new Canvas(0, 0);

    for (let i = 0; i < updates; i++) {
        const [width, height, rects] = [0, 1, 2].map(() => dump.number());
        const bytes = dump.bytes();
        const expected = dump.bytes();

        if (canvas.width !== width || canvas.rgb.length !== expected.length) {
            canvas = new Canvas(width, height);
        }
        viewer.decodeUpdate({ canvas, rects, bytes }, used);
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
