// SPDX-License-Identifier: GPL-2.0-or-later
//
// node test-control.mjs BUILD TOOLS: several viewers at one target of a real
// daemon. Who has the keyboard, what all are told of it, who is sent away.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync,
    writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KEYS, Refused, Viewer } from './viewer.mjs';

const [build, tools] = process.argv.slice(2);
const full = Boolean(process.env.RACKHAND_TEST_FULL);
const work = mkdtempSync(join(tmpdir(), 'rackhand-control-'));
const state = join(work, 'state');
const password = 'correct horse battery';
const children = [];
let passed = 0;
let failed = 0;

// ---- what all tests use -------------------------------------------------------

function check(name, good, otherwise = '') {
    if (good) {
        passed++;
        console.log(`ok ${name}`);
    } else {
        failed++;
        console.log(`FAIL ${name}: ${otherwise}`);
    }
}

const socketOf = target => join(work, `${target}.vnc`);
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

function target(name, keys = '', capture = 'source = "demo"', usb = '') {
    return `target "${name}" { capture { ${capture} } ${usb} vnc {
        listen = "unix:${socketOf(name)}" ${keys} } }\n`;
}

function start(program, folder, config, environment = {}) {
    const name = join(work, program.replaceAll('/', '-'));

    writeFileSync(`${name}.conf`, config);
    const child = spawn(program, ['-c', `${name}.conf`, '-d', folder,
        '-s', `${name}.sock`], {
        env: { ...process.env, ...environment },
        stdio: ['ignore', 'ignore', openSync(`${name}.log`, 'w')],
    });

    children.push(child);
    return { name, child };
}

function rackhand(daemon, ...words) {
    const { status, stdout, stderr } = spawnSync(`${build}/rackhand`,
        ['-s', `${daemon.name}.sock`, '-d', state, ...words],
        { encoding: 'utf8' });

    return { status, said: stdout + stderr };
}

function addUser(name, role) {
    execFileSync(`${build}/rackhand`,
        ['-d', state, 'user', 'add', name, '--role', role],
        { input: `${password}\n` });
}

// One after the other: from one source, few passwords are looked at at once.
let visits = Promise.resolve();

function visit(...visitor) {
    const visited = visits.then(() => comeIn(...visitor));

    visits = visited.catch(() => {});
    return visited;
}

// As soon as it listens.
async function comeIn(name, user, options = {}) {
    for (let tries = 0; ; tries++) {
        try {
            return await Viewer.join(socketOf(name),
                { user, password, ...options });
        } catch (error) {
            if (error instanceof Refused || tries === 100) {
                throw error;
            }
            await sleep(100);
        }
    }
}

const titled = title => viewer => viewer.title === title;
const sized = (width, height) => viewer =>
    viewer.width === width && viewer.height === height;

async function all(viewers, predicate) {
    const answers = await Promise.all(
        viewers.map(viewer => viewer.until(predicate)));

    return answers.every(answer => answer);
}

function leave(...viewers) {
    for (const viewer of viewers) {
        viewer.close();
    }
}

function audited(event) {
    const text = readFileSync(join(state, 'audit.jsonl'), 'utf8');

    // What is behind the last newline is not yet a line.
    return text.split('\n').slice(0, -1)
        .map(line => JSON.parse(line))
        .filter(line => line.event === event);
}

async function eventually(predicate) {
    for (let tries = 0; tries < 150 && !predicate(); tries++) {
        await sleep(100);
    }
    return predicate();
}

// The colour behind the banner's text, in the middle of the upper edge.
function hasBanner(viewer) {
    const at = 4 * Math.floor(viewer.width / 2);

    return viewer.pixels.readUIntLE(at, 3) === 0x303030;
}

const withoutBanner = viewer => !hasBanner(viewer);

// ---- the tests ----------------------------------------------------------------

