// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is known of the content: see content.h.

export const contents = ['text240', 'text80', 'login', 'bios', 'desktop',
    'noise'];

// Frames a second, unless it is full speed, which is 0.
export const rate = 30;

// At full speed frames are left out while an update is under way, and cost
// little. Where every frame moves, those count that were shown.
export function shown(content, frames, updates) {
    return ['login', 'bios'].includes(content) ? frames : updates;
}

// In how many of the source's frames there is something new.
export function changes(content, frames) {
    return frames / ({ login: 30, bios: 4 }[content] ?? 1);
}

// What a viewer is sent for each change that it sees.
export function bytesOfChange(content, frames, result) {
    const updates = result.updates / result.viewers;

    return result.bytes / result.viewers /
        Math.min(changes(content, frames), Math.max(1, updates));
}
