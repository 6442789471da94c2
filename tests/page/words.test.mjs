// SPDX-License-Identifier: GPL-2.0-or-later
//
// The table of words and the page that uses it belong together.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { allWords, say, sayKind } from '../../web/page/words.js';

const PAGE = new URL('../../web/page/', import.meta.url).pathname;

function readSources() {
    return readdirSync(PAGE, { recursive: true, withFileTypes: false })
        .filter((name) => name.endsWith('.js') && name !== 'words.js')
        .map((name) => readFileSync(join(PAGE, name), 'utf8'));
}

// Names in quotes, and the beginnings of those that are put together.
function findUses(source) {
    const whole = [...source.matchAll(/'([a-z]+\.[a-z0-9-]*[a-z0-9])'/g)];
    const begun = [...source.matchAll(
        /(?:`|sayKind\(')([a-z]+\.[a-z.-]*?)(?:\$\{|')/g)];

    return { whole: whole.map((match) => match[1]),
        begun: begun.map((match) => match[1]) };
}

const uses = readSources().map(findUses);
const whole = new Set(uses.flatMap((use) => use.whole));
const begun = [...new Set(uses.flatMap((use) => use.begun))];

test('every name that say() is given is in the table', () => {
    const prefixes = new Set(Object.keys(allWords()).map((key) =>
        key.split('.')[0]));
    const missing = [...whole].filter((key) =>
        prefixes.has(key.split('.')[0]) && !(key in allWords()));

    assert.deepEqual(missing, []);
});

test('every name that is put together begins as one in the table', () => {
    for (const beginning of begun) {
        assert.ok(Object.keys(allWords()).some((key) =>
            key.startsWith(beginning)), beginning);
    }
});

test('no words are left over that nobody says', () => {
    const unused = Object.keys(allWords()).filter((key) => !whole.has(key) &&
        !begun.some((beginning) => beginning.length > key.indexOf('.') &&
            key.startsWith(beginning)));

    assert.deepEqual(unused, []);
});

test('what is in braces is filled in', () => {
    assert.equal(say('people.other', { user: 'carol' }), 'carol operates');
});

test('a value that looks like a place is not filled in again', () => {
    assert.equal(say('signal.other', { state: '{state}' }),
        'Signal: {state}');
});

test('a name that is not in the table is an error', () => {
    assert.throws(() => say('people.nowhere'), /people\.nowhere/);
});

test('a kind that has no words gets the others', () => {
    assert.equal(sayKind('usb.', 'ready', 'usb.other'), 'keyboard ready');
    assert.equal(sayKind('usb.', 'melted', 'usb.other', { state: 'melted' }),
        'USB: melted');
});