async function theKeyboardGoesRound() {
    const alice = await visit('idle', 'alice');
    const bob = await visit('idle', 'bob');
    const victor = await visit('idle', 'victor');
    const everybody = [alice, bob, victor];

    check('nobody operates at first', alice.title === 'idle', alice.title);
    alice.type('mode 800x600');
    check('who types operates, and is obeyed',
        await all(everybody, sized(800, 600)));
    check('all are told who',
        await all(everybody, titled('idle - alice operates')),
        victor.titles);

    bob.type('mode 1024x768');
    victor.type('mode 1024x768');
    victor.knock();
    alice.type('mode 640x480');
    check('others type in vain, and do not ask by that',
        await all(everybody, sized(640, 480)) &&
        alice.titles.at(-1) === 'idle - alice operates', alice.titles);

    bob.knock();
    check('Scroll Lock twice asks',
        await all(everybody, titled('idle - alice operates, bob asks')));
    alice.key(KEYS.shift, true); // and is let go of with the keyboard
    alice.knock();
    check('and gives to who asks',
        await all(everybody, titled('idle - bob operates')));
    bob.type('mode 800x600');
    check('who is given it is obeyed, and nothing is held any more',
        await all(everybody, sized(800, 600)));
    await sleep(600); // who has just asked would only ask more
    bob.knock();
    check('Scroll Lock twice lets go where nobody asks',
        await all(everybody, titled('idle')));

    alice.type('');
    await alice.until(titled('idle - alice operates'));
    const ada = await visit('idle', 'ada');

    check('who comes is told who operates',
        ada.titles[0] === 'idle - alice operates', ada.titles);
    ada.knock();
    check('an admin takes it',
        await all(everybody, titled('idle - ada operates')));
    ada.key(KEYS.control, true);
    await sleep(600);
    bob.knock();
    await bob.until(titled('idle - ada operates, bob asks'));
    leave(ada);
    check('who asks has it when the operator leaves',
        await all(everybody, titled('idle - bob operates')));
    bob.type('mode 640x480');
    check('and what that one held is released',
        await all(everybody, sized(640, 480)));
    leave(...everybody);
}

async function whatHappenedIsWrittenDown() {
    const who = event => audited(event).map(line =>
        line.user + (line.from ? ` from ${line.from}` : '')).join(', ');

    check('audit: who took it', await eventually(() =>
        who('control-taken').startsWith(
            'alice, alice, ada from alice')), who('control-taken'));
    check('audit: who was given it',
        who('control-given') === 'bob from alice, bob from ada',
        who('control-given'));
    check('audit: who asked',
        who('control-asked') === 'bob from alice, bob from ada',
        who('control-asked'));
    check('audit: who let go of it',
        who('control-released').startsWith('bob'), who('control-released'));
}

async function thePictureTells() {
    const alice = await visit('always', 'alice');
    const bob = await visit('always', 'bob');

    await alice.until(viewer => viewer.updates > 1);
    check('no banner while nobody operates', !hasBanner(alice));
    alice.type('mode 800x600');
    check('a banner while somebody does, in any size',
        await all([alice, bob], viewer =>
            sized(800, 600)(viewer) && hasBanner(viewer)));
    alice.knock();
    check('and none afterwards', await all([alice, bob], withoutBanner));
    leave(alice, bob);
}

// There is no device: nothing but the banner ever changes this picture.
async function theStillPictureComesBack() {
    const viewer = await visit('card', undefined);

    await viewer.until(seen => seen.pixels.some(byte => byte !== 0));
    const before = Buffer.from(viewer.pixels);

    viewer.type('x');
    check('a change is shown where no picture comes',
        await viewer.until(hasBanner));
    const began = Date.now();

    check('for some seconds', await viewer.until(withoutBanner) &&
        Date.now() - began > 4000);
    check('and the picture is what it was',
        await viewer.until(seen => seen.pixels.equals(before)));
    leave(viewer);
}

async function theShellDecides(daemon) {
    const alice = await visit('ask', 'alice');
    const bob = await visit('ask', 'bob');
    const victor = await visit('ask', 'victor');
    const id = user => JSON.parse(rackhand(daemon, '--json', 'sessions').said)
        .sessions.find(session => session.target === 'ask' &&
            session.user === user).id;

    alice.type('');
    await alice.until(titled('ask - alice operates'));
    bob.knock();
    await bob.until(titled('ask - alice operates, bob asks'));
    const { said } = rackhand(daemon, 'sessions');

    check('sessions: who operates, who asks',
        /alice.* yes$/m.test(said) && /bob.* asks$/m.test(said), said);
    check('control give', rackhand(daemon, 'control', 'give', id('bob')).said
        .endsWith(', bob, has the keyboard\n') &&
        await all([alice, bob, victor], titled('ask - bob operates')));
    check('control give, not to a viewer',
        rackhand(daemon, 'control', 'give', id('victor')).said.includes(
            'its role is not that of an operator'));
    check('control release',
        rackhand(daemon, 'control', 'release', 'ask').said ===
            'ask: nobody has the keyboard\n' &&
        await all([alice, bob, victor], titled('ask')));
    check('control release, of what there is',
        rackhand(daemon, 'control', 'release', 'nowhere').said.includes(
            'no target of that name'));
    check('audit: from where', await eventually(() =>
        audited('control-given').some(line =>
            line.uid === process.getuid() && line.from === 'alice')));
    leave(alice, bob, victor);
}

