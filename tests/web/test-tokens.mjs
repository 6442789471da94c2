// SPDX-License-Identifier: GPL-2.0-or-later
//
// node test-tokens.mjs BUILD: every route of the API by tokens of every scope,
// and tokens that are wrong, too old, taken away or in the wrong place.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon, passwordOf } from './daemon.mjs';
import { Client, KNOWN_PATH, makeToken } from './http.mjs';
import { check, checkEqual, eventually, inParallel, runGroup, sleep }
    from './report.mjs';
import { pathOf, ROLES, ROUTES } from './routes.mjs';
import { WebSocket } from './websocket.mjs';

const SCOPES = ['viewer', 'operator', 'admin', 'viewer@rack1',
    'operator@rack1', 'admin@rack1', 'viewer@rack1,operator@rack2'];
const TARGETS = ['rack1', 'rack2', 'nowhere'];

const daemon = new Daemon(process.argv[2], { users: { ada: 'admin' },
    targets: { rack1: '', rack2: '' } });

const OPEN_ENDED = '/api/events';

let ada;

// ---- scope by route -----------------------------------------------------------------

const atLeast = (role, needed) => ROLES.indexOf(role) >= ROLES.indexOf(needed);

// The role that such a token has on a target, "": on all; undefined: the best
// anywhere.
function roleOf(scope, target) {
    const roles = scope.split(',').map(part => part.split('@'))
        .filter(([, where]) => target === undefined || where === undefined ||
            where === target)
        .map(([role]) => role);

    return [...ROLES].reverse().find(role => roles.includes(role)) ??
        'none';
}

// 'in', or the status of a refusal.
function wantedOf(scope, [, , needed, kind], target) {
    if (needed === 'open') {
        return 'in';
    }
    if (kind === 'target' && (target === 'nowhere' ||
        roleOf(scope, target) === 'none')) {
        return 404;
    }
    const role = roleOf(scope, { target, everywhere: '' }[kind]);

    return atLeast(role, needed) ? 'in' : 403;
}

// Where nothing of that name is there, that is said to who may know it.
const mayBeMissing = path => /\{(macro|id|user|token)\}/.test(path);

function isRight(wanted, status, [method, path]) {
    if (wanted !== 'in') {
        return status === wanted;
    }
    return status < 400 || [400, 409, 415, 422].includes(status) ||
        status === 404 && mayBeMissing(path) ||
        // Logging in and setting up say so of their own accord.
        path === '/api/login' && status === 401 ||
        path === '/api/setup' && [403, 409].includes(status) ||
        path === '/api/sessions/{id}' && status === 403 ||
        method === 'PUT' && path.endsWith('/edid') && status === 501;
}

async function ask(client, [method, pattern, , , body], target) {
    const path = pathOf(pattern, target);

    if (path === OPEN_ENDED) {
        const connection = await client.open();

        connection.send(client.message(method, path));
        const head = (await connection.incoming.readUntil('\r\n\r\n'))
            .toString();

        connection.close();
        return Number(head.split(' ')[1]);
    }
    return (await client.ask(method, path, body)).status;
}

async function everyRouteByEveryScope() {
    const tokens = [];

    for (const [at, scope] of SCOPES.entries()) {
        tokens.push(await makeToken(ada, `scope-${at}`, scope));
    }
    const jobs = SCOPES.flatMap((scope, at) => {
        const client = new Client(daemon.port, { source: `127.0.10.${at + 1}`,
            token: tokens[at] });

        return ROUTES.flatMap(route => (route[3] === 'target'
            ? TARGETS : ['rack1']).map(target =>
            ({ scope, client, route, target })));
    });
    const found = await inParallel(jobs, 6, ({ client, route, target }) =>
        ask(client, route, target));

    for (const route of ROUTES) {
        const wrong = jobs.map((job, at) => ({ ...job, status: found[at] }))
            .filter(job => job.route === route && !isRight(wantedOf(job.scope,
                route, job.target), job.status, route))
            .map(({ scope, target, status }) => `${scope} on ${target}: ${
                status} instead of ${wantedOf(scope, route, target)}`);

        check(`${route[0]} ${route[1]} by every scope`, wrong.length === 0,
            wrong.join('; '));
    }
}

// Logging out is for who has logged in.
async function nobodyIsLoggedOut() {
    checkEqual('and all that logs nobody out', (await ada.get(KNOWN_PATH))
        .status, 200);
}

async function withoutAnyToken() {
    const client = new Client(daemon.port, { source: '127.0.10.50' });
    const statuses = await inParallel(ROUTES.filter(([, , role]) =>
        role !== 'open'), 4, route => ask(client, route, 'rack1'));

    check('without a token or a session there is nothing but 401',
        statuses.every(status => status === 401), statuses);
}

