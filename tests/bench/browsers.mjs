// SPDX-License-Identifier: GPL-2.0-or-later
//
// What viewers in browsers cost, within TLS: beside viewers of VNC that have
// none, and ten beside one. All take continuous updates, as noVNC does.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Daemon } from './daemon.mjs';
import { runLoad } from './parts.mjs';
import { start, stop } from './processes.mjs';

const KINDS = ['viewer', 'browser'];
const VIEWERS = [1, 10];
const RATE = 30;
const SECONDS = 5;
const TARGET = 'bench';
const USER = 'bench';
const PASSWORD = 'correct horse battery';

// Whoever connects to it is a browser to the daemon, and all are one user.
async function openDoor(bench, daemon) {
    const child = start(process.execPath, [fileURLToPath(new URL(
        'browser-door.mjs', import.meta.url)), String(daemon.webPort), TARGET,
    USER, PASSWORD], { read: true });

    for await (const line of createInterface({ input: child.stdout })) {
        return { child, port: JSON.parse(line).port };
    }
    throw new Error('no door for browsers');
}

function addUser(bench) {
    const { status, stderr } = spawnSync(join(bench.build, 'rackhand'),
        ['-d', bench.scratch, 'user', 'add', USER, '--role', 'viewer'],
        { input: `${PASSWORD}\n`, encoding: 'utf8' });

    if (status !== 0) {
        throw new Error(stderr);
    }
}

async function measureOne(bench, content, kind, n) {
    const daemon = await Daemon.start(bench.build, bench.scratch,
        bench.frames(`${content}.yuyv601`), RATE, { web: true });
    const door = kind === 'browser' ? await openDoor(bench, daemon) : null;

    try {
        return { content, kind, ...await runLoad(bench, daemon, content, RATE,
            { viewers: n, seconds: SECONDS, continuous: 1,
                port: door?.port ?? daemon.port }) };
    } finally {
        if (door) {
            await stop(door.child);
        }
        await daemon.stop();
    }
}

export async function measureBrowsers(bench) {
    const results = [];

    addUser(bench);
    for (const content of bench.contents) {
        for (const kind of KINDS) {
            bench.say(`browsers: ${content}, ${kind}`);
            for (const n of VIEWERS) {
                results.push(await measureOne(bench, content, kind, n));
            }
        }
    }
    return results;
}
