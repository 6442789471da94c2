// SPDX-License-Identifier: GPL-2.0-or-later
//
// node test-smuggling.mjs BUILD: requests that two programs could understand
// differently. Each is refused, and nothing behind it is taken for another one.

import { Daemon, passwordOf } from './daemon.mjs';
import { Client, Connection } from './http.mjs';
import { check, checkEqual, inParallel, runGroup } from './report.mjs';

const daemon = new Daemon(process.argv[2], { users: { ada: 'admin' } });
let client;

// What would be answered if anything of a body were taken for a request.
const hidden = () => get();

const JSON_BODY = '{"text":"a","dry_run":true}';
const LENGTH = `Content-Length: ${JSON_BODY.length}`;

// A request of somebody known, so that the connection may be kept.
const head = (first, ...lines) => [first, 'Host: kvm1', 'Origin: https://kvm1',
    `Cookie: __Host-rackhand=${client.cookie}`,
    `X-CSRF-Token: ${client.csrf}`, ...lines, '\r\n'].join('\r\n');
const post = (...lines) => head('POST /api/targets/demo/text HTTP/1.1',
    'Content-Type: application/json', ...lines);
const get = (...lines) => head('GET /api/session HTTP/1.1', ...lines);

// name, bytes, what it may be answered. In each case that is the only answer.
const refused = () => [
    ['a length and chunks', post('Content-Length: 5',
        'Transfer-Encoding: chunked') + '0\r\n\r\n' + hidden(), [400]],
    ['chunks and a length', post('Transfer-Encoding: chunked',
        'Content-Length: 5') + '0\r\n\r\n' + hidden(), [400]],
    ['two lengths', post('Content-Length: 2', 'Content-Length: 3') + '{} ' +
        hidden(), [400]],
    ['two lengths that are equal', post('Content-Length: 2',
        'Content-Length: 2') + '{}' + hidden(), [400]],
    ['two lengths in one line', post('Content-Length: 2, 2') + '{}' + hidden(),
        [400]],
    ['a length with a sign', post('Content-Length: +2') + '{}' + hidden(),
        [400]],
    ['a length below nothing', post('Content-Length: -1') + hidden(), [400]],
    ['a length in hexadecimal', post('Content-Length: 0x2') + '{}' + hidden(),
        [400]],
    ['a length with words behind it', post('Content-Length: 2 a') + '{}' +
        hidden(), [400]],
    ['an empty length', post('Content-Length:') + hidden(), [400, 411]],
    ['a length beyond 64 bits', post('Content-Length: 99999999999999999999') +
        hidden(), [400, 413]],
    ['a length of a gigabyte', post('Content-Length: 1000000000') + hidden(),
        [413]],
    ['an unknown coding', post('Transfer-Encoding: gzip') + hidden(),
        [400, 501]],
    ['chunks within a coding', post('Transfer-Encoding: gzip, chunked') +
        '0\r\n\r\n' + hidden(), [400, 501]],
    ['chunks twice', post('Transfer-Encoding: chunked',
        'Transfer-Encoding: chunked') + '0\r\n\r\n' + hidden(), [400]],
    ['chunks that are not quite', post('Transfer-Encoding: xchunked') +
        '0\r\n\r\n' + hidden(), [400, 501]],
    ['chunks with a blank before the colon', post(
        'Transfer-Encoding : chunked') + '0\r\n\r\n' + hidden(), [400]],
    ['chunks behind a tabulator', post('Transfer-Encoding:\tchunked, x') +
        '0\r\n\r\n' + hidden(), [400, 501]],
    ['a chunk of no number', post('Transfer-Encoding: chunked') +
        'zz\r\n\r\n' + hidden(), [400]],
    ['a chunk below nothing', post('Transfer-Encoding: chunked') +
        '-1\r\n\r\n' + hidden(), [400]],
    ['a chunk beyond 64 bits', post('Transfer-Encoding: chunked') +
        'fffffffffffffffff\r\n' + hidden(), [400, 413]],
    ['a chunk of a gigabyte', post('Transfer-Encoding: chunked') +
        '3b9aca00\r\n' + hidden(), [400, 413]],
    ['a chunk longer than it says', post('Transfer-Encoding: chunked') +
        '2\r\n{}{}\r\n0\r\n\r\n' + hidden(), [400]],
    ['a header goes on in the next line', get('X-A: a\r\n b: c'), [400]],
    ['a header goes on behind a tabulator', get('X-A: a\r\n\tb'), [400]],
    ['a blank before the colon', get('X-A : a'), [400]],
    ['a line without a colon', get('X-A'), [400]],
    ['a header without a name', get(': a'), [400]],
    ['a NUL in a header', get('X-A: a\0b'), [400]],
    ['a NUL in the path', head('GET /api/ses\0sion HTTP/1.1'), [400]],
    ['a carriage return in a header', get('X-A: a\rX-B: b'), [400]],
    ['a line that ends in a line feed only', `GET /api/session HTTP/1.1\n` +
        'Host: kvm1\n\n', [400]],
    ['a header that ends in a line feed only', get('X-A: a\nX-B: b'), [400]],
    ['HTTP/1.0', 'GET /api/session HTTP/1.0\r\nHost: kvm1\r\n\r\n',
        [400, 426, 505]],
    ['HTTP/0.9', 'GET /api/session\r\n', [400, 505]],
    ['HTTP/2 by itself', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 505]],
    ['HTTP/1.2', head('GET /api/session HTTP/1.2'), [400, 505]],
    ['another protocol', head('GET /api/session RTSP/1.0'), [400, 505]],
    ['two blanks', head('GET  /api/session HTTP/1.1'), [400]],
    ['a tabulator between', head('GET\t/api/session\tHTTP/1.1'), [400]],
    ['a path that is none', head('GET api/session HTTP/1.1'), [400, 404]],
    ['somebody else\'s address', head('GET http://evil.example/ HTTP/1.1'),
        [400, 404, 421]],
    ['our own as a whole address',
        head('GET https://kvm1/api/session HTTP/1.1'), [400, 404, 421]],
    ['a tunnel', head('CONNECT kvm1:443 HTTP/1.1'), [400, 404, 405, 501]],
    ['a method of no letters', head('G\x01T /api/session HTTP/1.1'), [400]],
    ['a header of 9 KiB', get(`X-A: ${'a'.repeat(9216)}`), [400, 431]],
    ['a thousand headers', get(...Array.from({ length: 1000 }, (_, i) =>
        `X-${i}: a`)), [400, 431]],
    ['a path of 9 KiB', head(`GET /${'a'.repeat(9216)} HTTP/1.1`),
        [400, 404, 414, 431]],
    ['a length with a request that has no body', get('Content-Length: 1e3') +
        hidden(), [400]],
];

