// SPDX-License-Identifier: GPL-2.0-or-later
//
// Rates out of the daemon's counters, taken twice. Pure.

// The one target's part of GET /api/stats, with the time it was read at.
export function readStats(answer, name, at) {
    const target = (answer?.targets ?? []).find((one) => one.name === name);

    if (!target?.counters) {
        return null;
    }
    const { counters, timings = {} } = target;

    return {
        at,
        since_s: target.since_s,
        viewers: target.viewers,
        frames: counters.frames,
        dropped: counters.dropped,
        bytes: Object.values(counters.bytes ?? {})
            .reduce((sum, bytes) => sum + bytes, 0),
        picture: timings.frame_to_sent_us ?? null,
        key: timings.key_to_hidg_us ?? null,
    };
}

// Null until there are two that belong together: counters begin anew when the
// target is served anew.
export function computeRates(before, after) {
    if (!before || !after || after.since_s < before.since_s ||
        after.frames < before.frames || after.bytes < before.bytes) {
        return null;
    }
    const seconds = (after.at - before.at) / 1000;

    if (seconds <= 0) {
        return null;
    }
    return {
        fps: (after.frames - before.frames) / seconds,
        bytesPerSecond: (after.bytes - before.bytes) / seconds,
    };
}
