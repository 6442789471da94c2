// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a machine takes for its monitor, in words, and a file for it as the
// daemon wants it.

import { say } from './words.js';

export const EDID_BYTES_MAX = 512;

// Of the daemon's answer; what it has no facts of, it explains itself.
export function describeMonitor({ monitor, preset, detail }) {
    if (!monitor) {
        return detail ?? say('monitor.unknown');
    }
    const words = say('monitor.is', { maker: monitor.maker,
        name: monitor.name, width: monitor.width, height: monitor.height,
        rate: Math.round(monitor.refresh_hz * 100) / 100 });

    return preset ? say('monitor.preset-is', { words, preset }) : words;
}

// Only what must not be read at all is refused here; the rest the daemon knows.
export function isEdidSize(bytes) {
    return bytes > 0 && bytes <= EDID_BYTES_MAX;
}

export function formatHex(bytes) {
    return Array.from(bytes, (byte) =>
        byte.toString(16).padStart(2, '0')).join('');
}
