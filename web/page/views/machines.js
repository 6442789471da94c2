// SPDX-License-Identifier: GPL-2.0-or-later
//
// All machines that this user may see, each with its picture. A picture is
// fetched again a while after the last one came, and only while it is seen.

import { targetPath } from '../api.js';
import { describeOperator, describeSignal, describeUsb, describeViewers,
    explainNoPicture } from '../describe.js';
import { el, fill, setText } from '../dom.js';
import { agedTarget } from '../live.js';
import { formatRoute } from '../routes.js';
import { say } from '../words.js';

const REFRESH_MS = 5000;
const AGE_MS = 10000;

class Thumbnail {
    constructor(app, name) {
        this.app = app;
        this.name = name;
        this.seen = false;
        this.picture = false; // is there one to fetch?
        this.timer = null;
        this.cancel = null;
        this.image = el('img', { alt: say('machines.picture-of', { name }),
            hidden: true, draggable: 'false' });
        this.words = el('p', { class: 'thumb-words' });
        this.node = el('div', { class: 'thumb' }, this.image, this.words);
    }

    setPicture(picture, words) {
        setText(this.words, words ?? '');
        if (!picture) {
            this.image.hidden = true;
        }
        if (this.picture !== picture) {
            this.picture = picture;
            this.plan(0);
        }
    }

    setSeen(seen) {
        if (this.seen !== seen) {
            this.seen = seen;
            this.plan(0);
        }
    }

    plan(after) {
        clearTimeout(this.timer);
        if (this.seen && this.picture && !document.hidden) {
            this.timer = setTimeout(() => this.fetch(), after);
        }
    }

    async fetch() {
        const width = Math.min(1920, Math.ceil(this.node.clientWidth *
            Math.min(devicePixelRatio, 2) / 160) * 160);

        this.cancel?.abort();
        this.cancel = new AbortController();
        try {
            const blob = await this.app.api.getBlob(
                `${targetPath(this.name, 'snapshot')}?format=jpeg` +
                `&width=${width}`, this.cancel.signal);

            await this.show(blob);
        } catch {
            // The words below it say why; the next try comes.
        }
        this.plan(REFRESH_MS);
    }

    async show(blob) {
        const url = URL.createObjectURL(blob);

        this.image.src = url;
        try {
            await this.image.decode();
            this.image.hidden = !this.picture;
        } finally {
            URL.revokeObjectURL(url);
        }
    }

    end() {
        clearTimeout(this.timer);
        this.cancel?.abort();
        this.seen = false;
    }
}

function lamp({ tone, text }) {
    return el('li', { class: `lamp ${tone}` }, text);
}

class Card {
    constructor(app, name) {
        this.thumbnail = new Thumbnail(app, name);
        this.lamps = el('ul', { class: 'lamps' });
        this.said = '';
        this.node = el('li', { class: 'card' },
            el('div', { class: 'plate' },
                el('h2', { class: 'machine' }, el('a', {
                    href: formatRoute({ place: 'console', target: name }) },
                name)), this.lamps),
            this.thumbnail.node);
    }

    update(target) {
        const lamps = [describeSignal(target), describeUsb(target),
            describeOperator(target),
            { tone: 'off', text: describeViewers(target) }];
        const said = JSON.stringify(lamps);

        this.thumbnail.setPicture(lamps[0].picture, lamps[0].picture ? ''
            : explainNoPicture(agedTarget(target)));
        if (said !== this.said) {
            this.said = said;
            fill(this.lamps, lamps.map(lamp));
        }
    }
}

class Grid {
    constructor(app, main) {
        this.app = app;
        this.cards = new Map();
        this.count = el('p', { class: 'count' });
        this.list = el('ul', { class: 'grid' });
        this.empty = el('div', { class: 'empty', hidden: true },
            el('h2', {}, say('machines.none')),
            el('p', {}, say('machines.none-lead')));
        this.watcher = new IntersectionObserver((entries) => {
            for (const { target, isIntersecting } of entries) {
                this.cards.get(target.dataset.name)?.thumbnail.setSeen(
                    isIntersecting);
            }
        }, { rootMargin: '100px' });
        fill(main, el('div', { class: 'heading' },
            el('h1', {}, say('machines.title')), this.count),
        this.list, this.empty);
    }

    add(name) {
        const card = new Card(this.app, name);

        card.node.dataset.name = name;
        this.cards.set(name, card);
        this.list.append(card.node);
        this.watcher.observe(card.node);
        return card;
    }

    remove(name, card) {
        card.thumbnail.end();
        this.watcher.unobserve(card.node);
        card.node.remove();
        this.cards.delete(name);
    }

    update() {
        const { targets, known } = this.app.live;

        for (const [name, card] of this.cards) {
            if (!targets.has(name)) {
                this.remove(name, card);
            }
        }
        for (const [name, target] of targets) {
            (this.cards.get(name) ?? this.add(name)).update(target);
        }
        this.list.classList.toggle('alone', targets.size === 1);
        this.empty.hidden = !known || targets.size > 0;
        setText(this.count, targets.size === 1 ? say('machines.count-one')
            : say('machines.count', { n: targets.size }));
        this.count.hidden = targets.size === 0;
    }

    wake() {
        this.cards.forEach((card) => card.thumbnail.plan(0));
    }

    end() {
        this.watcher.disconnect();
        this.cards.forEach((card) => card.thumbnail.end());
    }
}

export function showMachines(app, main) {
    const grid = new Grid(app, main);
    const update = () => grid.update();
    const wake = () => grid.wake();
    const ages = setInterval(update, AGE_MS);

    app.live.addEventListener('targets', update);
    document.addEventListener('visibilitychange', wake);
    update();
    return () => {
        clearInterval(ages);
        app.live.removeEventListener('targets', update);
        document.removeEventListener('visibilitychange', wake);
        grid.end();
    };
}
