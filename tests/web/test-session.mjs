// SPDX-License-Identifier: GPL-2.0-or-later
//
// node test-session.mjs BUILD: from the login to the end of a session, by
// whatever it ends; and that all that was open ends with it.

import { Daemon, CANARY, passwordOf } from './daemon.mjs';
import { Client, cookieOf, KNOWN_PATH } from './http.mjs';
import { check, checkEqual, eventually, runGroup, sleep } from './report.mjs';
import { Refusal, WebSocket } from './websocket.mjs';
import { Viewer } from '../control/viewer.mjs';

const USERS = { ada: 'admin', olga: 'operator', paul: 'operator',
    rosa: 'operator@demo', vera: 'viewer', victor: 'viewer@demo',
    nils: 'viewer@elsewhere' };

const daemon = new Daemon(process.argv[2], { users: USERS,
    targets: { demo: '', other: '' } });

let sources = 1;
const nextSource = () => `127.0.3.${sources++}`;

const logIn = (user, password = passwordOf(user)) =>
    Client.loggedIn(daemon.port, user, password, { source: nextSource() });

const isIn = async client =>
    (await client.get('/api/session')).json.logged_in;

// ---- logging in ----------------------------------------------------------------

async function theFirstQuestion() {
    const reply = await new Client(daemon.port).get('/api/session');

    checkEqual('a stranger is not told which version this is', reply.json,
        { logged_in: false, setup: false });
    check('gets no cookie', !reply.headers.has('set-cookie'));
    checkEqual('and nothing else',
        (await new Client(daemon.port).get(KNOWN_PATH)).status, 401);
}

async function theCookie() {
    const client = new Client(daemon.port, { source: nextSource() });
    const reply = await client.logIn('ada', passwordOf('ada'));
    const attributes = reply.headers.get('set-cookie').split('; ').slice(1)
        .map(attribute => attribute.toLowerCase()).sort();

    checkEqual('login', reply.status, 200);
    checkEqual('the cookie is for this host, for TLS, and for no script',
        attributes.filter(attribute => !attribute.startsWith('max-age')),
        ['httponly', 'path=/', 'samesite=strict', 'secure']);
    check('it has 256 random bits', client.cookie.length >= 43, client.cookie);
    check('the page\'s token is another', client.csrf.length >= 32 &&
        !client.cookie.includes(client.csrf));
    checkEqual('who that is', (({ logged_in, user, role }) =>
        ({ logged_in, user, role }))(reply.json),
        { logged_in: true, user: 'ada', role: 'admin' });
    check('for how long', reply.json.expires_s > 0 &&
        reply.json.expires_s <= 12 * 3600, reply.json);
    const later = (await client.get('/api/session')).json;

    check('the session says the same later', later.user === 'ada' &&
        later.csrf === client.csrf, later);
}

async function aLoginIsANewSession() {
    const planted = new Client(daemon.port, { source: nextSource() });

    planted.cookie = 'A'.repeat(43);
    await planted.logIn('olga', passwordOf('olga'));
    check('a planted cookie is not taken', planted.cookie !== 'A'.repeat(43));

    const client = await logIn('olga');
    const before = client.cookie;

    await client.logIn('olga', passwordOf('olga'));
    check('another login, another cookie', client.cookie !== before);
    check('good', await isIn(client));
    client.cookie = before;
    check('and the old one is good for nothing', !await isIn(client));
}

async function whatIsRefused() {
    const client = new Client(daemon.port, { source: nextSource() });
    const wrong = await client.logIn('ada', `${CANARY} is wrong`);
    const unknown = await client.logIn('nobody-here', passwordOf('ada'));

    checkEqual('a wrong password', wrong.status, 401);
    check('gives no cookie', cookieOf(wrong) === undefined);
    checkEqual('an unknown user hears the same',
        [unknown.status, unknown.body.toString()],
        [wrong.status, wrong.body.toString()]);
    for (const [name, body] of [
        ['no JSON', '{"user":'],
        ['a list', '[]'],
        ['no password', '{"user":"ada"}'],
        ['a password that is a number', '{"user":"ada","password":1}'],
        ['a user of 300 characters',
            JSON.stringify({ user: 'a'.repeat(300), password: 'b' })],
        ['a member too many',
            '{"user":"ada","password":"b","role":"admin"}'],
        ['a member twice', '{"user":"ada","user":"ada","password":"b"}'],
    ]) {
        const { status } = await new Client(daemon.port,
            { source: nextSource() }).ask('POST', '/api/login', body);

        check(`login: ${name}`, [400, 401, 422].includes(status), `${status}`);
    }
}