function theListIsWhole() {
    const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));
    const described = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).filter(method => /^(get|put|post|delete)$/
            .test(method)).map(method => `${method.toUpperCase()} ${path}`));
    const here = ROUTES.map(([method, path]) => `${method} ${path}`);
    const both = new Set(here.filter(route => described.includes(route)));

    checkEqual('all that docs/openapi.json describes is tried here',
        described.filter(route => route.includes(' /api/') && !both.has(route)),
        []);
    checkEqual('and it describes all that is tried',
        here.filter(route => !both.has(route)), []);
}

async function whatIsNotThere() {
    const client = new Client(daemon.port, { source: '127.0.10.51',
        token: await makeToken(ada, 'all', 'admin') });

    for (const path of ['/api', '/api/', '/api/nothing', '/api/targets/',
        '/api/targets/rack1/', '/api/targets/rack1/nothing', '/API/targets',
        '/api//targets', '/api/./targets', '/api/x/../targets',
        '/api/%74argets', '/api/targets%2frack1', '/api/targets/..%2f',
        '/etc/passwd', '/../../etc/passwd', '/assets/../../etc/passwd',
        '/assets/%2e%2e/%2e%2e/etc/passwd']) {
        const { status } = await client.get(path);

        check(`nothing at ${path}`, [400, 404].includes(status), `${status}`);
    }
    for (const [method, path, allowed] of [
        ['DELETE', '/api/targets', 'GET'],
        ['PATCH', '/api/targets/rack1', 'GET'],
        ['GET', '/api/login', 'POST'],
        ['GET', '/api/targets/rack1/keys', 'POST'],
        ['POST', '/api/targets/rack1/snapshot', 'GET'],
    ]) {
        const reply = await client.ask(method, path);

        checkEqual(`no ${method} of ${path}`, reply.status, 405);
        check(`but ${allowed}`, reply.headers.get('allow')?.includes(allowed),
            reply.headers.get('allow'));
    }
}

// ---- wrong tokens ------------------------------------------------------------------

async function wrongTokens() {
    const right = await makeToken(ada, 'right', 'viewer');
    const changed = right.replace(/.$/, last => last === 'a' ? 'b' : 'a');
    const header = value => ({ Authorization: value });
    const cases = [
        ['right', '/api/targets', header(`Bearer ${right}`), 200],
        ['the scheme in small letters', '/api/targets',
            header(`bearer ${right}`), 200],
        ['its last character is another', '/api/targets',
            header(`Bearer ${changed}`), 401],
        ['cut', '/api/targets', header(`Bearer ${right.slice(0, -1)}`), 401],
        ['longer', '/api/targets', header(`Bearer ${right}a`), 401],
        ['without its prefix', '/api/targets',
            header(`Bearer ${right.slice(3)}`), 401],
        ['its name', '/api/targets', header('Bearer right'), 401],
        ['empty', '/api/targets', header('Bearer '), 401],
        ['without a scheme', '/api/targets', header(right), 401],
        ['by another scheme', '/api/targets', header(`Basic ${Buffer.from(
            `right:${right}`).toString('base64')}`), 401],
        ['twice', '/api/targets', header([`Bearer ${right}`,
            `Bearer ${right}`]), 401],
        ['in the path', `/api/targets?token=${right}`, {}, 401],
        ['in the path, as OAuth has it', `/api/targets?access_token=${right}`,
            {}, 401],
        ['as a cookie', '/api/targets',
            { Cookie: `__Host-rackhand=${right}` }, 401],
        ['a megabyte', '/api/targets', header(`Bearer rh_${
            'a'.repeat(1 << 20)}`), 431],
    ];

    // Each from a source of its own: wrong ones are failed logins.
    await Promise.all(cases.map(async ([name, path, headers, wanted], at) => {
        const client = new Client(daemon.port,
            { source: `127.0.11.${at + 1}` });
        const status = await client.get(path, headers)
            .then(reply => reply.status, () => 431);

        check(`token: ${name}`, status === wanted ||
            wanted >= 400 && status === 400, `${status}`);
    }));
    check('a wrong token is in the audit as a failed login',
        await eventually(() => daemon.audit.some(({ event }) =>
            event === 'login-failed')));
    check('and no token is, nor in the log', !daemon.hasWritten(right) &&
        !daemon.hasWritten(changed) && !daemon.hasWritten(right.slice(3)));
}

// One account for all that is guessed by a source.
async function whoGuesses() {
    const source = '127.0.13.1';
    const guess = token => new Client(daemon.port, { source, token })
        .get('/api/targets');
    const right = await makeToken(ada, 'waiting', 'viewer');
    const statuses = [];

    for (let i = 0; i < 6; i++) {
        statuses.push((await guess(`rh_${'a'.repeat(42)}${i}`)).status);
    }
    checkEqual('who guesses tokens has to wait', statuses,
        [401, 401, 401, 401, 401, 429]);
    checkEqual('and cannot log in either', (await new Client(daemon.port,
        { source }).logIn('ada', passwordOf('ada'))).status, 429);
    checkEqual('a right token is good from elsewhere', (await new Client(
        daemon.port, { source: '127.0.13.2', token: right })
        .get('/api/targets')).status, 200);
}

