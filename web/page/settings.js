// SPDX-License-Identifier: GPL-2.0-or-later
//
// What this browser remembers: how the page looks and behaves, nothing of
// machines or people. A browser that keeps nothing gets the defaults.

const KEY = 'rackhand';

export const DEFAULTS = {
    theme: 'auto',
    quality: 6,
    scaling: 'fit',
    pointer: 'dot',
    pinned: false,
    toldWayOut: false,
};

export class Settings {
    constructor(storage) {
        this.storage = storage;
        this.values = { ...DEFAULTS };
        try {
            const kept = JSON.parse(storage.getItem(KEY) ?? '{}');

            for (const name of Object.keys(DEFAULTS)) {
                if (typeof kept[name] === typeof DEFAULTS[name]) {
                    this.values[name] = kept[name];
                }
            }
        } catch {
            // Not ours, damaged, or not allowed.
        }
    }

    get(name) {
        return this.values[name];
    }

    set(name, value) {
        this.values[name] = value;
        try {
            this.storage.setItem(KEY, JSON.stringify(this.values));
        } catch {
            // It holds for this visit then.
        }
    }
}
