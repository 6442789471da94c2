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
const WAITING = 64; // besides, where many are of one source

// How many sources they come from: few to a source, and as many as wait.
const CROWDS = [['everywhere', 200], ['four places', 4]];
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

const come = sources => inParallel(Array.from({ length: CROWD }), 16,
    (_, at) => Connection.open(daemon.port, { plain: true,
        source: `127.${sources}.${at % sources}.1` }).catch(() => undefined));

// What a newcomer from elsewhere finds; how long a login took.
async function whoComesThen(from) {
    const stranger = new Client(daemon.port, { source: from });

    checkEqual('who comes then is answered',
        (await stranger.get('/api/session')).status, 200);
    const began = performance.now();

    checkEqual('and who knows the password gets in',
        (await stranger.logIn('olga', passwordOf('olga'))).status, 200);
    return Math.round(performance.now() - began);
}

async function aCrowd(viewer, [name, sources]) {
    const before = descriptors();
    let here = false;
    const working = rounds(viewer, () => here);
    const crowd = await come(sources);

    here = true;
    const done = await working;

    check(`${CROWD} come from ${name} and say nothing, and the console works ` +
        'meanwhile', done > 0, `${done} rounds`);
    const held = descriptors();

    check('no more than may wait are kept', await eventually(() =>
        descriptors() - before <= PLACES + WAITING + 8), `${descriptors()}`);
    const took = await whoComesThen(`127.0.9.${sources}`);

    console.log(`   ${done} rounds, ${before} descriptors before, ${held} ` +
        `then, a login in ${took} ms`);
    check('the console was never closed', !viewer.closed);
    crowd.forEach(connection => connection?.close());
    check('and all is given back', await eventually(() =>
        descriptors() <= before + 1), `${descriptors()} of ${before}`);
}

await runGroup(daemon, async () => {
    const client = await Client.loggedIn(daemon.port, 'olga',
        passwordOf('olga'), { source: '127.0.9.1' });
    const viewer = await Viewer.join((await WebSocket.open(client)).flow());

    await viewer.until(({ updates }) => updates > 0);
    for (const crowd of CROWDS) {
        await aCrowd(viewer, crowd);
    }
    viewer.close();
});
