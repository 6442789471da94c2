// SPDX-License-Identifier: GPL-2.0-or-later
//
// One panel at a time beside the picture: opened by its tool, closed by it, by
// Escape or its own button; the focus goes into it and back to the tool.

import { el, fill, icon, newId } from '../dom.js';
import { say } from '../words.js';

export class Panels {
    // changed(): one was opened or closed.
    constructor(changed) {
        this.changed = changed;
        this.open = null; // { button, panel }
        this.heading = el('h2', { id: newId('panel') });
        this.body = el('div', { class: 'panel-body' });
        this.node = el('section', { class: 'panel', hidden: true,
            'aria-labelledby': this.heading.id, id: newId('panel') },
        el('div', { class: 'panel-head' }, this.heading,
            el('button', { type: 'button', class: 'quiet only-icon',
                'aria-label': say('app.close'),
                onclick: () => this.close(true) }, icon('close'))),
        this.body);
        this.node.addEventListener('keydown', (event) => {
            if (event.key === 'Escape') {
                event.stopPropagation();
                this.close(true);
            }
        });
    }

    // panel: { title, node, opened?(), closed?(), focus?: false, wide? }
    toggle(button, panel) {
        const same = this.open?.panel === panel;

        this.close(same);
        if (same) {
            return;
        }
        this.open = { button, panel };
        this.heading.textContent = panel.title;
        fill(this.body, panel.node);
        this.node.classList.toggle('wide', Boolean(panel.wide));
        this.node.hidden = false;
        button.setAttribute('aria-expanded', 'true');
        panel.opened?.();
        if (panel.focus !== false) {
            this.node.querySelector('.panel-body').querySelector(
                'button, input, select, textarea')?.focus();
        }
        this.changed();
    }

    close(backToTool = false) {
        if (!this.open) {
            return;
        }
        const { button, panel } = this.open;

        this.open = null;
        this.node.hidden = true;
        button.setAttribute('aria-expanded', 'false');
        panel.closed?.();
        if (backToTool) {
            button.focus();
        }
        this.changed();
    }
}
