// SPDX-License-Identifier: GPL-2.0-or-later
//
// Chords, function keys and macros, sent by the daemon; and the layout that
// it types text in.

import { listOf, targetPath } from '../api.js';
import { el, fill } from '../dom.js';
import { say } from '../words.js';
import { CHORDS, chordName, MODIFIER_NAMES } from './chords.js';
import { Layouts } from './layouts.js';

function key(label, onclick) {
    return el('button', { type: 'button', class: 'key', onclick }, label);
}

class Modifiers {
    constructor() {
        this.buttons = MODIFIER_NAMES.map((name) => {
            const button = el('button', { type: 'button', class: 'key',
                'aria-pressed': 'false', onclick: () => {
                    const on = button.getAttribute('aria-pressed') !== 'true';

                    button.setAttribute('aria-pressed', String(on));
                } }, chordName(name));

            return button;
        });
        this.node = el('div', { class: 'keys', role: 'group',
            'aria-label': say('keys.with') },
        el('span', { class: 'keys-label' }, say('keys.with')), this.buttons);
    }

    // "ctrl-alt-f2"; they let go when they were used.
    join(name) {
        const held = MODIFIER_NAMES.filter((_, i) =>
            this.buttons[i].getAttribute('aria-pressed') === 'true');

        this.buttons.forEach((button) =>
            button.setAttribute('aria-pressed', 'false'));
        return [...held, name].join('-');
    }
}

class Macros {
    constructor(app, name) {
        Object.assign(this, { app, name });
        this.node = el('div', { class: 'keys' });
    }

    async load() {
        const all = listOf(await this.app.api.get(
            targetPath(this.name, 'macros')));
        // Those that come with the daemon and stand above already.
        const macros = all.filter(({ name, from }) =>
            from !== 'shipped' || !CHORDS.includes(name));

        fill(this.node, macros.map((macro) => {
            const button = key(macro.name, () => this.run(macro.name));

            button.title = typeof macro.keys === 'string' ? macro.keys
                : (macro.keys ?? []).join(', ');
            return button;
        }), macros.length === 0 ? el('p', { class: 'hint' },
            say('keys.none')) : null);
    }

    async run(macro) {
        try {
            await this.app.api.post(targetPath(this.name,
                `macros/${encodeURIComponent(macro)}`));
            this.app.notify(say('keys.ran', { name: macro }));
        } catch (error) {
            this.app.notify(error.message, 'bad');
        }
    }
}

export function createKeysPanel(app, name, sendChord) {
    const modifiers = new Modifiers();
    const layouts = new Layouts(app, name);
    const macros = new Macros(app, name);
    const functions = Array.from({ length: 12 }, (_, i) => `f${i + 1}`);
    const node = el('div', {},
        el('h3', {}, say('keys.chords')),
        el('div', { class: 'keys' }, CHORDS.map((chord) =>
            key(chordName(chord), () => sendChord(chord)))),
        el('h3', {}, say('keys.functions')),
        modifiers.node,
        el('div', { class: 'keys functions' }, functions.map((name_) =>
            key(chordName(name_), () => sendChord(modifiers.join(name_))))),
        el('h3', {}, say('keys.macros')), macros.node, layouts.node);

    return { title: say('keys.title'), node, opened: () => {
        for (const part of [macros, layouts]) {
            part.load().catch((error) => app.notify(error.message, 'bad'));
        }
    } };
}
