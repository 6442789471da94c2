// SPDX-License-Identifier: GPL-2.0-or-later
//
// What lies over the picture: while there is no connection, why, and when it
// is tried again; below, in a line, what the operator has to know.

import { asksFor, describeSignal, describeUsb, explainNoKeys, explainNoPicture }
    from '../describe.js';
import { el, fill, setText } from '../dom.js';
import { formatDuration } from '../format.js';
import { agedTarget } from '../live.js';
import { say } from '../words.js';

export class Cover {
    constructor(name, link) {
        Object.assign(this, { name, link });
        this.timer = null;
        this.words = el('p', { class: 'cover-words' });
        this.more = el('p', { class: 'cover-more' });
        this.button = el('button', { type: 'button', class: 'primary' });
        this.node = el('div', { class: 'cover', role: 'status' },
            el('div', { class: 'cover-card' }, this.words, this.more,
                this.button));
        this.button.addEventListener('click', () => this.again());
    }

    again() {
        if (this.ended) {
            this.link.begin();
        } else {
            this.link.retry();
        }
    }

    set(words, { more = '', button = null, ended = false } = {}) {
        this.ended = ended;
        setText(this.words, words);
        setText(this.more, more);
        setText(this.button, button ?? '');
        this.button.hidden = !button;
        this.node.hidden = words === '';
    }

    show(state) {
        clearInterval(this.timer);
        if (state.phase === 'connected') {
            this.set('');
        } else if (state.phase === 'connecting') {
            this.set(say('console.connecting', { name: this.name }));
        } else if (state.phase === 'waiting') {
            this.countDown(state.at);
        } else if (state.phase === 'ended') {
            this.set(state.reason ? say('console.ended-reason',
                { reason: state.reason }) : say('console.ended'),
            { button: say('console.again'), ended: true });
        }
    }

    countDown(at) {
        const step = () => this.set(say('console.lost'), {
            more: say('console.lost-retry', { time: formatDuration(
                Math.max(0, Math.ceil((at - Date.now()) / 1000))) }),
            button: say('console.retry-now') });

        step();
        this.timer = setInterval(step, 1000);
    }

    end() {
        clearInterval(this.timer);
    }
}

export class Line {
    // actions: ask(), give(session)
    constructor(user, mayOperate, actions) {
        Object.assign(this, { user, mayOperate, actions });
        this.said = '';
        this.node = el('div', { class: 'line', role: 'status' });
    }

    update(target) {
        const parts = [this.sayPicture(target), this.sayKeys(target),
            this.sayTurn(target)].filter(Boolean);
        const said = JSON.stringify(parts.map(({ words, tone }) =>
            [words, tone]));

        if (said === this.said) {
            return;
        }
        this.said = said;
        fill(this.node, parts.map(({ words, tone, button, run }) =>
            el('p', { class: `line-part ${tone}` },
                el('span', {}, words), button ? el('button',
                    { type: 'button', onclick: run }, button) : null)));
    }

    sayPicture(target) {
        const words = explainNoPicture(agedTarget(target));

        return words && { words, tone: describeSignal(target).tone };
    }

    sayKeys(target) {
        const words = this.mayOperate && explainNoKeys(target);

        return words && { words, tone: describeUsb(target).tone };
    }

    sayTurn(target) {
        const [asker] = target.askers ?? [];

        if (!this.mayOperate) {
            return null;
        }
        if (target.you_operate && asker) {
            return { tone: 'warn',
                words: say('console.asked-by', { user: asker.user }),
                button: say('console.give', { user: asker.user }),
                run: () => this.actions.give(asker.session) };
        }
        if (target.operator && asksFor(target, this.user)) {
            return { tone: 'plain', words: say('console.asking',
                { user: target.operator.user }) };
        }
        if (!target.you_operate && target.operator) {
            return { tone: 'plain',
                words: say('console.others-turn',
                    { user: target.operator.user }),
                button: say('console.ask'), run: () => this.actions.ask() };
        }
        return null;
    }
}
