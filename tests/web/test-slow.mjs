// SPDX-License-Identifier: GPL-2.0-or-later
//
// node test-slow.mjs BUILD: who sends slowly is sent away after the ten seconds
// that a stranger has, whatever has come by then; the others notice nothing.

import { Daemon, passwordOf } from './daemon.mjs';
import { Client, Connection } from './http.mjs';
import { check, checkEqual, eventually, runGroup, sleep } from './report.mjs';

const DEADLINE_MS = 10000;
const TOO_LONG_MS = 25000; // for a busy machine
const PACE_MS = 400;

const daemon = new Daemon(process.argv[2], { users: { ada: 'admin' } });

const lines = (...all) => all.map(line => `${line}\r\n`).join('');
const login = (...more) => lines('POST /api/login HTTP/1.1', 'Host: kvm1',
    'Origin: https://kvm1', 'Content-Type: application/json', ...more, '');

// What each sends at once, and then again and again.
const SLOW = [
    ['says nothing', { plain: true }, '', ''],
    ['begins a TLS handshake', { plain: true },
        Buffer.from('16030100', 'hex'), ''],
    ['says nothing within TLS', {}, '', ''],
    ['sends the first line letter by letter', {}, 'GET /', 'a'],
    ['sends header after header', {}, lines('GET / HTTP/1.1', 'Host: kvm1'),
        'X-A: b\r\n'],
    ['sends one header letter by letter', {},
        lines('GET / HTTP/1.1') + 'Host: ', 'a'],
    ['never ends its header', {}, lines('GET / HTTP/1.1', 'Host: kvm1'), ''],
    ['sends a body letter by letter', {}, login('Content-Length: 2000') + '{"',
        'a'],
    ['sends no body', {}, login('Content-Length: 2000'), ''],
    ['sends chunk after chunk', {}, login('Transfer-Encoding: chunked'),
        '1\r\n{\r\n'],
    ['never ends a chunk', {}, login('Transfer-Encoding: chunked') + '3e8\r\n',
        'a'],
    ['sends empty lines', {}, '\r\n', '\r\n'],
];

async function beSlow([name, how, first, again], at) {
    const connection = await Connection.open(daemon.port,
        { source: `127.0.6.${at + 1}`, ...how });
    const began = performance.now();

    connection.send(first);
    const pace = setInterval(() => again && connection.send(again), PACE_MS);
    const ended = await connection.untilEnd(TOO_LONG_MS);
    const took = performance.now() - began;

    clearInterval(pace);
    connection.close();
    check(`who ${name} is sent away`, ended, `still there after ${took} ms`);
    return took;
}

// The page, a login, and what the known may have open for longer.
async function theOthers() {
    const client = await Client.loggedIn(daemon.port, 'ada', passwordOf('ada'),
        { source: '127.0.6.100' });
    const kept = await client.open();
    const began = performance.now();
    let answers = 0;

    while (performance.now() - began < DEADLINE_MS + 2000) {
        kept.send(client.message('GET', '/api/session'));
        answers += (await kept.reply()).status === 200 ? 1 : 0;
        await sleep(PACE_MS);
    }
    check('who is known is answered all the time, on one connection',
        answers > 5 && !kept.ended, `${answers} answers`);
    kept.close();
}

// Eight to a source, and 32 that wait for these.
async function onesPlaces() {
    const connections = await Promise.all(Array.from({ length: 60 }, () =>
        Connection.open(daemon.port, { source: '127.0.6.200', plain: true })));

    check('of one source only so many are kept', await eventually(() =>
        connections.filter(({ ended }) => !ended).length <= 8 + 32),
        `${connections.filter(({ ended }) => !ended).length}`);
    checkEqual('another gets an answer nonetheless', (await new Client(
        daemon.port, { source: '127.0.6.201' }).get('/api/session')).status,
        200);
    connections.forEach(connection => connection.close());
}

await runGroup(daemon, async () => {
    const [, ...took] = await Promise.all([theOthers(),
        ...SLOW.map(beSlow)]);

    console.log(`   ${took.map(Math.round).join(' ')} ms`);
    await onesPlaces();
});
