// SPDX-License-Identifier: GPL-2.0-or-later
//
// The keyboard of a phone: it writes into a field that nobody sees, and what
// it changes there becomes keys.

import { el } from '../dom.js';
import { say } from '../words.js';
import { KEYSYMS } from './keysyms.js';

// Something has to stand there that Backspace can take away.
const FILLING = '\u00a0'.repeat(8);

// What was typed, as erased characters and new ones: phones replace words.
export function findChange(before, after) {
    const [old, now] = [[...before], [...after]];
    let same = 0;

    while (same < old.length && same < now.length &&
        old[same] === now[same]) {
        same += 1;
    }
    return { erased: old.length - same, typed: now.slice(same) };
}

export function createSoftKeyboard(screen) {
    const input = el('textarea', { class: 'soft', rows: '1',
        autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false',
        'aria-label': say('tool.soft'), tabindex: '-1' });
    let known = FILLING;

    function refill() {
        input.value = FILLING;
        known = FILLING;
        input.setSelectionRange(FILLING.length, FILLING.length);
    }

    input.addEventListener('focus', refill);
    input.addEventListener('input', (event) => {
        const { erased, typed } = findChange(known, input.value);

        for (let i = 0; i < erased; i++) {
            screen.sendKey(KEYSYMS.BackSpace, 'Backspace');
        }
        typed.forEach((character) => screen.typeCharacter(character));
        known = input.value;
        if (!event.isComposing && (erased > 0 || known.length > 64)) {
            refill();
        }
    });
    // Keys that change nothing in the field.
    input.addEventListener('keydown', (event) => {
        const passed = ['Tab', 'Escape', 'ArrowLeft', 'ArrowRight', 'ArrowUp',
            'ArrowDown', 'Delete', 'Home', 'End', 'PageUp', 'PageDown'];

        if (passed.includes(event.key)) {
            event.preventDefault();
            screen.sendKey(KEYSYMS[event.key], event.code || event.key);
        }
    });
    return input;
}
