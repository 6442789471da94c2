// SPDX-License-Identifier: GPL-2.0-or-later
//
// A viewer for tests: shown everything as raw pixels, told the desktop's name,
// and typing what it is told to.

import { connect } from 'node:net';

const HELLO = 'RFB 003.008\n';
const SECURITY_NONE = 1;
const SECURITY_VENCRYPT = 19;
const VENCRYPT_PLAIN = 256;

const ENCODINGS = { raw: 0, size: -223, name: -307 };
const BYTES_PER_PIXEL = 4;

export const KEYS = {
    enter: 0xff0d, scrollLock: 0xff14, shift: 0xffe1, control: 0xffe3,
};

function message(...parts) {
    return Buffer.concat(parts.map(part => {
        if (Buffer.isBuffer(part)) {
            return part;
        }
        const bytes = Buffer.alloc(part[0] / 8);

        if (part[0] === 8) {
            bytes.writeUInt8(part[1]);
        } else if (part[0] === 16) {
            bytes.writeUInt16BE(part[1]);
        } else {
            bytes.writeUInt32BE(part[1] >>> 0);
        }
        return bytes;
    }));
}

const u8 = number => [8, number];
const u16 = number => [16, number];
const u32 = number => [32, number];

export class Refused extends Error {}

export class Viewer {
    // where: a socket's path, what net.connect() takes, or a stream of bytes
    // that is there already.
    constructor(where) {
        this.bytes = Buffer.alloc(0);
        this.titles = []; // all that there were; the newest comes last
        this.updates = 0;
        this.closed = false;
        this.watchers = new Set();
        this.wake = () => {};
        this.socket = where.write ? where : connect(where);
        this.socket.on('data', bytes => {
            this.bytes = Buffer.concat([this.bytes, bytes]);
            this.wake();
        });
        this.socket.on('error', () => {});
        this.socket.on('close', () => {
            this.closed = true;
            this.wake();
            this.changed();
        });
    }

    get title() {
        return this.titles.at(-1);
    }

    // { user, password }: by name; `alone`: the others shall leave.
    static async join(where, { user, password = '', alone = false } = {}) {
        const viewer = new Viewer(where);

        viewer.user = user;
        await viewer.#logIn(user, password);
        viewer.send(u8(alone ? 0 : 1));
        const init = await viewer.#receive(24);
        const name = await viewer.#receive(init.readUInt32BE(20));

        viewer.#resize(init.readUInt16BE(0), init.readUInt16BE(2));
        viewer.titles.push(name.toString());
        viewer.send(u8(2), u8(0), u16(3),
            ...Object.values(ENCODINGS).map(u32));
        viewer.#request(0);
        viewer.reading = viewer.#readOn().catch(() => viewer.close());
        return viewer;
    }

    async #logIn(user, password) {
        await this.#receive(HELLO.length);
        this.socket.write(HELLO);
        const [types] = await this.#receive(1);

        if (types === 0) {
            throw new Refused(await this.#reason());
        }
        await this.#receive(types);
        if (user === undefined) {
            this.send(u8(SECURITY_NONE));
        } else {
            await this.#negotiatePlain();
            this.send(u32(user.length), u32(password.length),
                Buffer.from(user + password));
        }
        if ((await this.#receive(4)).readUInt32BE(0) !== 0) {
            throw new Refused(await this.#reason());
        }
    }

    async #negotiatePlain() {
        this.send(u8(SECURITY_VENCRYPT));
        await this.#receive(2);
        this.send(u8(0), u8(2));
        const [, subtypes] = await this.#receive(2);

        await this.#receive(4 * subtypes);
        this.send(u32(VENCRYPT_PLAIN));
    }

    async #reason() {
        const length = (await this.#receive(4)).readUInt32BE(0);

        return (await this.#receive(length)).toString();
    }

    send(...parts) {
        this.socket.write(message(...parts));
    }

    #request(incremental) {
        this.send(u8(3), u8(incremental), u16(0), u16(0), u16(this.width),
            u16(this.height));
    }

    #resize(width, height) {
        this.width = width;
        this.height = height;
        this.pixels = Buffer.alloc(width * height * BYTES_PER_PIXEL);
    }

    async #readOn() {
        for (;;) {
            const [kind] = await this.#receive(1);

            if (kind !== 0) {
                throw new Error(`message ${kind} was not asked for`);
            }
            const rects = (await this.#receive(3)).readUInt16BE(1);
            const { width, height } = this;

            for (let i = 0; i < rects; i++) {
                await this.#readRect();
            }
            this.updates++;
            this.#request(width === this.width && height === this.height
                ? 1 : 0);
            this.changed();
        }
    }

    async #readRect() {
        const head = await this.#receive(12);
        const [x, y, width, height] =
            [0, 2, 4, 6].map(at => head.readUInt16BE(at));
        const encoding = head.readInt32BE(8);

        if (encoding === ENCODINGS.size) {
            this.#resize(width, height);
        } else if (encoding === ENCODINGS.name) {
            const length = (await this.#receive(4)).readUInt32BE(0);

            this.titles.push((await this.#receive(length)).toString());
        } else {
            await this.#readPixels(x, y, width, height);
        }
    }

    async #readPixels(x, y, width, height) {
        const row = width * BYTES_PER_PIXEL;
        const bytes = await this.#receive(row * height);

        for (let i = 0; i < height; i++) {
            bytes.copy(this.pixels,
                ((y + i) * this.width + x) * BYTES_PER_PIXEL,
                i * row, (i + 1) * row);
        }
    }

    async #receive(length) {
        while (this.bytes.length < length) {
            if (this.closed) {
                throw new Error('the connection has ended');
            }
            await new Promise(resolve => {
                this.wake = resolve;
            });
        }
        const bytes = this.bytes.subarray(0, length);

        this.bytes = this.bytes.subarray(length);
        return bytes;
    }

    changed() {
        for (const look of this.watchers) {
            look();
        }
    }

    // Until that is so; false: it did not become so.
    until(predicate, milliseconds = 15000) {
        if (predicate(this)) {
            return Promise.resolve(true);
        }
        return new Promise(resolve => {
            const end = so => {
                clearTimeout(timer);
                this.watchers.delete(look);
                resolve(so);
            };
            const look = () => predicate(this) && end(true);
            const timer = setTimeout(() => end(false), milliseconds);

            this.watchers.add(look);
        });
    }

    key(keysym, down) {
        this.send(u8(4), u8(down ? 1 : 0), u16(0), u32(keysym));
    }

    tap(keysym) {
        this.key(keysym, true);
        this.key(keysym, false);
    }

    knock() {
        this.tap(KEYS.scrollLock);
        this.tap(KEYS.scrollLock);
    }

    type(line) {
        for (const character of line) {
            this.tap(character.codePointAt(0));
        }
        this.tap(KEYS.enter);
    }

    point(x, y, buttons = 0) {
        this.send(u8(5), u8(buttons), u16(x), u16(y));
    }

    close() {
        this.socket.destroy();
    }
}
