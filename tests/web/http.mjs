// SPDX-License-Identifier: GPL-2.0-or-later
//
// HTTP over TLS, byte by byte: nothing here mends, orders or completes what a
// test wants to send, and each reply is read strictly.

import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';

const PATIENCE_MS = 20000;

// What all who are known may read, and nobody else.
export const KNOWN_PATH = '/api/sessions';
const WITHOUT_BODY = new Set([204, 304]);

class Malformed extends Error {}

// The bytes that came, waiting to be read.
class Incoming {
    constructor(socket) {
        this.bytes = Buffer.alloc(0);
        this.ended = false;
        this.waiting = new Set();
        socket.on('data', bytes => {
            this.bytes = Buffer.concat([this.bytes, bytes]);
            this.#wake();
        });
        for (const event of ['end', 'close', 'error']) {
            socket.on(event, () => {
                this.ended = true;
                this.#wake();
            });
        }
    }

    #wake() {
        for (const resolve of this.waiting) {
            resolve(true);
        }
        this.waiting.clear();
    }

    // Until something came or ended; false: it did not.
    #news(milliseconds) {
        return new Promise(resolve => {
            const timer = setTimeout(() => {
                this.waiting.delete(told);
                resolve(false);
            }, milliseconds);
            const told = so => {
                clearTimeout(timer);
                resolve(so);
            };

            this.waiting.add(told);
        });
    }

    async #more() {
        if (this.ended) {
            throw new Malformed('the connection has ended');
        }
        if (!await this.#news(PATIENCE_MS)) {
            throw new Malformed('no more came in time');
        }
    }

    take(length) {
        const taken = this.bytes.subarray(0, length);

        this.bytes = this.bytes.subarray(length);
        return taken;
    }

    async read(length) {
        while (this.bytes.length < length) {
            await this.#more();
        }
        return this.take(length);
    }

    async readUntil(mark) {
        let at;

        while ((at = this.bytes.indexOf(mark)) === -1) {
            await this.#more();
        }
        return this.take(at + mark.length).subarray(0, at);
    }

    async readAll() {
        while (!this.ended) {
            await this.#more();
        }
        return this.take(this.bytes.length);
    }

    // False if it has not ended in time.
    async untilEnd(milliseconds = PATIENCE_MS) {
        const end = performance.now() + milliseconds;

        while (!this.ended) {
            const left = end - performance.now();

            if (left <= 0 || !await this.#news(left)) {
                return this.ended;
            }
        }
        return true;
    }
}

function parseHead(head) {
    const [first, ...lines] = head.split('\r\n');
    const match = first.match(/^HTTP\/1\.1 ([1-5]\d\d) /);
    const headers = new Map();

    if (!match) {
        throw new Malformed(`no status line: ${first}`);
    }
    for (const line of lines) {
        const [, name, value] = line.match(/^([\w-]+): ?(.*)$/) ?? [];

        if (name === undefined) {
            throw new Malformed(`no header: ${line}`);
        }
        const key = name.toLowerCase();

        headers.set(key, headers.has(key)
            ? `${headers.get(key)}\n${value}` : value);
    }
    return { status: Number(match[1]), headers };
}

async function readChunks(incoming) {
    const chunks = [];

    for (;;) {
        const line = (await incoming.readUntil('\r\n')).toString();
        const size = /^[\da-f]+$/i.test(line) ? parseInt(line, 16) : -1;

        if (size < 0) {
            throw new Malformed(`no chunk's size: ${line}`);
        }
        chunks.push(await incoming.read(size));
        await incoming.read(2);
        if (size === 0) {
            return Buffer.concat(chunks);
        }
    }
}

function readBody(incoming, { status, headers }, method) {
    if (method === 'HEAD' || status < 200 || WITHOUT_BODY.has(status)) {
        return Buffer.alloc(0);
    }
    if (headers.get('transfer-encoding') === 'chunked') {
        return readChunks(incoming);
    }
    return headers.has('content-length')
        ? incoming.read(Number(headers.get('content-length')))
        : incoming.readAll();
}

export class Connection {
    // source: the address that it comes from, of 127.0.0.0/8.
    static open(port, { source = '127.0.0.1', host = '127.0.0.1', plain = false,
        ca, servername } = {}) {
        return new Promise((resolve, reject) => {
            const where = { port, host,
                localAddress: host === '127.0.0.1' ? source : undefined };
            const socket = plain ? connectPlain(where)
                : connectTls({ ...where, ca, servername,
                    rejectUnauthorized: ca !== undefined });

            socket.once('error', reject);
            socket.once(plain ? 'connect' : 'secureConnect', () => {
                socket.removeListener('error', reject);
                resolve(new Connection(socket));
            });
        });
    }

