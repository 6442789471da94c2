// SPDX-License-Identifier: GPL-2.0-or-later
//
// node test-crowd.mjs BUILD: many connections that say nothing, and one console
// that goes on working. A thousand with RACKHAND_TEST_FULL.

import { readdirSync } from 'node:fs';
import { Daemon, passwordOf } from './daemon.mjs';
import { Client, Connection } from './http.mjs';
import { check, checkEqual, eventually, inParallel, runGroup }
    from './report.mjs';
import { WebSocket } from './websocket.mjs';
import { Viewer } from '../control/viewer.mjs';

const full = Boolean(process.env.RACKHAND_TEST_FULL);
const CROWD = full ? 1000 : 200;
const PLACES = 64;
const MODES = [[640, 480], [800, 600], [1024, 768], [1280, 720]];

const daemon = new Daemon(process.argv[2], { users: { olga: 'operator' } });

// A round: the screen takes another size when it is told to.
async function rounds(viewer, until) {
    let count = 0;

    while (!until()) {
        const [width, height] = MODES[count++ % MODES.length];

        viewer.type(`mode ${width}x${height}`);
        if (!await viewer.until(({ width: w, height: h }) =>
            w === width && h === height)) {
            return undefined;
        }
    }
    return count;
}

const descriptors = () =>
    readdirSync(`/proc/${daemon.child.pid}/fd`).length;

await runGroup(daemon, async () => {
    const client = await Client.loggedIn(daemon.port, 'olga',
        passwordOf('olga'), { source: '127.0.9.1' });
    const viewer = await Viewer.join((await WebSocket.open(client)).flow());

    await viewer.until(({ updates }) => updates > 0);
    const before = descriptors();
    let come = false;
    const working = rounds(viewer, () => come);
    const crowd = await inParallel(Array.from({ length: CROWD }), 16,
        (_, at) => Connection.open(daemon.port, { plain: true,
            source: `127.1.${at % 200}.${1 + Math.floor(at / 200)}` })
            .catch(() => undefined));

    come = true;
    const done = await working;

    check(`${CROWD} come and say nothing, and the console works meanwhile`,
        done > 0, `${done} rounds`);
    console.log(`   ${done} rounds, ${before} descriptors before, ${
        descriptors()} now`);
    check('no more than have a place are kept', await eventually(() =>
        descriptors() - before <= PLACES + 8), `${descriptors()}`);
    const stranger = new Client(daemon.port, { source: '127.0.9.2' });

    checkEqual('who comes then is answered',
        (await stranger.get('/api/session')).status, 200);
    checkEqual('and who knows the password gets in',
        (await stranger.logIn('olga', passwordOf('olga'))).status, 200);
    check('the console was never closed', !viewer.closed);
    crowd.forEach(connection => connection?.close());
    check('and all is given back', await eventually(() =>
        descriptors() <= before + 1), `${descriptors()} of ${before}`);
    viewer.close();
});
