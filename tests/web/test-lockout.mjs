// SPDX-License-Identifier: GPL-2.0-or-later
//
// node test-lockout.mjs BUILD: who guesses has to wait, however they come: by
// the page or by VNC. One account for all of it, by source.

import { Daemon, CANARY, passwordOf } from './daemon.mjs';
import { Client, KNOWN_PATH } from './http.mjs';
import { check, checkEqual, runGroup } from './report.mjs';
import { Viewer } from '../control/viewer.mjs';

const FREE_FAILURES = 5; // and then it waits

const daemon = new Daemon(process.argv[2], { users: { ada: 'admin' } });

const guessByPage = async source => (await new Client(daemon.port, { source })
    .logIn('ada', `${CANARY} guess`)).status;

// What the viewer is told, or that it got in.
async function byVnc(source, password) {
    try {
        const viewer = await Viewer.join({ port: daemon.vncPort,
            host: '127.0.0.1', localAddress: source },
            { user: 'ada', password });

        viewer.close();
        return 'in';
    } catch (error) {
        return error.message;
    }
}

const guessByVnc = async source => /wait/.test(
    await byVnc(source, `${CANARY} guess`)) ? 429 : 401;

async function failures(name, source, guesses) {
    const statuses = [];

    for (const guess of guesses) {
        statuses.push(await guess(source));
    }
    checkEqual(`${name}: all are looked at`, statuses,
        guesses.map(() => 401));
}

async function hasToWait(name, source) {
    const client = new Client(daemon.port, { source });
    const reply = await client.logIn('ada', passwordOf('ada'));

    checkEqual(`${name}: then the page has to wait`, reply.status, 429);
    check(`${name}: and is told how long`,
        Number(reply.headers.get('retry-after')) > 0 &&
        reply.json.retry_s > 0 && /wait/i.test(reply.json.error),
        reply.body.toString());
    check(`${name}: so does VNC`,
        /wait/.test(await byVnc(source, passwordOf('ada'))));
    checkEqual(`${name}: and who says to come from elsewhere`,
        (await client.logIn('ada', passwordOf('ada'),
            { 'X-Forwarded-For': '192.0.2.1', 'Forwarded': 'for=192.0.2.1' }))
            .status, 429);
    checkEqual(`${name}: and the cookie-less rest is as it was`,
        (await client.get('/api/session')).status, 200);
}

const times = (count, guess) => Array.from({ length: count }, () => guess);

await runGroup(daemon, async () => {
    const cases = [
        ['by the page', times(FREE_FAILURES, guessByPage)],
        ['by VNC', times(FREE_FAILURES, guessByVnc)],
        ['by both', [guessByPage, guessByVnc, guessByPage, guessByPage,
            guessByVnc]],
    ];

    await Promise.all(cases.map(async ([name, guesses], at) => {
        const source = `127.0.4.${at + 1}`;

        await failures(name, source, guesses);
        await hasToWait(name, source);
    }));

    const client = await Client.loggedIn(daemon.port, 'ada', passwordOf('ada'),
        { source: '127.0.4.100' });

    check('who comes from elsewhere gets in', client.cookie);
    client.source = '127.0.4.1';
    checkEqual('who was in stays in, though its source has to wait',
        (await client.get(KNOWN_PATH)).status, 200);
    check('audit: who had to wait', daemon.audit.some(({ event, reason }) =>
        event === 'login-failed' && reason === 'waiting'));
    check('nothing that was guessed is written anywhere',
        !daemon.hasWritten(CANARY));
});
