// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tokens for programs. A new one is shown once.

import { listOf } from '../api.js';
import { askForm, showDialog } from '../dialog.js';
import { el, field, fill } from '../dom.js';
import { formatDay } from '../format.js';
import { say } from '../words.js';
import { createHeading, Table } from './table.js';

const DAYS = 90;

const sayRoles = ({ roles }) => (Array.isArray(roles) ? roles.join(', ')
    : roles);

class Tokens {
    constructor(app, main) {
        this.app = app;
        this.problem = el('p', { class: 'problem', role: 'alert' });
        this.table = new Table(say('tokens.title'), [
            { head: say('tokens.name'), cell: ({ name }) => name },
            { head: say('tokens.roles'), mono: true, cell: sayRoles },
            { head: say('tokens.expires'), cell: ({ expires }) =>
                formatDay(expires) },
            { head: '', cell: (token) => el('div', { class: 'actions' },
                el('button', { type: 'button', class: 'small',
                    onclick: () => this.remove(token) },
                say('tokens.remove'))) },
        ], say('tokens.none'));
        fill(main, createHeading(say('tokens.title'), say('tokens.lead'),
            el('button', { type: 'button', class: 'primary',
                onclick: () => this.add() }, say('tokens.add'))),
        this.problem, this.table.node);
    }

    async load() {
        try {
            this.table.show(listOf(await this.app.api.get('/api/tokens')));
            fill(this.problem);
        } catch (error) {
            fill(this.problem, error.message);
        }
    }

    async add() {
        const name = el('input', { type: 'text', required: true,
            maxlength: '32', autocomplete: 'off', spellcheck: 'false' });
        const roles = el('input', { type: 'text', required: true,
            value: 'viewer', autocomplete: 'off', spellcheck: 'false' });
        const days = el('input', { type: 'number', required: true, min: '1',
            max: '3650', value: String(DAYS) });
        let made = null;

        await askForm({
            title: say('tokens.add-title'), action: say('tokens.make'),
            content: [field(say('tokens.name'), name),
                field(say('tokens.roles'), roles, say('users.roles-hint')),
                field(say('tokens.expires-days'), days)],
            submit: async () => {
                made = await this.app.api.post('/api/tokens', {
                    name: name.value, roles: roles.value,
                    expires_days: Number(days.value) });
            } });
        if (made) {
            this.load();
            await this.showOnce(name.value, made.token);
        }
    }

    showOnce(name, token) {
        const dialog = el('dialog', {}, el('form', { method: 'dialog' },
            el('h2', {}, say('tokens.shown', { name })),
            el('p', { class: 'lead' }, say('tokens.shown-lead')),
            el('code', { class: 'secret' }, token),
            el('div', { class: 'actions' },
                el('button', { type: 'button', onclick: async () => {
                    await navigator.clipboard.writeText(token);
                    this.app.notify(say('tokens.copied'));
                } }, say('tokens.copy')),
                el('button', { type: 'submit', class: 'primary' },
                    say('app.close')))));

        return showDialog(dialog);
    }

    remove({ name }) {
        return askForm({
            title: say('tokens.remove-title', { name }), danger: true,
            lead: say('tokens.remove-lead'), action: say('tokens.remove'),
            submit: async () => {
                await this.app.api.delete(
                    `/api/tokens/${encodeURIComponent(name)}`);
                this.app.notify(say('tokens.removed', { name }));
                await this.load();
            } });
    }
}

export function showTokens(app, main) {
    new Tokens(app, main).load();
    return () => {};
}
