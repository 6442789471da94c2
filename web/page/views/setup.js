// SPDX-License-Identifier: GPL-2.0-or-later
//
// The first user, made by whoever can read the setup code. Logged in at once.

import { el, field, fill, setText } from '../dom.js';
import { say } from '../words.js';
import { createGate, createPassword, passwordField } from './login.js';

const PASSWORD_MIN = 12;

function findProblem(password, repeated) {
    if ([...password].length < PASSWORD_MIN) {
        return say('setup.short');
    }
    return password === repeated ? null : say('setup.differs');
}

async function makeUser(app, code, user, password) {
    await app.api.post('/api/setup', { code, user, password });
    app.enter(await app.api.login(user, password));
}

export function showSetup(app, root) {
    const code = el('input', { type: 'text', required: true, class: 'code',
        autocomplete: 'off', autocapitalize: 'characters',
        spellcheck: 'false' });
    const user = el('input', { type: 'text', required: true, maxlength: '32',
        pattern: '[A-Za-z0-9._@\\-]+', autocomplete: 'username',
        autocapitalize: 'none', spellcheck: 'false' });
    const password = createPassword('new-password');
    const repeated = createPassword('new-password');
    const problem = el('p', { class: 'problem', role: 'alert' });
    const button = el('button', { type: 'submit', class: 'primary block' },
        say('setup.submit'));

    async function submit(event) {
        const fault = findProblem(password.input.value, repeated.input.value);

        event.preventDefault();
        setText(problem, fault ?? '');
        if (fault) {
            return;
        }
        button.disabled = true;
        setText(button, say('setup.working'));
        try {
            await makeUser(app, code.value.trim(), user.value,
                password.input.value);
        } catch (error) {
            setText(problem, error.message);
            if (error.status === 409) { // somebody was faster: log in
                app.begin();
            }
        }
        button.disabled = false;
        setText(button, say('setup.submit'));
    }

    fill(root, createGate(
        el('h1', {}, say('setup.title')),
        el('p', { class: 'lead' }, say('setup.lead')),
        el('form', { onsubmit: submit },
            field(say('setup.code'), code, say('setup.code-hint')),
            field(say('setup.user'), user, say('setup.user-hint')),
            passwordField(say('setup.password'), password,
                say('setup.password-hint')),
            passwordField(say('setup.repeat'), repeated),
            problem, button)));
    document.title = `${say('setup.title')} – ${say('app.name')}`;
    code.focus();
    return () => {};
}
