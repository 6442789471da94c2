// SPDX-License-Identifier: GPL-2.0-or-later
//
// Characters that a layout cannot type, in an order and a form for people.
// Pure. `at` counts characters (code points) from 0, as the daemon does.

import { lineAndColumn } from '../format.js';

const TEXT_MAX_BYTES = 65536;

export function textBytes(text) {
    return new TextEncoder().encode(text).length;
}

export function isTooLong(text) {
    return textBytes(text) > TEXT_MAX_BYTES;
}

// What cannot be seen is named by its number.
function showCharacter(character) {
    const code = character.codePointAt(0);
    const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;

    return /[\p{C}\p{Z}\p{M}]/u.test(character) ? number
        : `${character} ${number}`;
}

// Each character once, with its first place and how often it is there.
export function groupUntypable(text, untypable) {
    const groups = new Map();

    for (const { character, at } of untypable) {
        const group = groups.get(character);

        if (group) {
            group.n += 1;
        } else {
            groups.set(character, { n: 1, shown: showCharacter(character),
                ...lineAndColumn(text, at) });
        }
    }
    return [...groups.values()];
}

export function withoutCharacters(text, untypable) {
    const unwanted = new Set(untypable.map(({ character }) => character));

    return [...text].filter((character) => !unwanted.has(character)).join('');
}