async function whoWantsToBeAloneIs() {
    const bob = await visit('asked', 'bob');
    const victor = await visit('asked', 'victor', { alone: true });

    await victor.until(viewer => viewer.updates > 1);
    check('who only looks sends nobody away', !bob.closed);
    const alice = await visit('asked', 'alice', { alone: true });

    check('who operates is alone if it asks',
        await all([bob, victor], viewer => viewer.closed) && !alice.closed);
    check('audit: why', await eventually(() =>
        audited('disconnect').filter(line => line.reason ===
            'alice wants to be alone here').length === 2));
    leave(alice);

    const first = await visit('never', 'victor');
    const refusal = await visit('never', 'alice')
        .catch(error => error.message);

    check('where nobody shares, the second is told so',
        refusal === 'Somebody is here, and only one may be', refusal);
    leave(first);
    check('until the first has left', await eventually(() =>
        !rackhand(daemon, 'sessions').said.includes('never')) &&
        Boolean(await visit('never', 'alice')));
}

async function nobodyStaysForEver() {
    const began = Date.now();
    const busy = await visit('limits', 'alice');
    const typing = setInterval(() => busy.tap(KEYS.enter), 200);
    const idle = await visit('limits', 'victor');

    check('who does nothing goes',
        await idle.until(viewer => viewer.closed) && !busy.closed);
    check('who types stays until its time is up',
        await busy.until(viewer => viewer.closed) &&
        Date.now() - began > 7000);
    clearInterval(typing);
    check('audit: why', await eventually(() =>
        audited('disconnect').some(line =>
            line.user === 'victor' && line.reason === 'no input for 3 s') &&
        audited('disconnect').some(line =>
            line.user === 'alice' && line.reason === 'it was here for 8 s')));
}

// Each types chords of its own, and takes the keyboard, whenever it likes.
async function twoFight() {
    const reports = join(work, 'reports');

    start(`${tools}/rackhandd-reporting`, join(work, 'none'), target('fight',
        'security = "none" shared = "always"'), { RACKHAND_REPORTS: reports });
    const hands = [
        { modifier: 0xffe4, bit: 0x10, key: 'a', usage: '04' },
        { modifier: KEYS.shift, bit: 0x02, key: 'B', usage: '05' },
    ];
    const end = Date.now() + (full ? 60000 : 5000);

    await Promise.all(hands.map(async hand => {
        let viewer = await visit('fight');

        while (Date.now() < end) {
            viewer.key(hand.modifier, true);
            viewer.key(hand.key.codePointAt(0), true);
            if (Math.random() < 0.3) {
                viewer.knock();
            }
            await sleep(Math.random() * 10);
            if (Math.random() < 0.02) {
                viewer.close(); // with its keys down
                viewer = await visit('fight');
            }
            viewer.key(hand.key.codePointAt(0), false);
            viewer.key(hand.modifier, false);
        }
        viewer.key(hand.modifier, true); // nor is this left behind
        viewer.close();
    }));
    const lines = () => readFileSync(reports, 'utf8').trim().split('\n');
    const isOf = (line, hand) => Boolean(
        parseInt(line.slice(0, 2), 16) & hand.bit ||
        line.slice(4).match(/../g).includes(hand.usage));

    check('two fight: each in turn', hands.every(hand =>
        lines().filter(line => isOf(line, hand)).length > 20));
    check('two fight: no chord of both', !lines().some(line =>
        hands.every(hand => isOf(line, hand))));
    check('two fight: nothing pressed in the end',
        await eventually(() => /^0*$/.test(lines().at(-1))), lines().at(-1));
}

// ---- all of it ------------------------------------------------------------------

mkdirSync(state, { mode: 0o700 });
addUser('alice', 'operator');
addUser('bob', 'operator');
addUser('ada', 'admin');
addUser('victor', 'viewer');

const daemon = start(`${build}/rackhandd`, state, [
    target('idle', 'security = "plain" shared = "always"'),
    target('always', 'security = "plain" shared = "always" banner = "always"'),
    target('card', 'security = "none" banner = "changes"',
        'source = "v4l2" device = "/nonexistent/video0"',
        'usb { udc = "none" }'),
    target('ask', 'security = "plain" shared = "always" control = "ask"'),
    target('asked', 'security = "plain"'),
    target('never', 'security = "plain" shared = "never"'),
    target('limits', 'security = "plain" shared = "always" ' +
        'idle_limit = "3s" session_limit = "8s"'),
].join(''));

try {
    await theKeyboardGoesRound();
    await whatHappenedIsWrittenDown();
    await Promise.all([
        thePictureTells(),
        theStillPictureComesBack(),
        theShellDecides(daemon),
        whoWantsToBeAloneIs(),
        nobodyStaysForEver(),
        twoFight(),
    ]);
} catch (error) {
    check('the test', false, error.stack);
    console.log(readFileSync(`${daemon.name}.log`, 'utf8').split('\n')
        .slice(-30).join('\n'));
}
await Promise.all(children.map(child => new Promise(resolve => {
    child.on('exit', resolve);
    child.kill();
})));
rmSync(work, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
