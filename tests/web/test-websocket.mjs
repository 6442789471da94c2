// SPDX-License-Identifier: GPL-2.0-or-later
//
// node test-websocket.mjs BUILD: the console's WebSocket: who gets one, right
// and wrong frames, and who may type through it.

import { Daemon, passwordOf } from './daemon.mjs';
import { Client } from './http.mjs';
import { origins } from './origins.mjs';
import { check, checkEqual, eventually, inParallel, runGroup }
    from './report.mjs';
import { acceptOf, frame, OPCODES, readFrame, rfbPath, upgradeOf,
    WebSocket } from './websocket.mjs';
import { Viewer } from '../control/viewer.mjs';

const LIMIT_BYTES = 65536;
const HELLO = 'RFB 003.008\n';

const daemon = new Daemon(process.argv[2], {
    users: { olga: 'operator', vera: 'viewer', otto: 'operator@other' },
    targets: { demo: '', other: '' } });

let client;

async function answerTo(asker, changes, path = rfbPath('demo')) {
    const connection = await asker.open();

    connection.send(upgradeOf(asker, path, changes));
    const reply = await connection.reply().catch(() => ({ status: 0 }));

    connection.close();
    return reply;
}

// ---- the upgrade -----------------------------------------------------------------

async function theUpgrade() {
    const key = 'dGhlIHNhbXBsZSBub25jZQ==';
    const reply = await answerTo(client, { 'Sec-WebSocket-Key': key });

    checkEqual('it is granted', reply.status, 101);
    checkEqual('with the answer to its key',
        reply.headers.get('sec-websocket-accept'), acceptOf(key));
    checkEqual('and the protocol that it named',
        reply.headers.get('sec-websocket-protocol'), 'binary');
    checkEqual('nothing is compressed', reply.headers.get(
        'sec-websocket-extensions'), undefined);
    checkEqual('without a protocol none is named', (await answerTo(client,
        { 'Sec-WebSocket-Protocol': null })).headers
        .get('sec-websocket-protocol'), undefined);
    checkEqual('an offer to compress is not taken', (await answerTo(client,
        { 'Sec-WebSocket-Extensions': 'permessage-deflate' })).headers
        .get('sec-websocket-extensions'), undefined);
}

async function whatIsNotUpgraded() {
    const stranger = new Client(daemon.port, { source: '127.0.7.3' });
    const cases = [
        ['without a cookie', await answerTo(stranger, {}), [401]],
        ['of another version', await answerTo(client,
            { 'Sec-WebSocket-Version': 8 }), [400, 426]],
        ['without a version', await answerTo(client,
            { 'Sec-WebSocket-Version': null }), [400, 426]],
        ['without a key', await answerTo(client,
            { 'Sec-WebSocket-Key': null }), [400]],
        ['with a short key', await answerTo(client,
            { 'Sec-WebSocket-Key': 'YQ==' }), [400]],
        ['with a key that is none', await answerTo(client,
            { 'Sec-WebSocket-Key': '!'.repeat(24) }), [400]],
        ['with two keys', await answerTo(client, { 'Sec-WebSocket-Key':
            ['dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ=='] }),
        [400]],
        ['to another protocol', await answerTo(client, { Upgrade: 'h2c' }),
            [400, 426]],
        ['without Connection', await answerTo(client, { Connection: null }),
            [400, 426]],
        ['without Upgrade', await answerTo(client, { Upgrade: null }),
            [400, 426]],
        ['to a target that is not there', await answerTo(client, {},
            rfbPath('nowhere')), [404]],
        ['where there is nothing', await answerTo(client, {}, '/api/session'),
            [200, 400, 404]],
        ['with a cookie in the path', await answerTo(stranger, {},
            `${rfbPath('demo')}?cookie=${client.cookie}`), [400, 401]],
    ];

    for (const [name, { status }, wanted] of cases) {
        check(`no upgrade ${name}`, wanted.includes(status), `${status}`);
    }
    const posted = await client.ask('POST', rfbPath('demo'), undefined,
        { Upgrade: 'websocket', Connection: 'Upgrade' });

    check('no upgrade by another method', posted.status === 405,
        `${posted.status}`);
}

