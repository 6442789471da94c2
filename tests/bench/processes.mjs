// SPDX-License-Identifier: GPL-2.0-or-later
//
// Programs that the benchmark starts: whatever happens, none outlives it.

import { spawn, execFile } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { openSync } from 'node:fs';

const children = new Set();

function endAll() {
    for (const child of children) {
        child.kill('SIGKILL');
    }
}

process.on('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => process.exit(1));
}

export function sleep(milliseconds) {
    return new Promise(resolve => setTimeout(resolve, milliseconds));
}

// What it says goes to the file `log`; with `read`, its output is ours.
export function start(command, args, { env = {}, log, read = false } = {}) {
    const file = log ? openSync(log, 'a') : 'inherit';
    const child = spawn(command, args, {
        env: { ...process.env, ...env },
        stdio: ['ignore', read ? 'pipe' : file, file],
    });

    children.add(child);
    child.ended = new Promise((resolve, reject) => {
        child.on('error', reject);
        child.on('exit', code => {
            children.delete(child);
            resolve(code);
        });
    });
    child.ended.catch(() => {});
    return child;
}

export async function stop(child) {
    child.kill('SIGTERM');
    await Promise.race([child.ended, sleep(5000)]);
    child.kill('SIGKILL');
    await child.ended;
}

export function capture(command, args) {
    return new Promise((resolve, reject) => {
        execFile(command, args, { maxBuffer: 1 << 26 },
            (error, output) => error ? reject(error) : resolve(output));
    });
}

// A program that prints lines of JSON: the last; `each` sees all, in time.
export async function lines(command, args, options = {}, each = () => {}) {
    const child = start(command, args, { ...options, read: true });
    let last;

    for await (const line of createInterface({ input: child.stdout })) {
        last = JSON.parse(line);
        await each(last);
    }
    await child.ended;
    return last;
}

function answers(port) {
    return new Promise(resolve => {
        const socket = connect(port, '127.0.0.1');

        socket.on('connect', () => { socket.destroy(); resolve(true); });
        socket.on('error', () => resolve(false));
    });
}

// Until it is so; the child must live.
export async function waitFor(child, what, isSo) {
    for (let i = 0; i < 600; i++) {
        if (await isSo()) {
            return;
        }
        if (child.exitCode !== null || child.signalCode !== null) {
            break;
        }
        await sleep(50);
    }
    throw new Error(`${child.spawnfile}: never ${what}`);
}

export function waitForPort(port, child) {
    return waitFor(child, `listens on port ${port}`, () => answers(port));
}

export function freePort() {
    return new Promise(resolve => {
        const server = createServer();

        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();

            server.close(() => resolve(port));
        });
    });
}