// In chunks of so many bytes.
const chunked = size => [...JSON_BODY.match(new RegExp(`.{1,${size}}`, 'g')),
    ''].map(part => `${part.length.toString(16)}\r\n${part}\r\n`).join('');

const taken = () => [
    ['a body by its length', post(LENGTH) + JSON_BODY, [200]],
    ['a body in chunks', post('Transfer-Encoding: chunked') + chunked(4),
        [200]],
    ['two requests at once', get() + get(), [200, 200]],
    ['a request behind a body', post(LENGTH) + JSON_BODY + get(), [200, 200]],
    ['a request behind chunks', post('Transfer-Encoding: chunked') +
        chunked(10) + get(), [200, 200]],
];

// All replies; then nothing more may come, however long the test waits: what
// is refused ends the connection, and so nothing has to be waited for.
async function repliesTo(bytes, source) {
    const connection = await Connection.open(daemon.port, { source });

    connection.send(bytes);
    const statuses = await connection.replies();

    connection.close();
    return statuses;
}

async function refusedOnes() {
    const cases = refused();
    const found = await inParallel(cases, 6, ([, bytes], at) =>
        repliesTo(Buffer.from(bytes, 'latin1'), `127.0.5.${at + 1}`));

    cases.forEach(([name, , wanted], at) => {
        const statuses = found[at];

        // No answer but the end is a refusal, too.
        check(`refused: ${name}`, statuses.length === 0 ||
            statuses.length === 1 && wanted.includes(statuses[0]), statuses);
    });
}

async function takenOnes() {
    for (const [name, bytes, wanted] of taken()) {
        const connection = await Connection.open(daemon.port,
            { source: '127.0.5.200' });

        connection.send(bytes);
        checkEqual(`taken: ${name}`, await connection.replies(wanted.length),
            wanted);
        connection.close();
    }
}

// The same bytes, whatever they are cut into.
async function inPieces() {
    const bytes = post(LENGTH) + JSON_BODY;
    const connection = await Connection.open(daemon.port,
        { source: '127.0.5.201' });

    connection.socket.setNoDelay(true);
    for (const byte of bytes) {
        connection.send(byte);
        await new Promise(resolve => setImmediate(resolve));
    }
    checkEqual('a request byte by byte', await connection.replies(1), [200]);
    connection.close();
}

// Who is not known gets one answer on a connection.
async function strangersAreNotKept() {
    const connection = await Connection.open(daemon.port,
        { source: '127.0.5.202' });
    const request = 'GET /api/session HTTP/1.1\r\nHost: kvm1\r\n\r\n';

    connection.send(request + request);
    const reply = await connection.reply();

    checkEqual('a stranger is answered', reply.status, 200);
    checkEqual('and told that this was all', reply.headers.get('connection')
        ?.toLowerCase(), 'close');
    check('and it was', await connection.untilEnd());
    checkEqual('with what came behind left aside',
        connection.incoming.bytes.length, 0);
    connection.close();
}

async function withoutTls() {
    const connection = await Connection.open(daemon.port,
        { source: '127.0.5.203', plain: true });

    connection.send('GET / HTTP/1.1\r\nHost: kvm1\r\n\r\n');
    const bytes = await connection.incoming.readAll();

    check('who speaks without TLS is told nothing of HTTP',
        !bytes.includes('200'), bytes.toString('latin1'));
    connection.close();
}

await runGroup(daemon, async () => {
    client = await Client.loggedIn(daemon.port, 'ada', passwordOf('ada'),
        { source: '127.0.5.210' });
    await takenOnes();
    await refusedOnes();
    await inPieces();
    await strangersAreNotKept();
    await withoutTls();
    checkEqual('and the daemon is well', (await repliesTo(get('Connection: ' +
        'close'), '127.0.5.204')), [200]);
});
