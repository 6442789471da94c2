// SPDX-License-Identifier: GPL-2.0-or-later
//
// Other servers, on the same frames and with the same viewers.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOfChange, rate } from './content.mjs';
import { cameraEnvironment, Daemon } from './daemon.mjs';
import { load } from './parts.mjs';
import { capture, freePort, sleep, start, stop, waitForPort }
    from './processes.mjs';

const seconds = 2;

// What one run gives, as of parts.mjs; the source's frames are by its rate.
function summary(content, result) {
    const frames = result.us / 1e6 * rate;

    return {
        viewers: result.viewers,
        rate,
        cpu_ms: result.cpu_us / 1000 / frames,
        cores: result.cpu_us / result.us,
        fps: result.updates / result.viewers / (result.us / 1e6),
        bytes: bytesOfChange(content, frames, result),
        latency_ms: result.latency,
        raw: result,
    };
}

// ---- libvncserver --------------------------------------------------------------

async function libvncserver(bench, content, n, damage) {
    const port = await freePort();
    const stamps = join(bench.scratch, 'stamps');
    const server = start(bench.tool('peer-libvncserver'),
        [bench.frames(`${content}.yuyv601`), rate, port, damage, stamps],
        { log: join(bench.scratch, 'libvncserver.log') });

    try {
        await waitForPort(port, server);
        return summary(content, await load(bench, port, server.pid,
            { viewers: n, stamps, seconds }));
    } finally {
        await stop(server);
        rmSync(stamps);
    }
}

// ---- TigerVNC's Xvnc -------------------------------------------------------------

async function xvnc(bench, content, n, damage) {
    const port = await freePort();
    const stamps = join(bench.scratch, 'stamps');
    const display = `:${200 + port % 1000}`;
    const log = join(bench.scratch, 'xvnc.log');
    const server = start('Xvnc', [display, '-rfbport', port,
        '-SecurityTypes', 'None', '-localhost', '-geometry', '1920x1080',
        '-depth', '24', '-AlwaysShared', '-nolisten', 'tcp'], { log });
    let client;

    try {
        await waitForPort(port, server);
        client = start(bench.tool('peer-x11'),
            [bench.frames(`${content}.yuyv601`), rate, port, damage, stamps],
            { env: { DISPLAY: display }, log });
        await sleep(1500); // it reads all frames first
        return summary(content, await load(bench, port, server.pid,
            { viewers: n, stamps, seconds }));
    } finally {
        if (client) {
            await stop(client);
        }
        await stop(server);
        rmSync(stamps, { force: true });
    }
}

// ---- what takes its frames from a camera ------------------------------------------

async function ustreamer(bench, content, n) {
    const port = await freePort();
    const stamps = join(bench.scratch, 'stamps');
    const env = cameraEnvironment(bench, bench.frames(`${content}.yuyv601`),
        rate, stamps);
    const server = start('ustreamer', ['--device', env.CAMERA_DEVICE,
        '--resolution', '1920x1080', '--format', 'YUYV', '--quality', '80',
        '--drop-same-frames', '30', '--host', '127.0.0.1', '--port', port],
    { env, log: join(bench.scratch, 'ustreamer.log') });

    try {
        await waitForPort(port, server);
        return summary(content, await load(bench, port, server.pid,
            { viewers: n, http: 1, stamps, seconds,
                warmup: 1 }));
    } finally {
        await stop(server);
        rmSync(stamps, { force: true });
    }
}

// The daemon, for once timed from outside: by the camera and the viewer.
async function rackhand(bench, content, n) {
    const stamps = join(bench.scratch, 'stamps');
    const env = cameraEnvironment(bench, bench.frames(`${content}.yuyv601`),
        rate, stamps);
    const daemon = await Daemon.start(bench.build, bench.scratch, '', rate,
        { env });

    try {
        return summary(content, await load(bench, daemon.port, daemon.pid,
            { viewers: n, stamps, seconds }));
    } finally {
        await daemon.stop();
        rmSync(stamps, { force: true });
    }
}

// ---- all of them -------------------------------------------------------------------

const peers = [
    { name: 'rackhand, frames from V4L2', run: rackhand },
    { name: 'ustreamer (JPEG over HTTP)', run: ustreamer },
    { name: 'libvncserver, whole screen', run: libvncserver, damage: 'all' },
    { name: 'libvncserver, ideal damage', run: libvncserver, damage: 'ideal' },
    { name: 'Xvnc, whole screen', run: xvnc, damage: 'all' },
    { name: 'Xvnc, ideal damage', run: xvnc, damage: 'ideal' },
];

async function version(...packages) {
    const list = await capture('dpkg-query',
        ['-W', '-f', '${Package} ${Version}\n', ...packages]);

    return Object.fromEntries(list.trim().split('\n')
        .map(line => line.split(' ')));
}

export async function measurePeers(bench) {
    const runs = [];

    for (const content of bench.contents) {
        for (const peer of peers) {
            bench.say(`${peer.name}: ${content}`);
            for (const n of [1, 10]) {
                runs.push({ name: peer.name, content,
                    ...await peer.run(bench, content, n, peer.damage) });
            }
        }
    }
    return {
        versions: await version('libvncserver1', 'tigervnc-standalone-server',
            'ustreamer', 'libturbojpeg0'),
        runs,
    };
}
