// SPDX-License-Identifier: GPL-2.0-or-later
//
// node novnc-viewer.mjs FOLDER PORT: a viewer on noVNC's decoders (those in
// FOLDER/node_modules), with fences and continuous updates as noVNC has them.
// Commands on stdin, each answered by a line: "class N" asks for JPEG of that
// quality level (-1: none), "dump FILE.ppm" writes what it shows.

import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { Canvas, Library, Viewer } from '../novnc/display.mjs';

const TIGHT = 7;
const COPY_RECT = 1;
const QUALITY_0 = -32;
const DESKTOP_SIZE = -223;
const FENCE = -312;
const CONTINUOUS_UPDATES = -313;
const FENCE_REQUEST = 0x80000000;

const [folder, port] = process.argv.slice(2);
const library = await Library.load(folder);
const decodeJpeg = await Library.loadJpeg(folder);
const viewer = new Viewer(library);
const rfb = viewer.socket;
const line = connect(Number(port), '127.0.0.1');

let canvas = null;
let level = -1;
let continuous = false;
let rects = 0; // of the update that comes in
let head = null; // of the rectangle that comes in

function send(...parts) {
    line.write(Buffer.concat(parts.map(part => Buffer.from(part))));
}

function u16(...values) {
    return values.flatMap(value => [value >> 8 & 0xff, value & 0xff]);
}

function u32(value) {
    return u16(value >>> 16, value & 0xffff);
}

function setEncodings() {
    const list = [TIGHT, COPY_RECT, DESKTOP_SIZE, FENCE, CONTINUOUS_UPDATES];

    if (level >= 0) {
        list.push(QUALITY_0 + level);
    }
    send([2, 0], u16(list.length), ...list.map(u32));
}

function request(incremental) {
    send([3, incremental ? 1 : 0], u16(0, 0, canvas.width, canvas.height));
}

function resize(width, height) {
    canvas = new Canvas(width, height, decodeJpeg);
    if (continuous) {
        send([150, 1], u16(0, 0, width, height));
    }
    request(false);
}

// ---- what the server says; each returns false while bytes are missing ----

function readHandshake() {
    const steps = [
        [12, () => send(rfb.rQshiftStr(12))],
        [2, () => { rfb.rQskipBytes(2); send([1]); }],
        [4, () => { rfb.rQskipBytes(4); send([1]); }],
        [24, readInit],
    ];

    while (readHandshake.at < steps.length) {
        const [size, take] = steps[readHandshake.at];

        if (rfb.rQlen() < size || take() === false) {
            return false;
        }
        readHandshake.at++;
    }
    return true;
}
readHandshake.at = 0;

function readInit() {
    const init = rfb.rQpeekBytes(24);
    const name = init[22] << 8 | init[23];

    if (rfb.rQlen() < 24 + name) {
        return false;
    }
    rfb.rQskipBytes(24 + name);
    // R G B x in memory, as noVNC has it.
    send([0, 0, 0, 0, 32, 24, 0, 1], u16(255, 255, 255),
         [0, 8, 16, 0, 0, 0]);
    setEncodings();
    resize(init[0] << 8 | init[1], init[2] << 8 | init[3]);
    console.log('connected');
    return true;
}

function readRect() {
    head ??= viewer.readHead();
    if (!head) {
        return false;
    }
    if (head.encoding === DESKTOP_SIZE) {
        resize(head.width, head.height);
    } else if (!viewer.decodeBody(head, canvas)) {
        return false;
    }
    head = null;
    if (--rects === 0 && !continuous) {
        request(true);
    }
    return true;
}

function readFence() {
    const size = rfb.rQlen() < 9 ? 0 : rfb.rQpeekBytes(9)[8];

    if (rfb.rQlen() < 9 + size) {
        return false;
    }
    const message = rfb.rQshiftBytes(9 + size);
    const flags = Buffer.from(message).readUInt32BE(4);

    if (flags & FENCE_REQUEST) {
        send([248, 0, 0, 0], u32(flags & 3), message.slice(8));
    }
    return true;
}

function readEndOfContinuous() {
    rfb.rQskipBytes(1);
    if (!continuous) {
        continuous = true;
        send([150, 1], u16(0, 0, canvas.width, canvas.height));
    }
    return true;
}

function readUpdateHead() {
    if (rfb.rQlen() < 4) {
        return false;
    }
    rfb.rQskipBytes(2);
    rects = rfb.rQshift16();
    return true;
}

function readMessage() {
    if (rects > 0) {
        return readRect();
    }
    if (rfb.rQlen() < 1) {
        return false;
    }
    const read = new Map([[0, readUpdateHead], [150, readEndOfContinuous],
                          [248, readFence]]).get(rfb.rQpeekBytes(1)[0]);

    if (!read) {
        throw new Error(`message ${rfb.rQpeekBytes(1)[0]}`);
    }
    return read();
}

line.on('data', data => {
    viewer.take(data);
    if (!readHandshake()) {
        return;
    }
    while (readMessage()) {
        continue;
    }
});
line.on('close', () => {
    console.log('error: disconnected');
    process.exit(1);
});

createInterface({ input: process.stdin }).on('line', text => {
    const [command, argument] = text.split(' ');

    if (command === 'class') {
        level = Number(argument);
        setEncodings();
    } else {
        writeFileSync(argument, Buffer.concat([
            Buffer.from(`P6\n${canvas.width} ${canvas.height}\n255\n`),
            canvas.rgb]));
    }
    console.log('ok');
}).on('close', () => process.exit(0));
