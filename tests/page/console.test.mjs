// SPDX-License-Identifier: GPL-2.0-or-later
//
// The console's parts that need no browser.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CHORDS, chordName, MODIFIER_NAMES }
    from '../../web/page/console/chords.js';
import { computeRates, readStats }
    from '../../web/page/console/figures.js';
import { MAIN_ROWS, SIDE_ROWS }
    from '../../web/page/console/keyboard-rows.js';
import { functionKeysym, keysymOf }
    from '../../web/page/console/keysyms.js';
import { buttonNames, Motion } from '../../web/page/console/motion.js';
import { findChange } from '../../web/page/console/soft.js';
import { Sticky } from '../../web/page/console/sticky.js';
import { groupUntypable, isTooLong, withoutCharacters }
    from '../../web/page/console/untypable.js';

// ---- chords ----

test('the daemon knows every key of every chord', () => {
    const source = readFileSync(new URL('../../hid-gadget/chord.c',
        import.meta.url), 'utf8');
    const names = new Set([...source.matchAll(/\{"(\w+)", /g)].map(
        (match) => match[1]));
    const parts = [...CHORDS, ...MODIFIER_NAMES].flatMap((chord) =>
        chord.split('-'));

    for (const part of parts) {
        assert.ok(names.has(part) || /^[a-z0-9]$/.test(part), part);
    }
});

test('chords are written as people write them', () => {
    assert.equal(chordName('ctrl-alt-del'), 'Ctrl-Alt-Del');
    assert.equal(chordName('win-r'), 'Super-R');
    assert.equal(chordName('f12'), 'F12');
});

// ---- keysyms and the on-screen keyboard ----

test('characters have the keysyms of the protocol', () => {
    assert.equal(keysymOf('a'), 0x61);
    assert.equal(keysymOf('ü'), 0xfc);
    assert.equal(keysymOf('€'), 0x010020ac);
    assert.equal(keysymOf('😀'), 0x0101f600);
    assert.equal(keysymOf('\n'), 0xff0d);
    assert.equal(functionKeysym(1), 0xffbe);
    assert.equal(functionKeysym(12), 0xffc9);
});

test('each key of the on-screen keyboard is there once, and whole', () => {
    const keys = [...MAIN_ROWS, ...SIDE_ROWS].flat().filter(Boolean);
    const codes = new Set(keys.map((key) => key.code));

    assert.equal(codes.size, keys.length);
    for (const key of keys) {
        assert.ok(key.face, key.code);
        assert.ok(Number.isInteger(key.keysym), key.code);
        assert.ok(Number.isInteger(key.width * 4), key.code);
    }
});

test('all rows of the main block but the first are of one width', () => {
    const widths = MAIN_ROWS.slice(1).map((row) =>
        row.reduce((sum, key) => sum + key.width, 0));

    assert.deepEqual([...new Set(widths)], [15]);
});

// ---- modifiers that stay ----

const key = (code, modifier = false) => ({ code, modifier, keysym: 1 });

function stick() {
    const sent = [];
    const sticky = new Sticky((keysym, code, down) =>
        sent.push(`${down ? '+' : '-'}${code}`));

    return { sticky, sent };
}

test('a modifier stays down until the next key is up again', () => {
    const { sticky, sent } = stick();

    sticky.press(key('ControlLeft', true));
    sticky.press(key('AltLeft', true));
    sticky.press(key('Delete'));
    sticky.press(key('KeyA'));
    assert.deepEqual(sent, ['+ControlLeft', '+AltLeft', '+Delete', '-Delete',
        '-AltLeft', '-ControlLeft', '+KeyA', '-KeyA']);
});

test('a modifier that is pressed again is up, and nothing else', () => {
    const { sticky, sent } = stick();

    sticky.press(key('MetaLeft', true));
    sticky.press(key('MetaLeft', true));
    assert.deepEqual(sent, ['+MetaLeft', '-MetaLeft']);
    sticky.release();
    assert.equal(sent.length, 2);
});

// ---- a phone's keyboard ----

test('what a phone changes in its field becomes keys', () => {
    assert.deepEqual(findChange('ab', 'abc'), { erased: 0, typed: ['c'] });
    assert.deepEqual(findChange('abc', 'ab'), { erased: 1, typed: [] });
    assert.deepEqual(findChange('teh', 'the '),
        { erased: 2, typed: ['h', 'e', ' '] });
    assert.deepEqual(findChange('x', 'x😀'), { erased: 0, typed: ['😀'] });
});

// ---- relative motion ----

function move() {
    const sent = [];
    const waiting = [];
    const motion = new Motion((body) => {
        sent.push(body);
        return new Promise((resolve, reject) =>
            waiting.push({ resolve, reject }));
    });
    const answer = async (how = 'resolve') => {
        waiting.shift()[how](new Error('refused'));
        await new Promise(setImmediate);
    };

    return { motion, sent, answer };
}

test('motion adds up while a request is under way', async () => {
    const { motion, sent, answer } = move();

    motion.move(1, 2, 0);
    motion.move(10, 0, 0);
    motion.move(5, -4, 0);
    assert.equal(sent.length, 1);
    await answer();
    assert.deepEqual(sent[1], { dx: 15, dy: -4, buttons: [] });
    await answer();
    assert.equal(sent.length, 2);
});

test('a press between motions keeps its place', async () => {
    const { motion, sent, answer } = move();

    motion.move(1, 0, 0);
    motion.move(2, 0, 0);
    motion.press(1);
    motion.move(3, 0, 1);
    motion.press(0);
    for (let i = 0; i < 4; i++) {
        await answer();
    }
    assert.deepEqual(sent.slice(1), [
        { dx: 2, dy: 0, buttons: [] },
        { dx: 3, dy: 0, buttons: ['left'] },
        { dx: 0, dy: 0, buttons: [] },
    ]);
});

test('parts of a pixel are kept for the next time', async () => {
    const { motion, sent, answer } = move();

    motion.move(0.6, -0.6, 0);
    await answer();
    motion.move(0.6, -0.6, 0);
    assert.deepEqual([sent[0].dx, sent[1].dx], [0, 1]);
    assert.deepEqual([sent[0].dy, sent[1].dy].map(Math.abs), [0, 1]);
});

test('after a refusal what waited is dropped', async () => {
    const { motion, sent, answer } = move();

    motion.move(1, 0, 0);
    motion.move(2, 0, 0);
    await answer('reject');
    assert.equal(sent.length, 1);
    motion.move(4, 0, 0);
    assert.equal(sent[1].dx, 4);
});

test('buttons are named as the interface names them', () => {
    assert.deepEqual(buttonNames(0), []);
    assert.deepEqual(buttonNames(1 | 2 | 4),
        ['left', 'middle', 'right']);
    assert.deepEqual(buttonNames(8 | 16), ['back', 'forward']);
});

// ---- figures ----

const stats = (frames, bytes, since_s) => ({ targets: [{ name: 'demo',
    since_s, viewers: 1, timings: {}, counters: { frames, dropped: 0,
        bytes: { q80: bytes, lossless: 1000 } } }] });

test('rates are differences over the time between', () => {
    const before = readStats(stats(100, 0, 5), 'demo', 1000);
    const after = readStats(stats(160, 250000, 7), 'demo', 3000);

    assert.deepEqual(computeRates(before, after),
        { fps: 30, bytesPerSecond: 125000 });
});

test('counters that began anew give no rate', () => {
    const before = readStats(stats(100, 500, 50), 'demo', 1000);
    const after = readStats(stats(120, 600, 1), 'demo', 3000);

    assert.equal(computeRates(before, after), null);
    assert.equal(computeRates(null, after), null);
    assert.equal(computeRates(after, after), null);
});

test('a target that is not served has no figures', () => {
    assert.equal(readStats({ targets: [{ name: 'demo', served: false }] },
        'demo', 0), null);
    assert.equal(readStats({}, 'demo', 0), null);
});

// ---- what a layout cannot type ----

test('each character is listed once, with its first place', () => {
    const text = 'a☃\n☃→';

    assert.deepEqual(groupUntypable(text, [{ character: '☃', at: 1 },
        { character: '☃', at: 3 }, { character: '→', at: 4 }]), [
        { n: 2, shown: '☃ U+2603', line: 1, column: 2 },
        { n: 1, shown: '→ U+2192', line: 2, column: 2 },
    ]);
});

test('characters that nobody sees are named by their number', () => {
    const [zero, mark] = groupUntypable('a\u200b\u0301', [
        { character: '\u200b', at: 1 }, { character: '\u0301', at: 2 }]);

    assert.equal(zero.shown, 'U+200B');
    assert.equal(mark.shown, 'U+0301');
});

test('the rest is the text without all of these', () => {
    assert.equal(withoutCharacters('a☃b☃→c',
        [{ character: '☃', at: 1 }]), 'ab→c');
});

test('the limit is in bytes, not in characters', () => {
    assert.ok(!isTooLong('a'.repeat(65536)));
    assert.ok(isTooLong('a'.repeat(65537)));
    assert.ok(isTooLong('€'.repeat(21846)));
});
