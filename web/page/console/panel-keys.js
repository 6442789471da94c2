// SPDX-License-Identifier: GPL-2.0-or-later
//
// Chords, function keys and macros, sent by the daemon; and the layout that
// it types text in.

import { listOf, targetPath } from '../api.js';
import { el, field, fill } from '../dom.js';
import { say } from '../words.js';
import { CHORDS, chordName, MODIFIER_NAMES } from './chords.js';

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

class Layouts {
    constructor(app, name) {
        Object.assign(this, { app, name });
        this.layouts = [];
        this.layout = el('select', { onchange: () => {
            this.showVariants('');
            this.save();
        } });
        this.variant = el('select', { onchange: () => this.save() });
        this.node = el('div', { class: 'pair' },
            field(say('keys.layout'), this.layout, say('keys.layout-hint')),
            field(say('keys.variant'), this.variant));
    }

    option(value, text, chosen) {
        return el('option', { value, selected: value === chosen }, text);
    }

    async load() {
        const { api } = this.app;
        const [layouts, now] = await Promise.all([
            api.get('/api/layouts'),
            api.get(targetPath(this.name, 'layout')),
        ]);

        this.layouts = listOf(layouts);
        fill(this.layout, this.layouts.map(({ layout, name }) =>
            this.option(layout, `${name} (${layout})`, now.layout)));
        this.layout.value = now.layout;
        this.showVariants(now.variant ?? '');
    }

    showVariants(chosen) {
        const { variants = [] } = this.layouts.find(({ layout }) =>
            layout === this.layout.value) ?? {};

        fill(this.variant, this.option('', say('keys.variant-none'), chosen),
            variants.filter(({ variant }) => variant).map(
                ({ variant, name }) => this.option(variant,
                    name ?? variant, chosen)));
        this.variant.value = chosen;
        this.variant.disabled = variants.length === 0;
    }

    async save() {
        try {
            await this.app.api.put(targetPath(this.name, 'layout'), {
                layout: this.layout.value, variant: this.variant.value });
            this.app.notify(say('keys.layout-saved',
                { name: this.layout.selectedOptions[0].text }));
        } catch (error) {
            this.app.notify(error.message, 'bad');
        }
    }
}

class Macros {
    constructor(app, name) {
        Object.assign(this, { app, name });
        this.node = el('div', { class: 'keys' });
    }

    async load() {
        const macros = listOf(await this.app.api.get(
            targetPath(this.name, 'macros')));

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
