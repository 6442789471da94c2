// SPDX-License-Identifier: GPL-2.0-or-later
//
// Numbers, places and states as people read them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asksFor, describeOperator, describeSignal, describeUsb,
    explainNoKeys, explainNoPicture, hasRole } from '../../web/page/describe.js';
import { formatBitRate, formatBytes, formatDay, formatDuration, formatFileName,
    formatMicroseconds, lineAndColumn } from '../../web/page/format.js';
import { formatRoute, parseRoute } from '../../web/page/routes.js';
import { DEFAULTS, Settings } from '../../web/page/settings.js';

test('durations have one unit, hours two', () => {
    const said = [0, 59, 60, 3599, 3600, 7500, 86399, 86400, 1e6].map(
        formatDuration);

    assert.deepEqual(said, ['0 s', '59 s', '1 min', '59 min', '1 h',
        '2 h 5 min', '23 h 59 min', '1 d', '11 d']);
});

test('a time that lies ahead is none', () => {
    assert.equal(formatDuration(-3), '0 s');
});

test('figures have two digits that count', () => {
    assert.equal(formatMicroseconds(47), '47 µs');
    assert.equal(formatMicroseconds(2114), '2.1 ms');
    assert.equal(formatMicroseconds(35400), '35 ms');
    assert.equal(formatMicroseconds(1.25e6), '1.3 s');
    assert.equal(formatBytes(65536), '64 KiB');
    assert.equal(formatBytes(12), '12 B');
    assert.equal(formatBitRate(15), '120 bit/s');
    assert.equal(formatBitRate(150000), '1.2 Mbit/s');
});

test('a day is that of Greenwich', () => {
    assert.equal(formatDay(1803859199), '2027-02-28');
    assert.equal(formatDay(1803859200), '2027-03-01');
});

test('a screenshot is named after its machine and the time', () => {
    const date = new Date(2026, 10, 3, 4, 5, 6);

    assert.equal(formatFileName('rack1', date, 'png'),
        'rack1-2026-11-03-040506.png');
    assert.equal(formatFileName('../x y', date, 'png'),
        '.._x_y-2026-11-03-040506.png');
});

test('places in a text count characters, not halves of them', () => {
    assert.deepEqual(lineAndColumn('a😀b\ncd', 2), { line: 1, column: 3 });
    assert.deepEqual(lineAndColumn('a😀b\ncd', 5), { line: 2, column: 2 });
    assert.deepEqual(lineAndColumn('x', 0), { line: 1, column: 1 });
});

test('each place has an address, and each address leads to its place', () => {
    for (const route of [{ place: 'machines' }, { place: 'audit' },
        { place: 'console', target: 'rack 1/ü' }]) {
        assert.deepEqual(parseRoute(formatRoute(route)), route);
    }
});

test('an address that is none leads nowhere', () => {
    for (const hash of ['#/x', '#/targets', '#/targets/', '#/targets/a/b',
        '#/targets/%zz', '#/console']) {
        assert.deepEqual(parseRoute(hash), { place: 'nowhere' }, hash);
    }
    assert.deepEqual(parseRoute(''), { place: 'machines' });
});

test('a role may what lesser roles may', () => {
    assert.ok(hasRole('admin', 'operator'));
    assert.ok(hasRole('operator', 'operator'));
    assert.ok(!hasRole('viewer', 'operator'));
    assert.ok(!hasRole(undefined, 'viewer'));
});

test('a picture is told by its mode', () => {
    assert.deepEqual(describeSignal({ served: true, signal: { state: 'ok',
        width: 1920, height: 1080, refresh_hz: 59.9401, format: 'YUYV' } }),
    { tone: 'ok', picture: true, detail: 'YUYV',
        text: '1920 × 1080, 59.94 Hz' });
});

test('no picture is told by its reason and its age', () => {
    assert.equal(explainNoPicture({ served: true,
        signal: { state: 'no-cable', since_s: 125 } }),
    'No signal: no cable, or the machine is off (for 2 min)');
    assert.match(explainNoPicture({ served: false }), /tried again/);
    assert.equal(explainNoPicture({ served: true, signal: { state: 'ok' } }),
        null);
});

test('a state that the page does not know is told as it came', () => {
    assert.match(describeSignal({ served: true, signal: { state: 'odd',
        text: 'something odd' } }).text, /something odd/);
    assert.match(describeUsb({ usb: { state: 'odd' } }).text, /odd/);
});

test('keys that do not arrive are told by their reason', () => {
    const said = ['ready', 'sleeping', 'off', 'absent', 'odd'].map((state) =>
        explainNoKeys({ usb: { state } }));

    assert.equal(said[0], null);
    assert.match(said[1], /does not read/);
    assert.match(said[2], /not connected/);
    assert.match(said[3], /no USB gadget/);
    assert.equal(said[4], null);
    assert.equal(explainNoKeys({ usb: null }), null);
});

test('who may only look has no keyboard', () => {
    assert.equal(describeUsb({ usb: null }).text, 'look only');
});

test('who operates is told by name, oneself as you', () => {
    assert.equal(describeOperator({ operator: { user: 'carol' } }).text,
        'carol operates');
    assert.equal(describeOperator({ operator: { user: 'carol' },
        you_operate: true }).text, 'you operate');
    assert.equal(describeOperator({ operator: null }).text,
        'nobody operates');
});

test('who asks for the keyboard is known by name', () => {
    const target = { askers: [{ session: 4, user: 'carol' }] };

    assert.ok(asksFor(target, 'carol'));
    assert.ok(!asksFor(target, 'alice'));
    assert.ok(!asksFor({}, 'carol'));
});

test('settings survive, and only those that are known and right', () => {
    const kept = new Map([['rackhand',
        '{"theme":"dark","quality":"much","evil":1}']]);
    const storage = { getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => kept.set(key, value) };
    const settings = new Settings(storage);

    assert.equal(settings.get('theme'), 'dark');
    assert.equal(settings.get('quality'), DEFAULTS.quality);
    settings.set('quality', 9);
    assert.equal(new Settings(storage).get('quality'), 9);
    assert.ok(!kept.get('rackhand').includes('evil'));
});

test('a browser that keeps nothing gets the defaults', () => {
    const settings = new Settings(null);

    settings.set('theme', 'light');
    assert.equal(settings.get('theme'), 'light');
    assert.equal(settings.get('scaling'), 'fit');
});
