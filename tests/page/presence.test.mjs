// SPDX-License-Identifier: GPL-2.0-or-later
//
// Somebody is here: said at once, and then once a minute.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Presence } from '../../web/page/presence.js';

function watch() {
    const clock = { ms: 5000 };
    const told = [];
    const presence = new Presence(() => told.push(clock.ms),
        () => clock.ms);

    return { clock, told, presence };
}

test('the first sign is told at once', () => {
    const { presence, told } = watch();

    presence.note();
    assert.deepEqual(told, [5000]);
});

test('many signs are told once a minute', () => {
    const { clock, presence, told } = watch();

    for (let i = 0; i <= 150; i++) {
        presence.note();
        clock.ms += 1000;
    }
    assert.deepEqual(told, [5000, 65000, 125000]);
});

test('nothing is told while there is no sign', () => {
    const { clock, presence, told } = watch();

    presence.note();
    clock.ms += 3600000;
    assert.equal(told.length, 1);
    presence.note();
    assert.equal(told.length, 2);
});
