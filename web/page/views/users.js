// SPDX-License-Identifier: GPL-2.0-or-later
//
// The users and their roles.

import { listOf } from '../api.js';
import { askForm } from '../dialog.js';
import { el, field, fill } from '../dom.js';
import { say } from '../words.js';
import { createPassword, passwordField } from './login.js';
import { createHeading, Table } from './table.js';

const sayRoles = ({ roles }) => (Array.isArray(roles) ? roles.join(', ')
    : roles);

const pathOf = (name) => `/api/users/${encodeURIComponent(name)}`;

class Users {
    constructor(app, main) {
        this.app = app;
        this.problem = el('p', { class: 'problem', role: 'alert' });
        this.table = new Table(say('users.title'), [
            { head: say('users.name'), cell: ({ name }) => name },
            { head: say('users.roles'), mono: true, cell: sayRoles },
            { head: say('users.codes'), cell: ({ totp }) =>
                say(totp ? 'users.codes-yes' : 'users.codes-no') },
            { head: '', cell: (user) => this.createActions(user) },
        ], say('users.none'));
        fill(main, createHeading(say('users.title'), say('users.lead'),
            el('button', { type: 'button', class: 'primary',
                onclick: () => this.add() }, say('users.add'))),
        this.problem, this.table.node);
    }

    async load() {
        try {
            this.table.show(listOf(await this.app.api.get('/api/users')));
            fill(this.problem);
        } catch (error) {
            fill(this.problem, error.message);
        }
    }

    createActions(user) {
        return el('div', { class: 'actions' },
            el('button', { type: 'button', class: 'small',
                onclick: () => this.edit(user) }, say('users.edit')),
            el('button', { type: 'button', class: 'small',
                onclick: () => this.remove(user) }, say('users.remove')));
    }

    createFields(roles) {
        return {
            roles: el('input', { type: 'text', required: true, value: roles,
                autocapitalize: 'none', spellcheck: 'false',
                autocomplete: 'off' }),
            password: createPassword('new-password'),
        };
    }

    done(words, name) {
        this.app.notify(say(words, { name }));
        return this.load();
    }

    add() {
        const name = el('input', { type: 'text', required: true,
            maxlength: '32', autocapitalize: 'none', spellcheck: 'false',
            autocomplete: 'off' });
        const { roles, password } = this.createFields('viewer');

        return askForm({
            title: say('users.add-title'), action: say('users.save'),
            content: [field(say('users.name'), name),
                passwordField(say('users.password'), password,
                    say('setup.password-hint')),
                field(say('users.roles'), roles, say('users.roles-hint'))],
            submit: async () => {
                await this.app.api.post('/api/users', { name: name.value,
                    password: password.input.value, roles: roles.value });
                await this.done('users.saved', name.value);
            } });
    }

    edit(user) {
        const { name } = user;
        const old = Array.isArray(user.roles) ? user.roles.join(',')
            : user.roles;
        const { roles, password } = this.createFields(old);

        password.input.required = false;
        return askForm({
            title: say('users.edit-title', { name }),
            action: say('users.save'),
            content: [field(say('users.roles'), roles,
                say('users.roles-hint')),
            passwordField(say('users.password'), password,
                say('users.password-keep'))],
            submit: async () => {
                const change = {};

                if (roles.value !== old) {
                    change.roles = roles.value;
                }
                if (password.input.value) {
                    change.password = password.input.value;
                }
                if (Object.keys(change).length > 0) {
                    await this.app.api.put(pathOf(name), change);
                }
                await this.done('users.saved', name);
            } });
    }

    remove({ name }) {
        return askForm({
            title: say('users.remove-title', { name }), danger: true,
            lead: say('users.remove-lead', { name }),
            action: say('users.remove'),
            submit: async () => {
                await this.app.api.delete(pathOf(name));
                await this.done('users.removed', name);
            } });
    }
}

export function showUsers(app, main) {
    new Users(app, main).load();
    return () => {};
}
