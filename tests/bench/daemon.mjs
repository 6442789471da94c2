// SPDX-License-Identifier: GPL-2.0-or-later
//
// rackhandd on frames from a file, and what it says of itself.

import { connect } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort, start, stop, waitFor, waitForPort }
    from './processes.mjs';

// As content.h calls a layout, and as the configuration does.
const colours = {
    yuyv601: 'bt601 full',
    yuyv709: 'bt709 limited',
};

// It brings a USB host of its own, which reads everything.
function fileSource(frames, rate) {
    const layout = frames.split('.').pop();

    return `source = "file"
        file = "${resolve(frames)}"
        size = "1920x1080"
        format = "YUYV"
        colour = "${colours[layout]}"
        rate = "${rate}"`;
}

// What camera.so wants to know; it plays them as full-range BT.601.
export function cameraEnvironment(bench, frames, rate, stamps) {
    const device = join(bench.scratch, 'camera');

    writeFileSync(device, '');
    return {
        CAMERA_DEVICE: device,
        CAMERA_FILE: frames,
        CAMERA_RATE: String(rate),
        CAMERA_STAMPS: stamps,
        LD_PRELOAD: bench.tool('camera.so'),
    };
}

function configuration(port, frames, rate, { device, webPort }) {
    const web = webPort ? `web { listen = "127.0.0.1:${webPort}" }\n` : '';

    return `${web}target "bench" {
    capture {
        ${device ? `source = "v4l2"  device = "${device}"`
        : fileSource(frames, rate)}
    }
    vnc { listen = "127.0.0.1:${port}"  security = "none"
          viewers_max = "100" }
}
`;
}

export class Daemon {
    // rate 0: full speed. runner: what it is started with, as valgrind. web:
    // for browsers, too; its state is then in the folder.
    static async start(build, folder, frames, rate, { runner = [],
        env = {}, web = false } = {}) {
        const daemon = new Daemon();
        const file = join(folder, 'rackhand.conf');

        daemon.port = await freePort();
        daemon.webPort = web ? await freePort() : undefined;
        daemon.socket = join(folder, 'control.sock');
        writeFileSync(file, configuration(daemon.port, frames, rate,
            { device: env.CAMERA_DEVICE, webPort: daemon.webPort }));
        const [program, ...args] = [...runner, join(build, 'rackhandd'),
            '-c', file, '-s', daemon.socket, ...web ? ['-d', folder] : []];

        daemon.child = start(program, args,
            { env, log: join(folder, 'rackhandd.log') });
        await waitForPort(daemon.port, daemon.child);
        await waitFor(daemon.child, 'answers', () =>
            daemon.ask('status').then(() => true, () => false));
        return daemon;
    }

    get pid() {
        return this.child.pid;
    }

    // One request over the control socket: one line, and one back.
    ask(verb) {
        return new Promise((done, fail) => {
            const socket = connect(this.socket);
            let answer = '';

            socket.on('connect', () =>
                socket.write(`${JSON.stringify({ verb })}\n`));
            socket.on('error', fail);
            socket.on('data', data => {
                answer += data;
                if (answer.endsWith('\n')) {
                    socket.destroy();
                    done(JSON.parse(answer).result);
                }
            });
        });
    }

    async stats() {
        return (await this.ask('stats')).targets[0];
    }

    async frames() {
        return (await this.stats()).counters.frames;
    }

    stop() {
        return stop(this.child);
    }
}