async function theOrigin() {
    const cases = origins(client.host, daemon.port);
    const found = await inParallel(cases, 4, ([, origin, host]) =>
        answerTo(client, { Origin: origin, Host: host }));

    cases.forEach(([name, , , passes], at) => {
        const { status } = found[at];

        check(`Origin of an upgrade: ${name}`, passes ? status === 101
            : [400, 403].includes(status), `${status}`);
    });
}

async function whoHasNoRoleThere() {
    const one = await Client.loggedIn(daemon.port, 'otto', passwordOf('otto'),
        { source: '127.0.7.4' });

    checkEqual('of another target only: as if it were not there',
        (await answerTo(one, {})).status, 404);
    checkEqual('and its own', (await answerTo(one, {}, rfbPath('other')))
        .status, 101);
}

async function nothingComesAhead() {
    const connection = await client.open();

    connection.send(Buffer.concat([Buffer.from(upgradeOf(client,
        rfbPath('demo'))), frame(OPCODES.binary, HELLO)]));
    const reply = await connection.reply().catch(() => ({ status: 0 }));

    check('who sends ahead of the answer is not upgraded, or sent away',
        reply.status !== 101 || await connection.untilEnd(),
        `${reply.status}`);
    connection.close();
}

// ---- frames ------------------------------------------------------------------------

// What a viewer may say, so that RFB finds nothing wrong before it is too much:
// version, security, ClientInit, and requests for a pixel without end.
const big = Buffer.alloc(LIMIT_BYTES + 1, '\x03\x01\0\0\0\0\0\x01\0\x01');
big.write(`${HELLO}\x01\x01`);
big.copy(big, 14, 20);
const { binary, close, more, ping, pong, text } = OPCODES;
const closing = (code, reason = '') => Buffer.concat([
    Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason, 'latin1')]);

// What ends the connection, and with which codes; 0: without any.
const WRONG = [
    ['a frame without a mask', [frame(binary, HELLO, { masked: false })],
        [1002]],
    ['text', [frame(text, HELLO)], [1003, 1002]],
    ['text of no UTF-8', [frame(text, Buffer.from([0xc3, 0x28]))],
        [1003, 1007, 1002]],
    ['a message of more than 64 KiB', [frame(binary, big)], [1009]],
    ['one that only says so', [frame(binary, 'a', { length: LIMIT_BYTES + 1 })],
        [1009]],
    ['one that says 2^62', [frame(binary, 'a', { length: 2 ** 62 })],
        [1009, 1002]],
    ['one that says 2^63', [Buffer.from('82ff8000000000000000', 'hex')],
        [1009, 1002]],
    ['fragments of more than 64 KiB', [
        frame(binary, big.subarray(0, 40000), { fin: false }),
        frame(more, big.subarray(0, 40000))], [1009]],
    ['a fragment of nothing', [frame(more, HELLO)], [1002]],
    ['a message within another', [frame(binary, 'RFB ', { fin: false }),
        frame(binary, HELLO)], [1002]],
    ['a compressed frame', [frame(binary, HELLO, { reserved: 4 })], [1002]],
    ['a reserved bit', [frame(binary, HELLO, { reserved: 1 })], [1002]],
    ['an unknown opcode', [frame(3, HELLO)], [1002]],
    ['an unknown control opcode', [frame(11, HELLO)], [1002]],
    ['a ping in fragments', [frame(ping, 'a', { fin: false })], [1002]],
    ['a ping of 126 bytes', [frame(ping, 'a'.repeat(126))], [1002]],
    ['a close of one byte', [frame(close, 'a')], [1002]],
    ['a close of a code that is none', [frame(close, closing(1005))],
        [1002]],
    ['a close of no UTF-8', [frame(close, closing(1000, '\xc3\x28'))],
        [1007, 1002, 1000]],
    ['plain bytes', [Buffer.from('GET / HTTP/1.1\r\n\r\n')], [1002]],
];

async function wrongFrames() {
    const found = await inParallel(WRONG, 4, async ([, frames], at) => {
        client.source = `127.0.8.${at + 1}`;
        const socket = await WebSocket.open(client);

        frames.forEach(bytes => socket.sendRaw(bytes));
        const code = await socket.untilClosed();

        socket.destroy();
        return code;
    });

    WRONG.forEach(([name, , codes], at) => {
        check(`sent away: ${name}`, found[at] === 0 ||
            codes.includes(found[at]), `${found[at]}`);
    });
    console.log(`   ${found.join(' ')}`);
}

