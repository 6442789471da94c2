// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which monitor the machine believes to have, and another one for it. For
// admins of the machine.

import { targetPath } from '../api.js';
import { el, field, fill, setText } from '../dom.js';
import { describeMonitor, formatHex, isEdidSize } from '../edid.js';
import { say } from '../words.js';

export class Monitor {
    constructor(app, name) {
        Object.assign(this, { app, path: targetPath(name, 'edid') });
        this.now = el('p', { role: 'status' });
        this.problem = el('p', { class: 'problem', role: 'alert' });
        this.preset = el('select', { onchange: () =>
            this.put({ preset: this.preset.value }) });
        this.file = el('input', { type: 'file', onchange: () =>
            this.putFile(this.file.files[0]) });
        this.means = el('div', { hidden: true },
            field(say('monitor.preset'), this.preset),
            field(say('monitor.file'), this.file, say('monitor.hint')));
        this.node = el('div', { class: 'monitor' },
            el('h3', {}, say('monitor.title')),
            this.now, this.problem, this.means);
    }

    async load() {
        try {
            this.show(await this.app.api.get(this.path));
        } catch (error) {
            fill(this.problem, error.message);
        }
    }

    show(answer) {
        fill(this.problem);
        setText(this.now, describeMonitor(answer));
        this.means.hidden = !answer.supported;
        fill(this.preset,
            answer.preset ? null
                : el('option', { value: '', disabled: true, selected: true },
                    say('monitor.no-preset')),
            (answer.presets ?? []).map((name) =>
                el('option', { value: name,
                    selected: name === answer.preset }, name)));
        this.preset.value = answer.preset ?? '';
        this.answer = answer;
    }

    // What was refused is not shown as if it were in force.
    async put(body) {
        try {
            this.show(await this.app.api.put(this.path, body));
        } catch (error) {
            this.show(this.answer);
            fill(this.problem, error.message);
        }
        this.file.value = '';
    }

    async putFile(file) {
        if (!file) {
            return;
        }
        if (!isEdidSize(file.size)) {
            fill(this.problem, say('monitor.no-edid', { file: file.name }));
            this.file.value = '';
            return;
        }
        await this.put({ hex: formatHex(new Uint8Array(
            await file.arrayBuffer())) });
    }
}
