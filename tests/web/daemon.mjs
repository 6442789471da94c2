// SPDX-License-Identifier: GPL-2.0-or-later
//
// A daemon for a group of tests, with a configuration, a state directory and
// ports of its own.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync,
    writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './report.mjs';

// What all passwords of these tests have in them: it may be written nowhere.
export const CANARY = 'cAnArY';

export const NAMES = 'kvm1.example.org kvm1';

export const passwordOf = user => `${CANARY} battery of ${user}`;

function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer();

        server.on('error', reject);
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();

            server.close(() => resolve(port));
        });
    });
}

function answers(port) {
    return new Promise(resolve => {
        const socket = connect(port, '127.0.0.1');

        socket.on('connect', () => resolve(true));
        socket.on('error', () => resolve(false));
        socket.on('connect', () => socket.destroy());
    });
}

export class Daemon {
    // targets: { name: more lines of its section }, all of them demo computers;
    // users: { name: roles }; `vnc`: lines of each target's vnc section.
    constructor(build, { targets = { demo: '' }, users = {}, vnc = '' } = {}) {
        this.build = build;
        this.targets = targets;
        this.users = users;
        this.vnc = vnc;
        this.work = mkdtempSync(join(tmpdir(), 'rackhand-web-'));
        this.state = join(this.work, 'state');
        this.log = join(this.work, 'rackhandd.log');
        mkdirSync(this.state, { mode: 0o700 });
    }

    get logged() {
        return readFileSync(this.log, 'utf8');
    }

    get audit() {
        const text = readFileSync(join(this.state, 'audit.jsonl'), 'utf8');

        // What is behind the last newline is not yet a line.
        return text.split('\n').slice(0, -1).map(line => JSON.parse(line));
    }

    get certificate() {
        return readFileSync(join(this.state, 'tls', 'certificate.pem'));
    }

    get vncPort() {
        return this.vncPorts[0];
    }

    #configuration() {
        const web = `web { listen = "[::]:${this.port}" names = "${NAMES}" ` +
            `redirect = "127.0.0.1:${this.redirectPort}" }\n`;

        return web + Object.entries(this.targets).map(([name, more], at) =>
            `target "${name}" { capture { source = "demo" } ${more} vnc { ` +
            `listen = "127.0.0.1:${this.vncPorts[at]}" ` +
            `security = "plain" shared = "always" ${this.vnc} } }\n`).join('');
    }

    configure() {
        writeFileSync(join(this.work, 'rackhand.conf'), this.#configuration());
    }

    async start() {
        this.port ??= await freePort();
        this.redirectPort ??= await freePort();
        this.vncPorts ??= await Promise.all(
            Object.keys(this.targets).map(freePort));
        this.configure();
        for (const [name, roles] of Object.entries(this.users)) {
            this.addUser(name, roles);
        }
        this.users = {};
        this.child = spawn(join(this.build, 'rackhandd'),
            ['-c', join(this.work, 'rackhand.conf'), '-d', this.state,
                '-s', join(this.work, 'control.sock')],
            { stdio: ['ignore', 'ignore', openSync(this.log, 'a')] });
        this.ended = new Promise(resolve => {
            this.child.on('exit', (code, signal) => resolve(code ?? signal));
        });
        const listens = await Promise.race([this.ended.then(() => false),
            eventually(() => answers(this.port))]);

        if (!listens) {
            throw new Error(`nothing listens at port ${this.port}`);
        }
    }

    async stop() {
        this.child.kill();
        return await this.ended;
    }

    async restart() {
        await this.stop();
        await this.start();
    }

    async finish() {
        if (this.child) {
            await this.stop();
        }
        rmSync(this.work, { recursive: true });
    }

    // The command line's tool; { status, said }.
    rackhand(words, input = '') {
        const { status, stdout, stderr } = spawnSync(
            join(this.build, 'rackhand'), ['-s',
                join(this.work, 'control.sock'), '-d', this.state, ...words],
            { encoding: 'utf8', input });

        return { status, said: stdout + stderr };
    }

    // The same where it must succeed; what it said.
    must(words, input) {
        const { status, said } = this.rackhand(words, input);

        if (status !== 0) {
            throw new Error(`rackhand ${words.join(' ')}: ${said}`);
        }
        return said;
    }

    addUser(name, roles) {
        this.must(['user', 'add', name, '--role', roles],
            `${passwordOf(name)}\n`);
    }

    // Of all that was written anywhere: does it have this in it?
    hasWritten(text) {
        return this.logged.includes(text) ||
            readFileSync(join(this.state, 'audit.jsonl'), 'utf8')
                .includes(text);
    }
}
