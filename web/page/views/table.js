// SPDX-License-Identifier: GPL-2.0-or-later
//
// Lists as tables; on a narrow screen each row stands as a card, its cells
// named by their columns.

import { el, fill } from '../dom.js';
import { say } from '../words.js';

// columns: [{ head, cell(row) -> text or node, mono?, long? }]
export class Table {
    constructor(label, columns, empty) {
        Object.assign(this, { columns, empty });
        this.body = el('tbody', {});
        this.none = el('p', { class: 'none', hidden: true }, empty);
        // What is too wide is moved by the arrow keys, too.
        this.node = el('div', { class: 'table-box', role: 'region',
            tabindex: '0', 'aria-label': label },
            el('table', { 'aria-label': label },
                el('thead', {}, el('tr', {}, columns.map(({ head }) =>
                    el('th', { scope: 'col' }, head || el('span',
                        { class: 'read-only-aloud' },
                        say('app.actions')))))),
                this.body),
            this.none);
    }

    show(rows) {
        fill(this.body, rows.map((row) => el('tr', {},
            this.columns.map(({ head, cell, mono, long }) => el('td', {
                'data-head': head,
                class: mono ? 'mono' : long ? 'long' : null },
            cell(row) ?? '–')))));
        this.none.hidden = rows.length > 0;
    }
}

// The head of a view: its name, what it is for, and what can be done.
export function createHeading(title, lead, ...actions) {
    return el('div', { class: 'heading' },
        el('div', {}, el('h1', {}, title),
            lead ? el('p', { class: 'lead' }, lead) : null),
        el('div', { class: 'actions' }, actions));
}