async function noConsolesByTokens() {
    const one = new Client(daemon.port, { source: '127.0.13.3',
        token: await makeToken(ada, 'one', 'operator@rack2') });
    const statuses = [];

    for (const target of ['rack1', 'rack2']) {
        const refusal = await WebSocket.open(one, target)
            .catch(error => error);

        statuses.push(refusal.reply?.status);
    }
    checkEqual('a token opens no console', statuses, [404, 403]);
}

// Whether events are still told.
async function listen(client) {
    const connection = await client.open();
    const listener = { told: true };

    connection.send(client.message('GET', OPEN_ENDED));
    listener.over = connection.body(await connection.head()).catch(() => {})
        .then(() => {
            listener.told = false;
            connection.close();
        });
    return listener;
}

// A request whose body is still to come; that it may is said when its headers
// were looked at.
async function begin(client, method, path) {
    const connection = await client.open();

    connection.send(client.message(method, path, undefined,
        { 'Content-Type': 'application/json', 'Content-Length': 2,
            Expect: '100-continue' }));
    await connection.head();
    return connection;
}

async function theEndOfAToken() {
    const removed = new Client(daemon.port, { source: '127.0.12.1',
        token: await makeToken(ada, 'removed', 'operator') });
    const other = new Client(daemon.port, { source: '127.0.12.2',
        token: await makeToken(ada, 'other', 'operator') });
    const [first, second] = [await listen(removed), await listen(other)];
    const begun = await begin(removed, 'POST', '/api/targets/rack1/pointer');

    checkEqual('a token is good', (await removed.get('/api/targets')).status,
        200);
    checkEqual('and types', (await removed.ask('POST',
        '/api/targets/rack1/text', { text: 'x'.repeat(1000), delay_ms: 1000 }))
        .status, 202);
    await ada.ask('DELETE', '/api/tokens/removed');
    checkEqual('until it is removed', (await removed.get('/api/targets'))
        .status, 401);
    begun.send('{}');
    checkEqual('also for what had begun', (await begun.reply()).status, 401);
    begun.close();
    await Promise.race([first.over, sleep(5000)]);
    check('which ends what it is told', !first.told);
    checkEqual('and what it types', (await ada.get('/api/targets/rack1/text'))
        .json.result, 'cancelled');
    checkEqual('another stays', (await other.get('/api/targets')).status, 200);
    check('and is told more', second.told);
}

async function byTheApi() {
    const made = await ada.ask('POST', '/api/tokens',
        { name: 'made', roles: 'viewer@rack2', expires_days: 1 });
    const { token } = made.json;
    const client = new Client(daemon.port, { source: '127.0.12.4', token });

    check('an admin makes one, and is shown it', made.status < 300 &&
        /^rh_[\w-]{40,}$/.test(token), made.body.toString());
    checkEqual('it is good for its target', (await client.get(
        '/api/targets/rack2')).status, 200);
    checkEqual('and no other', (await client.get('/api/targets/rack1')).status,
        404);
    const list = await ada.get('/api/tokens');

    check('it is in the list, without its secret',
        list.body.includes('"made"') && !list.body.includes(token.slice(3)));
    checkEqual('of the same name there is one', (await ada.ask('POST',
        '/api/tokens', { name: 'made', roles: 'viewer', expires_days: 1 }))
        .status, 409);
    checkEqual('it is taken away', (await ada.ask('DELETE',
        '/api/tokens/made')).status, 204);
    checkEqual('and good for nothing', (await client.get('/api/targets/rack2'))
        .status, 401);
}

async function afterARestart() {
    const file = join(daemon.state, 'tokens');
    const token = await makeToken(ada, 'lasting', 'viewer');
    const old = await makeToken(ada, 'old', 'viewer');

    await daemon.stop();
    writeFileSync(file, readFileSync(file, 'utf8').replace(
        /^(old\s.*\s)\d+\s*$/m, '$11000000000'), { mode: 0o600 });
    await daemon.start();
    checkEqual('a token outlives a restart', (await new Client(daemon.port,
        { source: '127.0.12.5', token }).get('/api/targets')).status, 200);
    const reply = await new Client(daemon.port, { source: '127.0.12.6',
        token: old }).get('/api/targets');

    check('but not its time', reply.status === 401 &&
        /expired/.test(reply.json.error), reply.body.toString());
}

await runGroup(daemon, async () => {
    ada = await Client.loggedIn(daemon.port, 'ada', passwordOf('ada'),
        { source: '127.0.12.3' });
    theListIsWhole();
    await everyRouteByEveryScope();
    await nobodyIsLoggedOut();
    await withoutAnyToken();
    await whatIsNotThere();
    await wrongTokens();
    await whoGuesses();
    await noConsolesByTokens();
    await theEndOfAToken();
    await byTheApi();
    await afterARestart();
});
