// SPDX-License-Identifier: GPL-2.0-or-later
//
// A button that opens a small panel below it. Escape, a click elsewhere or the
// focus going elsewhere close it.

import { el, newId } from './dom.js';

export function createMenu({ label, face, content }) {
    const id = newId('menu');
    const panel = el('div', { class: 'menu-panel', id, hidden: true }, content);
    const button = el('button', { type: 'button', class: 'quiet menu-button',
        'aria-label': label, 'aria-expanded': 'false', 'aria-controls': id,
        onclick: () => toggle(panel.hidden) }, face);
    const node = el('div', { class: 'menu' }, button, panel);

    function toggle(open) {
        panel.hidden = !open;
        button.setAttribute('aria-expanded', String(open));
    }

    node.addEventListener('keydown', (event) => {
        if (event.key === 'Escape' && !panel.hidden) {
            toggle(false);
            button.focus();
        }
    });
    node.addEventListener('focusout', (event) => {
        if (event.relatedTarget && !node.contains(event.relatedTarget)) {
            toggle(false);
        }
    });
    const outside = (event) => {
        if (!node.contains(event.target)) {
            toggle(false);
        }
    };

    document.addEventListener('pointerdown', outside);
    return { node,
        close: () => document.removeEventListener('pointerdown', outside) };
}