    constructor(socket) {
        this.socket = socket;
        this.incoming = new Incoming(socket);
    }

    get ended() {
        return this.incoming.ended;
    }

    send(bytes) {
        this.socket.write(bytes);
    }

    async head() {
        return parseHead(
            (await this.incoming.readUntil('\r\n\r\n')).toString('latin1'));
    }

    // What comes behind a head; an answer without an end keeps one waiting.
    body(head, method = 'GET') {
        return readBody(this.incoming, head, method);
    }

    async reply(method = 'GET') {
        const head = await this.head();
        const body = await this.body(head, method);

        return { ...head, body, get json() {
            return JSON.parse(body.toString());
        } };
    }

    // All replies until the other end closes, or `most` of them; what is no
    // reply counts as status 0.
    async replies(most = Infinity) {
        const statuses = [];

        while (statuses.length < most) {
            try {
                statuses.push((await this.reply()).status);
            } catch (error) {
                if (this.incoming.bytes.length > 0) {
                    statuses.push(0);
                }
                break;
            }
        }
        return statuses;
    }

    untilEnd(milliseconds) {
        return this.incoming.untilEnd(milliseconds);
    }

    close() {
        this.socket.destroy();
    }
}

// Headers as a list, so that a test may give one twice, or none.
export function headOf(method, path, headers) {
    return `${method} ${path} HTTP/1.1\r\n${headers
        .map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

// Who asks like a browser: with a cookie, and what proves that its own page
// asks. Or by a token.
export class Client {
    constructor(port, { source = '127.0.0.1', token } = {}) {
        this.port = port;
        this.source = source;
        this.token = token;
        this.host = `127.0.0.1:${port}`;
        this.cookie = undefined;
        this.csrf = undefined;
    }

    open() {
        return Connection.open(this.port, { source: this.source });
    }

    // Of each name: null leaves it out.
    headers(changes = {}, unsafe = false) {
        const usual = { Host: this.host };

        if (this.token) {
            usual.Authorization = `Bearer ${this.token}`;
        } else {
            if (this.cookie) {
                usual.Cookie = `__Host-rackhand=${this.cookie}`;
            }
            if (unsafe) {
                usual.Origin = `https://${this.host}`;
                usual['X-CSRF-Token'] = this.csrf ?? null;
            }
        }
        return Object.entries({ ...usual, ...changes })
            .filter(([, value]) => value !== null)
            .flatMap(([name, value]) => [value].flat()
                .map(single => [name, single]));
    }

    message(method, path, body, changes = {}) {
        const unsafe = !['GET', 'HEAD', 'OPTIONS'].includes(method);
        const text = body === undefined ? ''
            : typeof body === 'string' ? body : JSON.stringify(body);
        const about = body === undefined
            ? unsafe ? { 'Content-Length': 0 } : {}
            : { 'Content-Type': 'application/json',
                'Content-Length': Buffer.byteLength(text) };

        return headOf(method, path,
            this.headers({ ...about, ...changes }, unsafe)) + text;
    }

    // One request on a connection of its own.
    async ask(method, path, body, changes) {
        const connection = await this.open();

        try {
            connection.send(this.message(method, path, body, changes));
            return await connection.reply(method);
        } finally {
            connection.close();
        }
    }

    get(path, changes) {
        return this.ask('GET', path, undefined, changes);
    }

    async logIn(user, password, changes) {
        const reply = await this.ask('POST', '/api/login', { user, password },
            changes);

        if (reply.status === 200) {
            this.cookie = cookieOf(reply);
            this.csrf = reply.json.csrf;
        }
        return reply;
    }

    static async loggedIn(port, user, password, options) {
        const client = new Client(port, options);
        const reply = await client.logIn(user, password);

        if (reply.status !== 200) {
            throw new Error(`${user} cannot log in: ${reply.status} ${
                reply.body}`);
        }
        return client;
    }
}

// By an admin: a token's secret, which is told once.
export async function makeToken(admin, name, roles) {
    const reply = await admin.ask('POST', '/api/tokens',
        { name, roles, expires_days: 1 });

    if (!reply.json.token) {
        throw new Error(`no token ${name}: ${reply.status} ${reply.body}`);
    }
    return reply.json.token;
}

// The session's secret out of the reply that sets it.
export function cookieOf(reply) {
    return (reply.headers.get('set-cookie') ?? '')
        .match(/^__Host-rackhand=([^;]*)/)?.[1];
}
