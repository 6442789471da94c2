// SPDX-License-Identifier: GPL-2.0-or-later
//
// A viewer that types and looks at nothing.

import { connect } from 'node:net';
import { sleep } from './processes.mjs';

const HELLO = 'RFB 003.008\n';
const NONE = 1;
const SHARED = 1;
const SET_ENCODINGS = 2;
const KEY_EVENT = 4;
const FENCE = 248;
const FENCE_ENCODING = -312;
const FENCE_REQUEST = 0x80000000;
const PAYLOAD = 4;

function int32(number) {
    const bytes = Buffer.alloc(4);

    bytes.writeUInt32BE(number >>> 0);
    return bytes;
}

export class Typist {
    constructor(port) {
        this.bytes = Buffer.alloc(0);
        this.wake = () => {};
        this.socket = connect(port, '127.0.0.1');
        this.socket.setNoDelay();
        this.socket.on('data', bytes => {
            this.bytes = Buffer.concat([this.bytes, bytes]);
            this.wake();
        });
        this.socket.on('close', () => {
            this.closed = true;
            this.wake();
        });
    }

    static async join(port) {
        const typist = new Typist(port);
        const { socket } = typist;

        await typist.receive(HELLO.length);
        socket.write(HELLO);
        const [types] = await typist.receive(1);

        await typist.receive(types);
        socket.write(Buffer.from([NONE]));
        await typist.receive(4);
        socket.write(Buffer.from([SHARED]));
        const init = await typist.receive(24);

        await typist.receive(init.readUInt32BE(20));
        socket.write(Buffer.from([SET_ENCODINGS, 0, 0, 1,
            ...int32(FENCE_ENCODING)]));
        await typist.receiveFence(); // it understands them, too
        return typist;
    }

    async receive(size) {
        while (this.bytes.length < size) {
            if (this.closed) {
                throw new Error('the typist was turned away');
            }
            await new Promise(resolve => { this.wake = resolve; });
        }
        const bytes = this.bytes.subarray(0, size);

        this.bytes = this.bytes.subarray(size);
        return bytes;
    }

    async receiveFence() {
        const head = await this.receive(9);

        if (head[0] !== FENCE) {
            throw new Error(`message ${head[0]} is no fence`);
        }
        await this.receive(head[8]);
    }

    // A key and a fence behind it: whoever answers the fence has passed the
    // key on. Returns how long that took, in ms.
    async key(keysym, down) {
        const sent = performance.now();

        this.socket.write(Buffer.from([
            KEY_EVENT, down ? 1 : 0, 0, 0, ...int32(keysym),
            FENCE, 0, 0, 0, ...int32(FENCE_REQUEST),
            PAYLOAD, ...int32(0)]));
        await this.receiveFence();
        return performance.now() - sent;
    }

    // The letter a, up and down again; returns the times, the shortest first.
    async type(seconds, pause_ms) {
        const end = performance.now() + 1000 * seconds;
        const times = [];

        while (performance.now() < end) {
            times.push(await this.key(0x61, times.length % 2 === 0));
            await sleep(pause_ms);
        }
        return times.sort((a, b) => a - b);
    }

    leave() {
        this.socket.destroy();
    }
}
