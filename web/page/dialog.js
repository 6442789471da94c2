// SPDX-License-Identifier: GPL-2.0-or-later
//
// Questions in a window of their own: the browser's, which keeps the focus in
// it and gives it back.

import { el, fill } from './dom.js';
import { say } from './words.js';

// `submit` gets the form and may throw: its words are shown, the dialog stays.
export function askForm({ title, lead, content = [], action, danger, submit }) {
    const problem = el('p', { class: 'problem', role: 'alert' });
    const button = el('button', { type: 'submit',
        class: danger ? 'danger' : 'primary' }, action);
    const form = el('form', { method: 'dialog' },
        el('h2', {}, title),
        lead ? el('p', { class: 'lead' }, lead) : null,
        content, problem,
        el('div', { class: 'actions' },
            el('button', { type: 'button', class: 'quiet',
                onclick: () => dialog.close() }, say('app.cancel')),
            button));
    const dialog = el('dialog', {}, form);

    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        button.disabled = true;
        fill(problem);
        try {
            await submit(form);
            dialog.close();
        } catch (error) {
            fill(problem, error.message);
        }
        button.disabled = false;
    });
    return showDialog(dialog);
}

// A promise of the dialog's end.
export function showDialog(dialog) {
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => {
        dialog.addEventListener('close', () => {
            dialog.remove();
            resolve();
        });
    });
}