async function wrongCookies() {
    const client = await logIn('vera');
    const right = client.cookie;
    const other = right.replace(/^./, first => first === 'a' ? 'b' : 'a');

    for (const [name, header] of [
        ['a character is another', `__Host-rackhand=${other}`],
        ['empty', '__Host-rackhand='],
        ['cut', `__Host-rackhand=${right.slice(0, -1)}`],
        ['longer', `__Host-rackhand=${right}a`],
        ['under another name', `rackhand=${right}`],
        ['the name in capitals', `__HOST-RACKHAND=${right}`],
        ['garbage', ';;;=,,,="\\x00'],
        ['very long', `__Host-rackhand=${'a'.repeat(4000)}`],
    ]) {
        const { status } = await client.get(KNOWN_PATH,
            { Cookie: header });

        check(`cookie: ${name}`, [400, 401].includes(status), `${status}`);
    }
    checkEqual('cookie: among others', (await client.get(KNOWN_PATH,
        { Cookie: `a=b; __Host-rackhand=${right}; c="d"` })).status, 200);
    const { status } = await client.get(KNOWN_PATH,
        { Cookie: `__Host-rackhand=${other}; __Host-rackhand=${right}` });

    check('cookie: two, one of them wrong', [400, 401].includes(status),
        `${status}`);
}

// ---- what ends it -----------------------------------------------------------------

// All that one can have open: a console, events, and a request now and then.
class Open {
    static async by(client, target = 'demo') {
        const open = new Open();

        open.client = client;
        open.viewer = await Viewer.join(
            (await WebSocket.open(client, target)).flow());
        open.events = await client.open();
        open.events.send(client.message('GET', '/api/events'));
        open.told = true;
        open.untold = open.events.body(await open.events.head())
            .catch(() => {}).then(() => {
                open.told = false;
            });
        open.held = await client.open();
        open.held.send(open.begun);
        await open.held.head();
        open.kept = await client.open();
        open.kept.send(client.message('GET', '/api/session'));
        await open.kept.reply();
        return open;
    }

    // A request whose body is still to come; that it may is said when its
    // headers were looked at.
    get begun() {
        return this.client.message('POST', '/api/logout', undefined,
            { 'Content-Type': 'application/json', 'Content-Length': 2,
                Expect: '100-continue' });
    }

    get works() {
        return !this.viewer.closed && this.told;
    }

    // Milliseconds until all of it was closed; undefined: it was not.
    async untilClosed() {
        const began = performance.now();
        const closed = await this.viewer.until(viewer => viewer.closed, 5000);

        await Promise.race([this.untold, sleep(5000)]);
        if (!closed || this.told) {
            return undefined;
        }
        const took = Math.round(performance.now() - began);

        this.kept.send(this.client.message('GET', KNOWN_PATH));
        this.held.send('{}');
        const statuses = [...await this.kept.replies(1),
            (await this.held.reply()).status];

        return statuses.every(status => status === 401) ? took : undefined;
    }

    close() {
        this.viewer.close();
        this.events.close();
        this.kept.close();
        this.held.close();
    }
}

// A second is promised; a machine that is busy has some more.
async function ends(name, user, end, { password, stays = [] } = {}) {
    const client = await logIn(user, password);
    const open = await Open.by(client);

    await end(client);
    const took = await open.untilClosed();

    check(`${name} ends all that was open`, took !== undefined);
    check(`${name} leaves the others alone`,
        stays.every(other => other.works));
    check(`${name}: the cookie is good for nothing`, !await isIn(client));
    const refusal = await WebSocket.open(client).catch(error => error);

    check(`${name}: nor for a console`, refusal instanceof Refusal &&
        refusal.reply.status === 401, refusal.message);
    console.log(`   ${took} ms`);
    open.close();
}

