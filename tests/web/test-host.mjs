// SPDX-License-Identifier: GPL-2.0-or-later
//
// node test-host.mjs BUILD: who may ask, as far as a browser tells it: the
// Host that it took us for, the Origin of the page that asks, the page's token.

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Daemon, passwordOf } from './daemon.mjs';
import { Client, Connection, headOf, KNOWN_PATH } from './http.mjs';
import { origins } from './origins.mjs';
import { check, checkEqual, inParallel, runGroup } from './report.mjs';

const daemon = new Daemon(process.argv[2], { users: { ada: 'admin' } });

// Each from a source of its own: a source has few places.
const AT_ONCE = 4;

// A target that nobody has: what passes is told that there is none.
const NOTHING = '/api/sessions/999999999';
const PASSES = 404;
const REFUSED = 403;

async function statusOf(message, where = {}) {
    const connection = await Connection.open(daemon.port, where);

    connection.send(message);
    const [status] = await connection.replies(1);

    connection.close();
    return status;
}

// ---- Host --------------------------------------------------------------------

const hosts = port => [
    // name, Host, status
    ['its address', `127.0.0.1:${port}`, 200],
    ['its address of IPv6', `[::1]:${port}`, 200],
    ['localhost', `localhost:${port}`, 200],
    ['a configured name', `kvm1.example.org:${port}`, 200],
    ['a short one', `kvm1:${port}`, 200],
    ['in capitals', `KVM1.Example.ORG:${port}`, 200],
    ['the name of the machine', `${hostname()}:${port}`, 200],
    ['another name', `evil.example:${port}`, 421],
    ['a name that begins like ours',
        `kvm1.example.org.evil.example:${port}`, 421],
    ['a name that ends like ours', `evil-kvm1.example.org:${port}`, 421],
    ['a part of ours', `example.org:${port}`, 421],
    ['a host below ours', `a.kvm1.example.org:${port}`, 421],
    ['a name that leads to our address', `127.0.0.1.nip.example:${port}`, 421],
    ['an address of another machine', `192.0.2.1:${port}`, 421],
    ['an address of another machine, IPv6', `[2001:db8::1]:${port}`, 421],
    ['a whole network', `0.0.0.0:${port}`, 421],
    ['an address as one number', `2130706433:${port}`, 421],
    ['an address in hexadecimal', `0x7f.0.0.1:${port}`, 421],
    ['our name as somebody\'s user', `kvm1@evil.example:${port}`, 421],
    ['somebody as user at our name', `evil.example@kvm1:${port}`, 421],
    ['two names', `kvm1, evil.example`, 421],
    ['nothing', '', 421],
    ['only a port', `:${port}`, 421],
    ['a port that is none', 'kvm1:80x', 421],
    ['two ports', `kvm1:${port}:${port}`, 421],
    ['a bracket that stays open', `[::1:${port}`, 421],
];

async function theHost() {
    for (const [name, host, wanted] of hosts(daemon.port)) {
        const found = await statusOf(headOf('GET', '/api/session',
            [['Host', host]]));

        // What is no host at all may also be called a bad request.
        check(`Host: ${name}`, found === wanted ||
            wanted === 421 && found === 400, `${found}`);
    }
    checkEqual('no Host', await statusOf(headOf('GET', '/api/session', [])),
        400);
    checkEqual('two Hosts', await statusOf(headOf('GET', '/api/session',
        [['Host', 'kvm1'], ['Host', 'kvm1']])), 400);
    const other = await statusOf(headOf('GET', '/',
        [['Host', 'evil.example']]));

    checkEqual('the page, too, asks for the right one', other, 421);
}

// ---- Origin ------------------------------------------------------------------

async function theOrigin(client) {
    const cases = origins(client.host, daemon.port);
    const found = await inParallel(cases, AT_ONCE, ([, origin, host]) =>
        statusOf(client.message('DELETE', NOTHING, undefined,
            { Origin: origin, Host: host })));

    cases.forEach(([name, , , passes], at) => {
        check(`Origin: ${name}`, passes ? found[at] === PASSES
            : [REFUSED, 400].includes(found[at]), `${found[at]}`);
    });
}

async function loginAsksForTheOrigin() {
    const client = new Client(daemon.port, { source: '127.0.0.2' });
    const password = passwordOf('ada');

    for (const [name, changes] of [
        ['none', { Origin: null }],
        ['null', { Origin: 'null' }],
        ['another', { Origin: 'https://evil.example' }]]) {
        checkEqual(`login, Origin: ${name}`,
            (await client.logIn('ada', password, changes)).status, REFUSED);
    }
    checkEqual('login as a form would send it', (await client.logIn('ada',
        password, { 'Content-Type': 'application/x-www-form-urlencoded' }))
        .status, 415);
    checkEqual('login as text', (await client.logIn('ada', password,
        { 'Content-Type': 'text/plain' })).status, 415);
    checkEqual('and by its own page', (await client.logIn('ada', password))
        .status, 200);
}

// ---- the page's token ----------------------------------------------------------

