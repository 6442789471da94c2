// SPDX-License-Identifier: GPL-2.0-or-later
//
// The tools above the picture. They go away by themselves while the machine is
// worked with, and come back to the pointer at the upper edge, to the focus,
// and to their handle. On a phone they stay, below the picture.

import { el, icon, setText } from '../dom.js';
import { say } from '../words.js';

const STAY_MS = 2500;
const EDGE_PX = 6;

export function createTool({ id, words, label, onclick, panel }) {
    return el('button', { type: 'button', class: `tool tool-${id}`,
        title: words, 'data-tool': id,
        'aria-expanded': panel ? 'false' : null, onclick },
    icon(label), el('span', { class: 'tool-words' }, words));
}

export class Toolbar {
    // busy(): is there a reason to stay?
    constructor(name, settings, busy) {
        Object.assign(this, { settings, busy });
        this.timer = null;
        this.stop = new AbortController();
        this.mode = el('span', {});
        this.more = el('span', { class: 'said-by-tool' });
        this.place = el('span', { class: 'place' }, this.mode, this.more);
        this.tools = el('div', { class: 'tools' });
        this.node = el('div', { class: 'toolbar', role: 'toolbar',
            'aria-label': say('console.toolbar', { name }) },
        el('a', { class: 'tool back', href: '#/', title: say('console.back'),
            'aria-label': say('console.back') }, icon('back')),
        el('h1', { class: 'machine' }, name), this.place, this.tools);
        this.handle = el('button', { type: 'button', class: 'handle',
            'aria-label': say('console.show-tools'), tabindex: '-1',
            onclick: () => this.reveal(true) }, icon('down'));
        this.listen();
    }

    listen() {
        const options = { signal: this.stop.signal };

        this.node.addEventListener('focusin', () => this.reveal());
        this.node.addEventListener('focusout', () => this.plan());
        this.node.addEventListener('pointerenter', () => this.reveal());
        this.node.addEventListener('pointerleave', () => this.plan());
        addEventListener('pointermove', (event) => {
            if (event.clientY <= EDGE_PX && !document.pointerLockElement) {
                this.reveal();
                this.plan();
            }
        }, { ...options, capture: true });
        addEventListener('blur', () => this.plan(), options);
        this.node.addEventListener('keydown', (event) => this.walk(event));
    }

    // Arrows walk within the bar, as in every toolbar; Tab does as well.
    walk(event) {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        const tools = [...this.node.querySelectorAll('a, button')].filter(
            (tool) => tool.offsetParent && !tool.disabled);
        const at = tools.indexOf(document.activeElement);

        if (step && at >= 0) {
            event.preventDefault();
            tools[(at + step + tools.length) % tools.length].focus();
        }
    }

    // Beside the name, and in the tools' own names where there is room.
    setPlace(mode, byTool) {
        setText(this.mode, mode);
        setText(this.more, Object.values(byTool).filter(Boolean)
            .map((words) => ` · ${words}`).join(''));
        for (const [id, words] of Object.entries(byTool)) {
            const tool = this.tools.querySelector(`.tool-${id}`);

            setText(tool.querySelector('.tool-words'),
                words || say(`tool.${id}`));
            tool.title = words ? say('tool.says',
                { tool: say(`tool.${id}`), words }) : say(`tool.${id}`);
        }
    }

    get hidden() {
        return this.node.classList.contains('away');
    }

    reveal(focus = false) {
        clearTimeout(this.timer);
        this.node.classList.remove('away');
        this.handle.tabIndex = -1;
        if (focus) {
            (this.tools.querySelector('button') ?? this.node).focus();
        }
    }

    plan() {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.goAway(), STAY_MS);
    }

    goAway() {
        const held = this.node.matches(':hover, :focus-within') ||
            this.settings.get('pinned') || this.busy();

        if (!held) {
            this.node.classList.add('away');
            this.handle.tabIndex = 0;
        }
    }

    end() {
        clearTimeout(this.timer);
        this.stop.abort();
    }
}
