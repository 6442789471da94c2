// SPDX-License-Identifier: GPL-2.0-or-later
//
// When the console connects, waits, tries again, and gives up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DELAYS_MS, Link } from '../../web/page/console/link.js';

// A link with a clock of its own and a daemon that answers as told.
function connect(answers = []) {
    const said = [];
    const pending = new Map();
    let time = 1000;
    let lastTimer = 0;
    let opened = 0;
    const link = new Link({
        open: () => {
            opened += 1;
        },
        ask: async () => answers.shift() ?? 'yes',
        changed: (state) => said.push(state),
        now: () => time,
        timers: {
            setTimeout: (job, after) => {
                pending.set(++lastTimer, { job, at: time + after });
                return lastTimer;
            },
            clearTimeout: (timer) => pending.delete(timer),
        },
    });
    const pass = async (ms) => {
        time += ms;
        for (const [timer, { job, at }] of [...pending]) {
            if (at <= time) {
                pending.delete(timer);
                await job();
            }
        }
    };

    return { link, said, pass, opens: () => opened,
        phases: () => said.map(({ phase }) => phase),
        waiting: () => pending.size };
}

const BROKEN = { code: 1006, reason: '' };

test('a connection that breaks off is tried again after a while', async () => {
    const { link, phases, pass, opens } = connect();

    link.begin();
    link.opened();
    link.closed(BROKEN);
    await pass(DELAYS_MS[0] - 1);
    assert.equal(opens(), 1);
    await pass(1);
    assert.equal(opens(), 2);
    assert.deepEqual(phases(), ['connecting', 'connected', 'waiting',
        'connecting']);
});

test('each try waits longer, up to a limit', async () => {
    const { link, said, pass } = connect();
    const waits = [];
    let time = 1000;

    link.begin();
    for (let i = 0; i < 8; i++) {
        link.closed(BROKEN);
        waits.push(said.at(-1).at - time);
        time += waits.at(-1);
        await pass(waits.at(-1));
    }
    assert.deepEqual(waits, [...DELAYS_MS, 10000, 10000]);
});

test('a connection that came about begins the waits anew', async () => {
    const { link, said, pass } = connect();

    link.begin();
    link.closed(BROKEN);
    await pass(DELAYS_MS[0]);
    link.opened();
    assert.deepEqual(said.at(-1), { phase: 'connected', again: true });
    link.closed(BROKEN);
    assert.equal(said.at(-1).at, 1000 + 2 * DELAYS_MS[0]);
});

test('a daemon that does not answer is asked again', async () => {
    const { link, phases, pass, opens } = connect(['unreachable', 'yes']);

    link.begin();
    link.closed(BROKEN);
    await pass(DELAYS_MS[0]);
    assert.equal(phases().at(-1), 'waiting');
    await pass(DELAYS_MS[1]);
    assert.equal(opens(), 2);
});

test('who has no session any more is not connected', async () => {
    const { link, pass, opens } = connect(['no']);

    link.begin();
    link.closed(BROKEN);
    await pass(DELAYS_MS[0]);
    assert.equal(opens(), 1);
});

test('who was sent away is told why, and not brought back', async () => {
    for (const code of [1000, 1008]) {
        const { link, said, waiting } = connect();

        link.begin();
        link.opened();
        link.closed({ code, reason: 'the update begins' });
        assert.deepEqual(said.at(-1),
            { phase: 'ended', reason: 'the update begins' });
        assert.equal(waiting(), 0);
    }
});

test('a daemon that goes down is waited for', () => {
    const { link, phases } = connect();

    link.begin();
    link.opened();
    link.closed({ code: 1001, reason: 'the daemon stops' });
    assert.equal(phases().at(-1), 'waiting');
});

test('what has ended can be begun again by hand', () => {
    const { link, phases, opens } = connect();

    link.begin();
    link.closed({ code: 1008, reason: 'x' });
    link.begin();
    assert.equal(opens(), 2);
    assert.equal(phases().at(-1), 'connecting');
});

test('a view that is left waits for nothing', async () => {
    const { link, waiting, said } = connect();

    link.begin();
    link.closed(BROKEN);
    link.stop();
    link.closed(BROKEN);
    assert.equal(waiting(), 0);
    assert.equal(said.at(-1).phase, 'waiting');
});
