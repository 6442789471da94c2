// SPDX-License-Identifier: GPL-2.0-or-later
//
// The login. Who has to wait is told for how long, second by second.

import { el, field, fill, icon, setText } from '../dom.js';
import { formatDuration } from '../format.js';
import { say } from '../words.js';
import { createMark } from './shell.js';

// An input for a password, and a button that shows what is in it.
export function createPassword(autocomplete) {
    const input = el('input', { type: 'password', required: true,
        autocomplete, maxlength: '262' });
    const button = el('button', { type: 'button', class: 'quiet reveal',
        'aria-pressed': 'false', 'aria-label': say('login.show'),
        onclick: () => {
            const show = input.type === 'password';

            input.type = show ? 'text' : 'password';
            button.setAttribute('aria-pressed', String(show));
            button.setAttribute('aria-label',
                say(show ? 'login.hide' : 'login.show'));
        } }, icon('eye'));

    return { input, button };
}

export function createGate(...content) {
    return el('main', { class: 'gate', id: 'content' },
        el('div', { class: 'gate-card' }, createMark(
            el('span', { class: 'host mono' }, location.hostname)), content));
}

// A field whose input has a button beside it.
export function passwordField(label, password, hint) {
    const node = field(label, password.input, hint);
    const box = el('div', { class: 'with-button' });

    password.input.replaceWith(box);
    box.append(password.input, password.button);
    return node;
}

class Countdown {
    constructor(node, button) {
        this.node = node;
        this.button = button;
        this.timer = null;
    }

    begin(seconds) {
        const end = Date.now() + seconds * 1000;
        const step = () => {
            const left = Math.ceil((end - Date.now()) / 1000);

            if (left <= 0) {
                this.stop();
                setText(this.node, say('login.again'));
                return;
            }
            setText(this.node, say('login.wait',
                { time: formatDuration(left) }));
        };

        this.stop();
        this.button.disabled = true;
        this.timer = setInterval(step, 1000);
        step();
    }

    stop() {
        clearInterval(this.timer);
        this.button.disabled = false;
    }
}

function explain(error) {
    return error.status === 401 ? say('login.wrong') : error.message;
}

export function showLogin(app, root) {
    const user = el('input', { type: 'text', required: true, maxlength: '32',
        autocomplete: 'username', autocapitalize: 'none',
        spellcheck: 'false' });
    const password = createPassword('current-password');
    const problem = el('p', { class: 'problem', role: 'alert' });
    const button = el('button', { type: 'submit', class: 'primary block' },
        say('login.submit'));
    const countdown = new Countdown(problem, button);

    async function submit(event) {
        event.preventDefault();
        button.disabled = true;
        setText(button, say('login.checking'));
        fill(problem);
        try {
            app.enter(await app.api.login(user.value, password.input.value));
            return;
        } catch (error) {
            button.disabled = false;
            if (error.status === 429 && error.details.retry_s > 0) {
                countdown.begin(error.details.retry_s);
            } else {
                setText(problem, explain(error));
            }
            password.input.select();
        } finally {
            setText(button, say('login.submit'));
        }
    }

    fill(root, createGate(
        el('h1', {}, say('login.title')),
        app.ended ? el('p', { class: 'lead', role: 'status' },
            say('error.signed-out')) : null,
        el('form', { onsubmit: submit },
            field(say('login.user'), user),
            passwordField(say('login.password'), password, say('login.hint')),
            problem, button)));
    document.title = `${say('login.title')} – ${say('app.name')}`;
    user.focus();
    return () => countdown.stop();
}
