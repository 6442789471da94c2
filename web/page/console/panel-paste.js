// SPDX-License-Identifier: GPL-2.0-or-later
//
// Text that the daemon types. What the layout cannot type is listed before the
// first key; while it types, how far it is, and a way to stop it.

import { targetPath } from '../api.js';
import { el, field, fill, setText } from '../dom.js';
import { formatBytes } from '../format.js';
import { say } from '../words.js';
import { Layouts } from './layouts.js';
import { groupUntypable, isTooLong, textBytes, withoutCharacters }
    from './untypable.js';

const CHECK_MS = 400;
const FOLLOW_MS = 400;
const LISTED = 12;

export class PastePanel {
    constructor(app, name) {
        Object.assign(this, { app, name });
        this.title = say('paste.title');
        this.path = targetPath(name, 'text');
        this.timer = null;
        this.checked = 0; // the newest check wins
        this.asking = false; // for a text to be typed
        this.untypable = [];
        this.build();
    }

    build() {
        this.layouts = new Layouts(this.app, this.name, () =>
            this.edited());
        this.text = el('textarea', { rows: '7', spellcheck: 'false',
            autocomplete: 'off', oninput: () => this.edited() });
        this.count = el('p', { class: 'hint', 'aria-live': 'polite' });
        this.problems = el('div', { class: 'untypable', role: 'status' });
        this.bar = el('progress', { max: '1', value: 0, hidden: true,
            'aria-label': say('paste.title') });
        this.state = el('p', { class: 'state', role: 'status' });
        this.type = el('button', { type: 'button', class: 'primary',
            disabled: true, onclick: () => this.begin(this.text.value) },
        say('paste.type'));
        this.typeRest = el('button', { type: 'button', hidden: true,
            onclick: () => this.begin(withoutCharacters(this.text.value,
                this.untypable)) }, say('paste.again'));
        this.cancel = el('button', { type: 'button', class: 'danger',
            hidden: true, onclick: () => this.stop() }, say('paste.cancel'));
        this.node = el('div', { class: 'paste' },
            field(say('paste.text'), this.text, say('paste.private')),
            el('div', { class: 'row' }, this.count,
                el('button', { type: 'button', class: 'quiet',
                    onclick: () => this.readClipboard() },
                say('paste.from-clipboard'))),
            this.problems, this.bar, this.state,
            el('div', { class: 'actions' }, this.cancel, this.typeRest,
                this.type), this.layouts.node);
    }

    opened() {
        this.shown = true;
        this.layouts.load().catch((error) =>
            this.app.notify(error.message, 'bad'));
        this.edited();
        this.follow();
        this.text.focus();
    }

    // The text does not stay where the next one at this desk could read it.
    closed() {
        this.shown = false;
        this.text.value = '';
        this.showUntypable([]);
        clearTimeout(this.timer);
        clearTimeout(this.checkTimer);
    }

    async readClipboard() {
        try {
            this.text.value = await navigator.clipboard.readText();
            this.edited();
        } catch {
            this.app.notify(say('paste.clipboard-refused'), 'warn');
        }
    }

    edited() {
        const text = this.text.value;
        const n = [...text].length;
        const long = isTooLong(text);

        setText(this.count, long ? say('paste.too-long',
            { size: formatBytes(textBytes(text)) })
            : n === 1 ? say('paste.count-one') : say('paste.count', { n }));
        this.type.disabled = n === 0 || long;
        this.showUntypable([]);
        clearTimeout(this.checkTimer);
        if (n > 0 && !long) {
            this.checkTimer = setTimeout(() => this.check(text), CHECK_MS);
        }
    }

    async check(text) {
        const turn = ++this.checked;
        let untypable = [];

        try {
            const answer = await this.app.api.post(this.path,
                { text, dry_run: true });

            untypable = answer?.untypable ?? [];
        } catch (error) {
            untypable = error.details?.untypable ?? [];
        }
        if (turn === this.checked && text === this.text.value) {
            this.showUntypable(untypable);
        }
    }

    showUntypable(untypable) {
        const groups = groupUntypable(this.text.value, untypable);

        this.untypable = untypable;
        this.typeRest.hidden = groups.length === 0;
        this.type.disabled = this.type.disabled || groups.length > 0;
        fill(this.problems, groups.length === 0 ? null : [
            el('p', { class: 'problem' }, say('paste.untypable')),
            el('ul', {}, groups.slice(0, LISTED).map(
                ({ shown, line, column, n }) => el('li', {},
                    el('code', {}, shown), ' ',
                    say('paste.untypable-at', { line, column }),
                    n > 1 ? ` ${say('paste.untypable-more',
                        { n: n - 1 })}` : '')),
            groups.length > LISTED ? el('li', {}, say('paste.untypable-more',
                { n: groups.length - LISTED })) : null)]);
    }

    // The button stays as it is meanwhile: who has pressed it keeps the focus.
    async begin(text) {
        if (this.asking) {
            return;
        }
        this.asking = true;
        setText(this.state, '');
        try {
            await this.app.api.post(this.path, { text });
            this.watched = true; // a short one has ended before it is seen
            await this.follow();
        } catch (error) {
            this.showUntypable(error.details?.untypable ?? []);
            setText(this.state, error.message);
        } finally {
            this.asking = false;
        }
    }

    async stop() {
        try {
            await this.app.api.delete(this.path);
        } catch (error) {
            this.app.notify(error.message, 'bad');
        }
        this.follow();
    }

    async follow() {
        clearTimeout(this.timer);
        try {
            const job = await this.app.api.get(this.path);

            this.show(job);
            if (job.active && this.shown) {
                this.timer = setTimeout(() => this.follow(), FOLLOW_MS);
            }
        } catch {
            this.show({ active: false });
        }
    }

    show({ active, typed = 0, characters = 0, pace, result }) {
        this.bar.hidden = !active;
        this.exchange(active ? this.type : this.cancel,
            active ? this.cancel : this.type);
        if (active) {
            this.watched = true;
            this.bar.max = characters || 1;
            this.bar.value = typed;
            setText(this.state, [say('paste.typing', { typed, characters }),
                pace ? say(`paste.pace-${pace}`) : ''].filter(Boolean)
                .join(', '));
        } else if (this.watched && result) {
            this.watched = false;
            this.tellResult({ typed, characters, result });
        }
    }

    // One button takes the place of the other, and the focus if that had it:
    // a button that goes away with it takes the keyboard from the panel.
    exchange(goes, comes) {
        const focused = document.activeElement === goes;

        comes.hidden = false;
        if (focused) {
            (comes.disabled ? this.text : comes).focus();
        }
        goes.hidden = true;
    }

    tellResult({ typed, characters, result }) {
        const words = { done: 'paste.done', cancelled: 'paste.cancelled' };

        setText(this.state, say(words[result] ?? 'paste.ended',
            { typed, characters, result }));
    }
}
