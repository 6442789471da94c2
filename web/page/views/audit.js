// SPDX-License-Identifier: GPL-2.0-or-later
//
// The audit log, newest first.

import { listOf } from '../api.js';
import { el, field, fill } from '../dom.js';
import { say } from '../words.js';
import { createHeading, Table } from './table.js';

const STEP = 100;

// These have columns of their own, or prove the log and tell people nothing.
const APART = new Set(['time', 'event', 'user', 'target', 'peer', 'number',
    'monotonic_us', 'previous']);

function sayDetails(line) {
    return Object.entries(line).filter(([name, value]) =>
        !APART.has(name) && value !== null && value !== '')
        .map(([name, value]) => `${name}: ${value}`).join(' · ');
}

function sayTime({ time }) {
    return time ? String(time).replace('T', ' ').replace(/\.\d+/, '')
        .replace('Z', '') : null;
}

export function showAudit(app, main) {
    const problem = el('p', { class: 'problem', role: 'alert' });
    const filter = el('select', { onchange: () => load() },
        el('option', { value: '' }, say('audit.filter-all')));
    const more = el('button', { type: 'button', onclick: () => {
        limit += STEP;
        load();
    } }, say('audit.more'));
    const known = new Set();
    const table = new Table(say('audit.title'), [
        { head: say('audit.time'), mono: true, cell: sayTime },
        { head: say('audit.event'), mono: true, cell: ({ event }) => event },
        { head: say('audit.user'), cell: ({ user }) => user },
        { head: say('audit.target'), mono: true,
            cell: ({ target }) => target },
        { head: say('audit.peer'), mono: true, cell: ({ peer }) => peer },
        { head: say('audit.details'), long: true, cell: sayDetails },
    ], say('audit.none'));
    let limit = STEP;

    function noteEvents(lines) {
        for (const { event } of lines) {
            if (event && !known.has(event)) {
                known.add(event);
                filter.append(el('option', { value: event }, event));
            }
        }
    }

    async function load() {
        const chosen = filter.value ? `&event=${
            encodeURIComponent(filter.value)}` : '';

        try {
            const lines = listOf(await app.api.get(
                `/api/audit?limit=${limit}${chosen}`));

            noteEvents(lines);
            table.show([...lines].reverse());
            more.hidden = lines.length < limit;
            fill(problem);
        } catch (error) {
            fill(problem, error.message);
        }
    }

    fill(main, createHeading(say('audit.title'), say('audit.lead'),
        field(say('audit.filter'), filter),
        el('button', { type: 'button', onclick: load }, say('app.refresh'))),
    problem, table.node, el('div', { class: 'actions start' }, more));
    more.hidden = true;
    load();
    return () => {};
}
