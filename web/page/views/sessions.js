// SPDX-License-Identifier: GPL-2.0-or-later
//
// Who is logged in. Admins see all and may send away; others see their own.

import { listOf } from '../api.js';
import { describeRole, hasRole } from '../describe.js';
import { askForm } from '../dialog.js';
import { el, fill } from '../dom.js';
import { formatDuration } from '../format.js';
import { say } from '../words.js';
import { createHeading, Table } from './table.js';

const REFRESH_MS = 5000;

function sayKeyboard({ operator, asks }) {
    if (operator) {
        return say('sessions.operates');
    }
    return asks ? say('sessions.asks') : null;
}

export function showSessions(app, main) {
    const admin = hasRole(app.session.role, 'admin');
    const problem = el('p', { class: 'problem', role: 'alert' });
    let timer = null;
    let left = false;

    async function load() {
        clearTimeout(timer);
        if (!document.hidden) {
            try {
                table.show(listOf(await app.api.get('/api/sessions')));
                fill(problem);
            } catch (error) {
                fill(problem, error.message);
            }
        }
        if (!left) {
            timer = setTimeout(load, REFRESH_MS);
        }
    }

    function end(session) {
        const where = session.target ?? say('sessions.page');

        return askForm({
            title: say('sessions.end-title', { user: session.user }),
            lead: say('sessions.end-lead', { target: where }),
            action: say('sessions.end'), danger: true,
            submit: async () => {
                await app.api.delete(`/api/sessions/${session.id}`);
                app.notify(say('sessions.ended', { user: session.user }));
                load();
            } });
    }

    const table = new Table(say('sessions.title'), [
        { head: say('sessions.user'), cell: ({ user }) => user },
        { head: say('sessions.target'), mono: true,
            cell: ({ target }) => target ?? say('sessions.page') },
        { head: say('sessions.role'), cell: ({ role }) => describeRole(role) },
        { head: say('sessions.peer'), mono: true, cell: ({ peer }) => peer },
        { head: say('sessions.how'), cell: ({ how }) => how },
        { head: say('sessions.since'),
            cell: ({ since_s }) => formatDuration(since_s) },
        { head: say('sessions.idle'),
            cell: ({ idle_s }) => formatDuration(idle_s) },
        { head: say('sessions.keyboard'), cell: sayKeyboard },
        ...(admin ? [{ head: '', cell: (session) => el('button', {
            type: 'button', class: 'small', onclick: () => end(session) },
        say('sessions.end')) }] : []),
    ], say('sessions.none'));
    const changed = () => load();

    fill(main, createHeading(say('sessions.title'),
        say(admin ? 'sessions.lead' : 'sessions.mine')), problem, table.node);
    app.live.addEventListener('session', changed);
    load();
    return () => {
        left = true;
        clearTimeout(timer);
        app.live.removeEventListener('session', changed);
    };
}
