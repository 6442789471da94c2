// SPDX-License-Identifier: GPL-2.0-or-later
//
// A machine's monitor in words, and a file as the daemon wants it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeMonitor, EDID_BYTES_MAX, formatHex, isEdidSize }
    from '../../web/page/edid.js';

const monitor = { maker: 'RHD', name: 'rackhand', width: 1920, height: 1080,
    refresh_hz: 59.94006 };

test('a monitor is its name and the mode that it prefers', () => {
    assert.equal(describeMonitor({ monitor, preset: null }),
        'RHD rackhand, 1920 × 1080 at 59.94 Hz');
});

test('a preset is named', () => {
    assert.equal(describeMonitor({ monitor: { ...monitor, refresh_hz: 60 },
        preset: '1080p60' }),
    'RHD rackhand, 1920 × 1080 at 60 Hz (1080p60)');
});

test('without one, the daemon\'s words say why', () => {
    assert.equal(describeMonitor({ monitor: null, detail: 'its sum is wrong' }),
        'its sum is wrong');
    assert.equal(describeMonitor({ monitor: null, detail: null }),
        'The machine is told of no monitor.');
});

test('bytes are two digits each', () => {
    assert.equal(formatHex(new Uint8Array([0, 255, 10])), '00ff0a');
    assert.equal(formatHex(new Uint8Array([])), '');
});

test('what cannot be an EDID is not read', () => {
    assert.deepEqual([0, 1, EDID_BYTES_MAX, EDID_BYTES_MAX + 1].map(isEdidSize),
        [false, true, true, false]);
});
