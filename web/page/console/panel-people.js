// SPDX-License-Identifier: GPL-2.0-or-later
//
// Who is here, who has the keyboard, and how it changes hands.

import { listOf, targetPath } from '../api.js';
import { asksFor } from '../describe.js';
import { el, fill, setText } from '../dom.js';
import { formatDuration } from '../format.js';
import { say, sayKind } from '../words.js';

const REFRESH_MS = 5000;

export class PeoplePanel {
    constructor(app, name, { mayOperate, getTarget }) {
        Object.assign(this, { app, name, mayOperate, getTarget });
        this.title = say('people.title');
        this.shown = false;
        this.timer = null;
        this.sessions = [];
        this.policy = null;
        this.state = el('p', { class: 'lead', role: 'status' });
        this.list = el('ul', { class: 'people' });
        this.actions = el('div', { class: 'actions start' });
        this.hint = el('p', { class: 'hint' });
        this.node = el('div', {}, this.state, this.list, this.actions,
            this.hint);
    }

    opened() {
        this.shown = true;
        this.update();
        this.refresh();
    }

    closed() {
        this.shown = false;
        clearTimeout(this.timer);
    }

    async refresh() {
        clearTimeout(this.timer);
        if (!this.shown) {
            return;
        }
        const [control, sessions] = await Promise.allSettled([
            this.app.api.get(targetPath(this.name, 'control')),
            this.app.api.get('/api/sessions'),
        ]);

        if (!this.shown) {
            return; // closed meanwhile
        }
        this.policy = control.value?.policy ?? this.policy;
        if (sessions.value) {
            this.sessions = listOf(sessions.value).filter((session) =>
                session.target === this.name);
        }
        this.update();
        this.timer = setTimeout(() => this.refresh(), REFRESH_MS);
    }

    async act(action, session) {
        try {
            await this.app.api.post(targetPath(this.name, 'control'),
                session === undefined ? { action } : { action, session });
            await this.app.live.refreshOne(this.name);
        } catch (error) {
            this.app.notify(error.message, 'bad');
        }
        this.refresh();
    }

    // What one has to do to type: nothing, take it, or ask.
    update() {
        const target = this.getTarget();

        if (!target) {
            return;
        }
        setText(this.state, this.sayState(target));
        fill(this.list, this.listPeople(target));
        fill(this.actions, this.listActions(target));
        setText(this.hint, this.mayOperate && this.policy
            ? sayKind('people.policy-', this.policy, 'people.policy-ask')
            : '');
    }

    sayState(target) {
        if (target.you_operate) {
            return say('people.have');
        }
        if (target.operator) {
            return say('people.has', { user: target.operator.user });
        }
        return say('people.free');
    }

    listPeople(target) {
        const asking = new Set((target.askers ?? []).map(
            ({ session }) => session));
        const people = this.sessions.length > 0
            ? this.sessions.map((session) => ({ session: session.id,
                user: session.user, since_s: session.since_s }))
            : [target.operator, ...(target.askers ?? [])].filter(Boolean);

        return people.map(({ session, user, since_s }) => {
            const marks = [
                user === this.app.session.user ? say('people.you-mark') : '',
                session === target.operator?.session
                    ? say('people.operates') : '',
                asking.has(session) ? say('people.asks') : '',
                Number.isFinite(since_s) ? say('people.since',
                    { time: formatDuration(since_s) }) : '',
            ].filter(Boolean);

            return el('li', {}, el('strong', {}, user), ' ',
                el('span', {}, marks.join(' · ')));
        });
    }

    listActions(target) {
        const button = (words, action, session) => el('button', {
            type: 'button', onclick: () => this.act(action, session) },
        words);

        if (!this.mayOperate) {
            return [el('p', { class: 'hint' }, say('people.may-not'))];
        }
        if (target.operator && asksFor(target, this.app.session.user)) {
            return [el('p', { class: 'hint' }, say('console.asking',
                { user: target.operator.user }))];
        }
        if (!target.you_operate) {
            return [button(say(target.operator ? 'people.ask'
                : 'people.take'), 'ask')];
        }
        return [...(target.askers ?? []).map(({ session, user }) =>
            button(say('people.give', { user }), 'give', session)),
        button(say('people.release'), 'release')];
    }
}