async function thePagesToken(client, other) {
    const changed = client.csrf.replace(/^./, first =>
        first === 'a' ? 'b' : 'a');

    for (const [name, token, wanted] of [
        ['right', client.csrf, PASSES],
        ['none', null, REFUSED],
        ['empty', '', REFUSED],
        ['another session\'s', other.csrf, REFUSED],
        ['a character is another', changed, REFUSED],
        ['cut', client.csrf.slice(0, -1), REFUSED],
        ['longer', `${client.csrf}0`, REFUSED],
        ['random', randomBytes(32).toString('hex'), REFUSED],
        ['the cookie itself', client.cookie, REFUSED],
        ['twice, one of them wrong', [client.csrf, changed], REFUSED],
    ]) {
        const status = await statusOf(client.message('DELETE', NOTHING,
            undefined, { 'X-CSRF-Token': token }));

        check(`X-CSRF-Token: ${name}`, status === wanted ||
            Array.isArray(token) && status === 400, `${status}`);
    }
    checkEqual('who reads needs none', await statusOf(client.message('GET',
        KNOWN_PATH, undefined, { 'X-CSRF-Token': null })), 200);
}

// ---- what each reply says --------------------------------------------------------

const HEADERS = [
    ['x-content-type-options', /^nosniff$/],
    ['referrer-policy', /^no-referrer$/],
    ['cross-origin-opener-policy', /^same-origin$/],
    ['cross-origin-resource-policy', /^same-origin$/],
    ['strict-transport-security', /^max-age=\d{7,}/],
    ['content-security-policy', new RegExp(['default-src \'self\'',
        'connect-src \'self\'', 'object-src \'none\'', 'base-uri \'none\'',
        'form-action \'self\'', 'frame-ancestors \'none\'']
        .map(rule => `(?=.*${rule})`).join(''))],
];

async function theHeaders(client) {
    const stranger = new Client(daemon.port);
    const replies = [
        ['the page', await stranger.get('/')],
        ['a session', await stranger.get('/api/session')],
        ['nothing', await stranger.get('/nothing')],
        ['who is unknown', await stranger.get(KNOWN_PATH)],
        ['a wrong Host', await stranger.get('/', { Host: 'evil.example' })],
        ['a wrong method', await client.ask('PATCH', '/api/session')],
        ['sessions', await client.get(KNOWN_PATH)],
    ];

    for (const [name, { headers }] of replies) {
        const missing = HEADERS.filter(([header, rule]) =>
            !rule.test(headers.get(header) ?? '')).map(([header]) => header);

        checkEqual(`headers: ${name}`, missing, []);
    }
    const policy = replies[0][1].headers.get('content-security-policy') ?? '';

    check('no code within the page', !/unsafe|data:|https?:|\*/.test(policy),
        policy);
    check('no reply is for others', replies.every(([, { headers }]) =>
        ![...headers.keys()].some(name => name.startsWith('access-control-'))));
    check('what the API says is kept nowhere', replies.filter(([name]) =>
        ['a session', 'sessions'].includes(name))
        .every(([, { headers }]) => headers.get('cache-control')
            ?.includes('no-store')));
    const preflight = await stranger.ask('OPTIONS', '/api/login', undefined, {
        'Origin': 'https://evil.example',
        'Access-Control-Request-Method': 'POST',
    });

    check('another page is not told that it may ask', preflight.status >= 400 &&
        ![...preflight.headers.keys()].some(name =>
            name.startsWith('access-control-')), `${preflight.status}`);
}

async function theCertificate() {
    const connection = await Connection.open(daemon.port,
        { ca: daemon.certificate, servername: 'localhost' });

    check('the certificate is the machine\'s own, and good for localhost',
        connection.socket.authorized);
    check('TLS 1.3', connection.socket.getProtocol() === 'TLSv1.3');
    connection.close();
}

// ---- plain HTTP --------------------------------------------------------------

async function plainHttpLeadsHere() {
    const cases = [
        ['kvm1', '/console?a=b', 308, `https://kvm1:${daemon.port}/console?a=b`],
        ['127.0.0.1:80', '/', 308, `https://127.0.0.1:${daemon.port}/`],
        ['evil.example', '/', 421, undefined],
    ];

    for (const [host, path, status, location] of cases) {
        const connection = await Connection.open(daemon.redirectPort,
            { plain: true });

        connection.send(headOf('GET', path, [['Host', host]]));
        const { status: got, headers } = await connection.head();

        checkEqual(`plain HTTP, ${host}${path}`,
            [got, headers.get('location')], [status, location]);
        connection.close();
    }
}

await runGroup(daemon, async () => {
    const [client, other] = await Promise.all(['127.0.0.3', '127.0.0.4']
        .map(source => Client.loggedIn(daemon.port, 'ada', passwordOf('ada'),
            { source })));

    await theHost();
    await theOrigin(client);
    await loginAsksForTheOrigin();
    await thePagesToken(client, other);
    await theHeaders(client);
    await theCertificate();
    await plainHttpLeadsHere();
});