// One side of the handshake of RFB as it is cut into frames.
async function greeted(name, frames) {
    const socket = await WebSocket.open(client);

    frames.forEach(bytes => socket.sendRaw(bytes));
    const seen = [];
    let rfb = '';

    while (rfb.length < HELLO.length + 2) {
        const { opcode, payload, masked } = await readFrame(
            socket.connection.incoming);

        if (opcode === binary || opcode === more) {
            rfb += payload.toString('latin1');
        } else {
            seen.push([opcode, payload.toString('latin1')]);
        }
        check(`${name}: a server does not mask`, !masked);
    }
    checkEqual(`${name}: greeted, and offered no security but None`, rfb,
        `${HELLO}\x01\x01`);
    socket.destroy();
    return seen;
}

async function rightFrames() {
    await greeted('one frame', [frame(binary, HELLO)]);
    await greeted('a frame a byte', [...HELLO].map(byte =>
        frame(binary, byte)));
    await greeted('fragments', [frame(binary, 'RFB', { fin: false }),
        frame(more, ' 003.00', { fin: false }), frame(more, '8\n')]);
    await greeted('empty frames between', [frame(binary, ''),
        frame(binary, HELLO), frame(binary, '')]);
    const seen = await greeted('a ping within fragments', [
        frame(binary, 'RFB', { fin: false }), frame(ping, 'are you there'),
        frame(pong, 'nobody asked'), frame(more, ' 003.008\n')]);

    checkEqual('which is answered', seen, [[pong, 'are you there']]);
    const socket = await WebSocket.open(client);

    socket.send(close, closing(1000, 'bye'));
    checkEqual('who closes is answered by the same', await socket.untilClosed(),
        1000);
}

// The noVNC of a browser that goes without a word; and bytes that are no RFB.
async function whatIsNoRfb() {
    const socket = await WebSocket.open(client);

    socket.send(binary, Buffer.alloc(4096, 0xff));
    check('bytes that are no RFB end it',
        await socket.untilClosed() !== undefined);
    check('and the next is served', await eventually(async () => {
        const next = await WebSocket.open(client);

        next.destroy();
        return true;
    }));
}

// ---- who may type ---------------------------------------------------------------------

const sized = (width, height) => viewer =>
    viewer.width === width && viewer.height === height;

async function whoMayType() {
    const olga = await Viewer.join((await WebSocket.open(client)).flow());
    const vera = await Viewer.join((await WebSocket.open(
        await Client.loggedIn(daemon.port, 'vera', passwordOf('vera'),
            { source: '127.0.7.5' }))).flow());

    await vera.until(viewer => viewer.updates > 0);
    vera.type('mode 640x480');
    vera.point(10, 10, 1);
    olga.type('mode 800x600');
    check('an operator types, and the screen obeys',
        await olga.until(sized(800, 600)));
    check('a viewer sees it', await vera.until(sized(800, 600)));
    check('is told who operates', await vera.until(({ title }) =>
        title === 'demo - olga operates'), vera.titles);
    check('and typed in vain', !vera.titles.includes('demo - vera operates'),
        vera.titles);
    const list = daemon.must(['sessions']);

    check('sessions: who is there, and how', /olga.*browser/.test(list) &&
        /vera.*browser/.test(list), list);
    vera.close();
    olga.close();
}

async function byBothWays() {
    const browser = await Viewer.join((await WebSocket.open(client)).flow());
    const vnc = await Viewer.join({ port: daemon.vncPort, host: '127.0.0.1' },
        { user: 'olga', password: passwordOf('olga') });

    vnc.type('mode 1024x768');
    check('a VNC viewer and a browser see the same machine',
        await browser.until(sized(1024, 768)));
    check('and are told of each other',
        await browser.until(({ title }) => title === 'demo - olga operates'),
        browser.titles);
    browser.close();
    vnc.close();
}

await runGroup(daemon, async () => {
    client = await Client.loggedIn(daemon.port, 'olga', passwordOf('olga'),
        { source: '127.0.7.1' });
    await theUpgrade();
    await whatIsNotUpgraded();
    await theOrigin();
    await whoHasNoRoleThere();
    await nothingComesAhead();
    await rightFrames();
    await wrongFrames();
    await whatIsNoRfb();
    await whoMayType();
    await byBothWays();
});
