// SPDX-License-Identifier: GPL-2.0-or-later
//
// The rack's machine, for tests outside of it: commands and agents in it, by
// the port that leads to its shells; and the product in it, as a browser's tests
// know their daemon.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { passwordOf } from '../web/daemon.mjs';
import { eventually } from '../web/report.mjs';

const VM = fileURLToPath(new URL('vm.sh', import.meta.url));
const INSIDE = '/out/tests';
const VIDEO = '/dev/rack/hdmi-in';
const OUTPUT = '/dev/rack/hdmi-out';

// The machine is emulated, on processors that others use, too.
export const PATIENCE_MS = 60000;

export const patiently = predicate => eventually(predicate, PATIENCE_MS);

// A program in the machine: what it prints, and a way to talk to it.
class Program {
    constructor(port, command) {
        this.said = '';
        this.socket = connect(port, '127.0.0.1');
        this.socket.setEncoding('utf8');
        this.socket.on('data', text => {
            this.said += text;
        });
        this.ended = new Promise(resolve => {
            this.socket.on('error', () => {});
            this.socket.on('close', resolve);
        });
        this.socket.write(`exec ${command}\n`);
    }

    async end() {
        this.socket.end();
        await this.ended;
    }
}

// One of those that take a command a line, and end each answer with "ok" or
// "error".
export class Agent extends Program {
    // What follows "ok", and the lines before it.
    async ask(command) {
        const before = this.said.length;

        this.socket.write(`${command}\n`);
        const found = await patiently(() =>
            /^((?:.*\n)*?)(ok|error) (.*)\n/.exec(this.said.slice(before)));

        if (found?.[2] !== 'ok') {
            throw new Error(`${command}: ${found?.[3] ?? 'no answer'}`);
        }
        return { lines: found[1].split('\n').slice(0, -1), answer: found[3] };
    }
}

// What is typed on a text console whose keyboard has that layout.
export class Console extends Program {
    get typed() {
        return this.said.replace('ready\n', '');
    }

    async ready() {
        if (!await patiently(() => this.said.includes('ready\n'))) {
            throw new Error(`no console to type on: ${this.said}`);
        }
    }
}

export class Machine {
    constructor(rack) {
        this.rack = rack;
        this.host = '127.0.0.1';
    }

    #vm(...words) {
        const { status, stdout, stderr } = spawnSync(VM, [this.rack, ...words],
            { encoding: 'utf8' });

        if (status !== 0) {
            throw new Error(`${words.join(' ')}: ${stdout}${stderr}`);
        }
        return stdout.trim();
    }

    run(command) {
        return this.#vm('run', command);
    }

    // A file that both sides see: its name there, and here.
    shared(name) {
        return { inside: join(INSIDE, name),
            outside: join(this.rack, 'out', 'tests', name) };
    }

    async readConsole(layout) {
        const console = new Console(this.rig,
            `bash ${INSIDE}/inside/read-console.sh ${layout}`);

        await console.ready();
        return console;
    }

    // ---- as a daemon ----

    // What ran in it before may have configured it otherwise.
    async start() {
        this.run(`. ${INSIDE}/inside/lib.sh && configure && reload`);
        this.port = this.#vm('port', 'web');
        this.rig = this.#vm('port', 'rig');
        this.cable = new Agent(this.rig,
            `${INSIDE}/bin/hdmi-cable ${VIDEO} ${OUTPUT}`);
        this.target = new Agent(this.rig, `${INSIDE}/bin/evdev-probe`);
    }

    addUser(name, roles) {
        this.run(`rackhand user remove ${name} > /dev/null 2>&1 || true
            rackhand user add ${name} --role ${roles} <<< '${
    passwordOf(name)}'`);
    }

    get logged() {
        return this.run('journalctl -b -u rackhandd -q -o cat --no-hostname');
    }

    // Of all that was written anywhere: does it have this in it?
    hasWritten(text) {
        return this.run(`{ journalctl -b -q -o cat
            cat /var/lib/rackhand/audit.jsonl; } | grep -cF '${text}' || true`)
            !== '0';
    }

    picture(name) {
        return join(this.rack, 'log', `browser-${name}.png`);
    }

    async finish() {
        await Promise.all([this.cable.end(), this.target.end()]);
    }
}

// The pixels of a picture in a file of the format PPM.
export function readPpm(file) {
    const bytes = readFileSync(file);
    const [head, width, height] = /^P6\n(\d+) (\d+)\n255\n/.exec(
        bytes.toString('latin1', 0, 64));

    return { width: Number(width), height: Number(height),
        rgb: bytes.subarray(head.length) };
}
