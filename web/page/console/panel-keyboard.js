// SPDX-License-Identifier: GPL-2.0-or-later
//
// The on-screen keyboard.

import { el, fill, setText } from '../dom.js';
import { say } from '../words.js';
import { MAIN_ROWS, SIDE_ROWS } from './keyboard-rows.js';
import { Sticky } from './sticky.js';

// Widths are classes, in quarters of a key: the policy knows no inline styles.
function widthClass(width) {
    return `w${Math.round(width * 4)}`;
}

export function createKeyboardPanel(screen) {
    const caps = [];
    const sticky = new Sticky((keysym, code, down) =>
        screen.sendKey(keysym, code, down), () => update());

    function update() {
        for (const { key, button } of caps) {
            if (key.modifier) {
                button.setAttribute('aria-pressed',
                    String(sticky.has(key.code)));
            } else if (key.shifted) {
                setText(button, sticky.shifted ? key.shifted : key.face);
            }
        }
    }

    function cap(key) {
        if (!key) {
            return el('span', { class: 'cap gap', 'aria-hidden': 'true' });
        }
        const button = el('button', { type: 'button',
            class: `cap ${widthClass(key.width)}`, 'aria-label': key.name,
            'aria-pressed': key.modifier ? 'false' : null,
            onclick: () => sticky.press(key) }, key.face);

        // The picture keeps the focus, so that both keyboards can be used.
        button.addEventListener('pointerdown', (event) =>
            event.preventDefault());
        caps.push({ key, button });
        return button;
    }

    const rows = (list) => list.map((row) => el('div', { class: 'cap-row' },
        row.map(cap)));
    const node = el('div', {});

    fill(node,
        el('div', { class: 'osk', role: 'group',
            'aria-label': say('osk.title') },
        el('div', { class: 'osk-main' }, rows(MAIN_ROWS)),
        el('div', { class: 'osk-side' }, rows(SIDE_ROWS))),
        el('p', { class: 'hint' }, say('osk.hint')));
    return { title: say('osk.title'), node, wide: true, focus: false,
        closed: () => sticky.release() };
}
