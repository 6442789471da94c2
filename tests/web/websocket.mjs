// SPDX-License-Identifier: GPL-2.0-or-later
//
// WebSocket frame by frame, right ones and wrong ones; and as a stream of bytes
// for a viewer.

import { createHash, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { headOf } from './http.mjs';

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export const OPCODES = { more: 0, text: 1, binary: 2, close: 8, ping: 9,
    pong: 10 };

export function frame(opcode, payload = '', { fin = true, reserved = 0,
    masked = true, length } = {}) {
    const bytes = Buffer.from(payload);
    const size = length ?? bytes.length;
    const head = [(fin ? 0x80 : 0) | reserved << 4 | opcode];
    const mask = masked ? randomBytes(4) : Buffer.alloc(0);
    let extended = Buffer.alloc(0);

    if (size < 126) {
        head.push((masked ? 0x80 : 0) | size);
    } else if (size < 65536) {
        head.push((masked ? 0x80 : 0) | 126);
        extended = Buffer.alloc(2);
        extended.writeUInt16BE(size);
    } else {
        head.push((masked ? 0x80 : 0) | 127);
        extended = Buffer.alloc(8);
        extended.writeBigUInt64BE(BigInt(size));
    }
    const body = masked
        ? bytes.map((byte, at) => byte ^ mask[at % 4]) : bytes;

    return Buffer.concat([Buffer.from(head), extended, mask, body]);
}

// What a server's frame looks like: never masked.
export async function readFrame(incoming) {
    const [first, second] = await incoming.read(2);
    let size = second & 0x7f;

    if (size === 126) {
        size = (await incoming.read(2)).readUInt16BE(0);
    } else if (size === 127) {
        size = Number((await incoming.read(8)).readBigUInt64BE(0));
    }
    return { fin: Boolean(first & 0x80), opcode: first & 0x0f,
        masked: Boolean(second & 0x80), payload: await incoming.read(size) };
}

export const rfbPath = target => `/targets/${target}/rfb`;

// The head of an upgrade; `changes` as for a Client's headers.
export function upgradeOf(client, path, changes = {}) {
    const headers = client.headers({
        'Upgrade': 'websocket',
        'Connection': 'Upgrade',
        'Sec-WebSocket-Version': 13,
        'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
        'Sec-WebSocket-Protocol': 'binary',
        'Origin': client.token ? null : `https://${client.host}`,
        ...changes,
    });

    return headOf('GET', path, headers);
}

export function acceptOf(key) {
    return createHash('sha1').update(key + MAGIC).digest('base64');
}

export class Refusal extends Error {
    constructor(reply) {
        super(`${reply.status} ${reply.body}`);
        this.reply = reply;
    }
}

// A connection that has been upgraded; emits 'data' and 'close' as a socket
// does once `flow` is called, for what wants bytes and not frames.
export class WebSocket extends EventEmitter {
    static async open(client, target = 'demo', changes = {}) {
        const connection = await client.open();

        connection.send(upgradeOf(client, rfbPath(target), changes));
        const reply = await connection.reply();

        if (reply.status !== 101) {
            connection.close();
            throw new Refusal(reply);
        }
        return new WebSocket(connection);
    }

    constructor(connection) {
        super();
        this.connection = connection;
        this.code = undefined; // that the other end has closed with
    }

    send(opcode, payload, options) {
        this.connection.send(frame(opcode, payload, options));
    }

    sendRaw(bytes) {
        this.connection.send(bytes);
    }

    async frame() {
        const read = await readFrame(this.connection.incoming);

        if (read.opcode === OPCODES.close && read.payload.length >= 2) {
            this.code = read.payload.readUInt16BE(0);
        }
        return read;
    }

    // Read on until the other end has closed; its code, or 0 without one.
    async untilClosed(milliseconds) {
        const reading = (async () => {
            try {
                for (;;) {
                    await this.frame();
                }
            } catch {
                // it has ended
            }
        })();

        if (!await this.connection.untilEnd(milliseconds)) {
            return undefined;
        }
        await reading;
        return this.code ?? 0;
    }

    // ---- as a socket ----

    flow() {
        (async () => {
            for (;;) {
                const { opcode, payload } = await this.frame();

                if (opcode === OPCODES.binary || opcode === OPCODES.more) {
                    this.emit('data', payload);
                }
            }
        })().catch(() => this.emit('close'));
        return this;
    }

    write(bytes) {
        this.send(OPCODES.binary, bytes);
    }

    destroy() {
        this.connection.close();
    }
}