async function whatEndsIt() {
    const admin = await logIn('ada');
    const bystander = await Open.by(await logIn('vera'));
    const stays = [bystander];
    const sessionOf = async user => (await admin.get('/api/sessions')).json
        .sessions.filter(session => session.user === user &&
            session.how === 'https').map(session => session.id);

    await ends('logout', 'olga', async client => {
        const reply = await client.ask('POST', '/api/logout');

        checkEqual('logout', reply.status, 204);
        check('logout takes the cookie away', /Max-Age=0|Expires=/i.test(
            reply.headers.get('set-cookie') ?? ''));
    }, { stays });
    await ends('another password', 'olga', () => daemon.must(
        ['user', 'passwd', 'olga'], `${passwordOf('olga')} new\n`), { stays });
    await ends('another role', 'olga', () => daemon.must(
        ['user', 'role', 'olga', 'viewer']),
        { password: `${passwordOf('olga')} new`, stays });
    await ends('an admin', 'rosa', async () => {
        const [id] = await sessionOf('rosa');

        checkEqual('an admin sends a session away', (await admin.ask('DELETE',
            `/api/sessions/${id}`)).status, 200);
    }, { stays });
    await ends('the shell', 'rosa', async () =>
        daemon.must(['disconnect', String((await sessionOf('rosa'))[0]),
            'maintenance']), { stays });
    await ends('the API takes the user away', 'rosa', async () => checkEqual(
        'an admin takes a user away', (await admin.ask('DELETE',
            '/api/users/rosa')).status, 204), { stays });
    await ends('the user is removed', 'paul', () =>
        daemon.must(['user', 'remove', 'paul']), { stays });
    bystander.close();
}

async function sessionsOfOneUserAreApart() {
    const [first, second] = [await logIn('victor'), await logIn('victor')];
    const [a, b] = [await Open.by(first), await Open.by(second)];

    await first.ask('POST', '/api/logout');
    check('who logs out in one browser',
        await a.untilClosed() !== undefined);
    check('stays in the other', b.works && await isIn(second));
    b.close();
}

async function nobodySeesOthers() {
    const victor = await logIn('victor');
    const admin = await logIn('ada');
    const theirs = (await victor.get('/api/sessions')).json.sessions;
    const all = (await admin.get('/api/sessions')).json.sessions;

    check('a user sees sessions of its own', theirs.length > 0 &&
        theirs.every(({ user }) => user === 'victor'), theirs);
    const other = all.find(({ user }) => user === 'ada');

    check('and sends nobody else away', [403, 404].includes((await victor.ask(
        'DELETE', `/api/sessions/${other.id}`)).status));
    checkEqual('what it has no role on is not there', (await victor.get(
        '/api/targets/other')).status, (await victor.get(
        '/api/targets/nowhere')).status);
    checkEqual('nor in the list', (await victor.get('/api/targets')).json
        .targets?.map(({ name }) => name) ?? (await victor.get('/api/targets'))
        .json.map(({ name }) => name), ['demo']);
}

async function afterARestart(client) {
    const before = client.cookie;

    await daemon.restart();
    client.cookie = before;
    check('after a restart all log in anew', !await isIn(client));
    checkEqual('and can', (await client.logIn('vera', passwordOf('vera')))
        .status, 200);
}

async function whatIsWrittenDown(cookies) {
    check('audit: who came and how', await eventually(() =>
        daemon.audit.some(({ event, user, how }) => event === 'login' &&
            user === 'ada' && how === 'https')));
    check('audit: who was refused, without the name of an unknown one',
        daemon.audit.some(({ event, user }) => event === 'login-failed' &&
            user === '(unknown)') && !daemon.hasWritten('nobody-here'));
    check('no password, cookie or page\'s token is written anywhere',
        [CANARY, ...cookies].every(text => !daemon.hasWritten(text)));
}

await runGroup(daemon, async () => {
    const vera = await logIn('vera');

    await theFirstQuestion();
    await theCookie();
    await aLoginIsANewSession();
    await whatIsRefused();
    await wrongCookies();
    await whatEndsIt();
    await sessionsOfOneUserAreApart();
    await nobodySeesOthers();
    await afterARestart(vera);
    await whatIsWrittenDown([vera.cookie, vera.csrf]);
});
