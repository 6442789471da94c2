// SPDX-License-Identifier: GPL-2.0-or-later
//
// noVNC's decoders without a browser: a canvas in memory, and a viewer that
// decodes rectangles onto it. The noVNC is the one in FOLDER/node_modules.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// What noVNC takes for granted in a browser: the console's place, and the
// numbers of states, which node has from version 22.
globalThis.window = globalThis;
globalThis.WebSocket ??= { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };

async function load(folder, module) {
    const whole = resolve(folder, 'node_modules', module);

    return (await import(pathToFileURL(whole))).default;
}

// The display as decoders see it.
export class Canvas {
    // `decodeJpeg` gives { width, height, data: R G B A }; without it a
    // picture is an error.
    constructor(width, height, decodeJpeg) {
        this.width = width;
        this.height = height;
        this.decodeJpeg = decodeJpeg;
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

    copyImage(fromX, fromY, toX, toY, width, height) {
        const rows = [];

        for (let row = 0; row < height; row++) {
            const at = ((fromY + row) * this.width + fromX) * 3;

            rows.push(Buffer.from(this.rgb.subarray(at, at + width * 3)));
        }
        rows.forEach((bytes, row) => {
            bytes.copy(this.rgb, ((toY + row) * this.width + toX) * 3);
        });
    }

    imageRect(x, y, width, height, type, data) {
        if (!this.decodeJpeg) {
            throw new Error('a picture in a lossless update');
        }
        const image = this.decodeJpeg(data);

        if (image.width !== width || image.height !== height) {
            throw new Error(`a JPEG of ${image.width}x${image.height} in a ` +
                            `rectangle of ${width}x${height}`);
        }
        this.blitImage(x, y, width, height, image.data, 0);
    }
}

// A WebSocket that is always open; what arrives is handed to it by hand.
function openSocket(Websock) {
    const channel = {
        binaryType: '', protocol: '', readyState: 'open',
        onopen: null, onmessage: null, onerror: null, onclose: null,
        send() {}, close() {},
    };
    const socket = new Websock();

    socket.attach(channel);
    return { socket, receive: data => channel.onmessage({ data }) };
}

export class Library {
    static async load(folder) {
        const library = new Library();
        const core = '@novnc/novnc/core';

        library.Websock = await load(folder, `${core}/websock.js`);
        library.decoders = new Map();
        for (const [encoding, name] of [[0, 'raw'], [1, 'copyrect'],
                [2, 'rre'], [5, 'hextile'], [6, 'zlib'], [7, 'tight'],
                [16, 'zrle']]) {
            library.decoders.set(encoding,
                await load(folder, `${core}/decoders/${name}.js`));
        }
        return library;
    }

    // For a Canvas: JPEG by a decoder of its own.
    static async loadJpeg(folder) {
        const { decode } = await load(folder, 'jpeg-js/index.js');

        return data => decode(data, { useTArray: true });
    }
}

export class Viewer {
    constructor(library) {
        Object.assign(this, openSocket(library.Websock));
        this.classes = library.decoders;
        this.decoders = new Map();
    }

    decoderOf(encoding) {
        if (!this.decoders.has(encoding)) {
            const Decoder = this.classes.get(encoding);

            if (!Decoder) {
                throw new Error(`encoding ${encoding} was not asked for`);
            }
            this.decoders.set(encoding, new Decoder());
        }
        return this.decoders.get(encoding);
    }

    // Bytes that may be a part of a larger buffer.
    take(bytes) {
        this.receive(bytes.buffer.slice(bytes.byteOffset,
                                        bytes.byteOffset + bytes.length));
    }

    // Returns null while a part of the head is missing.
    readHead() {
        if (this.socket.rQlen() < 12) {
            return null;
        }
        const [x, y, width, height] = [0, 1, 2, 3]
            .map(() => this.socket.rQshift16());

        return { x, y, width, height, encoding: this.socket.rQshift32() | 0 };
    }

    // noVNC calls again until the decoder says that all is there; false: more
    // bytes are needed.
    decodeBody(head, canvas) {
        const decoder = this.decoderOf(head.encoding);

        for (;;) {
            const left = this.socket.rQlen();

            if (decoder.decodeRect(head.x, head.y, head.width, head.height,
                    this.socket, canvas, 24)) {
                return true;
            }
            if (this.socket.rQlen() === left) {
                return false;
            }
        }
    }
}
