// SPDX-License-Identifier: GPL-2.0-or-later
//
// The layout of the machine's keyboard, which the daemon types text in.

import { listOf, targetPath } from '../api.js';
import { el, field, fill } from '../dom.js';
import { say } from '../words.js';

export class Layouts {
    // saved(): the machine has another layout now.
    constructor(app, name, saved = () => {}) {
        Object.assign(this, { app, name, saved });
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
            this.saved();
        } catch (error) {
            this.app.notify(error.message, 'bad');
        }
    }
}
