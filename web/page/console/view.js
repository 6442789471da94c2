// SPDX-License-Identifier: GPL-2.0-or-later
//
// The console: one machine's picture, as large as it goes, its tools, and a
// panel beside it.

import { targetPath } from '../api.js';
import { describeOperator, describeSignal, hasRole } from '../describe.js';
import { el, fill } from '../dom.js';
import { formatFileName } from '../format.js';
import { say } from '../words.js';
import { Capture } from './capture.js';
import { chordName } from './chords.js';
import { Cover, Line } from './cover.js';
import { Link } from './link.js';
import { Monitor } from './monitor.js';
import { Figures } from './panel-figures.js';
import { createKeyboardPanel } from './panel-keyboard.js';
import { createKeysPanel } from './panel-keys.js';
import { createMousePanel } from './panel-mouse.js';
import { PastePanel } from './panel-paste.js';
import { PeoplePanel } from './panel-people.js';
import { createPicturePanel } from './panel-picture.js';
import { Panels } from './panels.js';
import { Screen } from './screen.js';
import { createSoftKeyboard } from './soft.js';
import { createTool, Toolbar } from './toolbar.js';

const AGES_MS = 10000;

class Console {
    constructor(app, root, name) {
        Object.assign(this, { app, root, name });
        this.target = app.live.targets.get(name) ?? null;
        this.role = this.target?.role ?? app.session.role;
        this.mayOperate = hasRole(this.role, 'operator');
        this.stop = new AbortController();
        this.makeParts();
        this.makePanels();
        this.makeTools();
        this.build();
        this.listen();
    }

    makeParts() {
        this.host = el('div', { class: 'screen', id: 'screen' });
        this.screen = new Screen(this.host, { name: this.name,
            mayOperate: this.mayOperate, settings: this.app.settings,
            handlers: {
                opened: () => this.link.opened(),
                closed: (close) => this.link.closed(close),
                focused: (focused) => this.focusChanged(focused),
            } });
        this.link = new Link({ open: () => this.screen.open(),
            ask: () => this.askWhetherHere(),
            changed: (state) => this.linkChanged(state) });
        this.cover = new Cover(this.name, this.link);
        this.line = new Line(this.app.session.user, this.mayOperate, {
            ask: () => this.people.act('ask'),
            give: (session) => this.people.act('give', session) });
        this.panels = new Panels(() => this.dock());
        this.toolbar = new Toolbar(this.name, this.app.settings,
            () => this.panels.open !== null || !this.screen.connected);
        this.capture = new Capture(this.app, this.name, this.screen,
            () => this.captureChanged());
        this.soft = createSoftKeyboard(this.screen);
    }

    makePanels() {
        const { app, name, screen } = this;
        const getTarget = () => this.target;

        this.people = new PeoplePanel(app, name,
            { mayOperate: this.mayOperate, getTarget });
        this.figures = new Figures(app, name, screen, () =>
            this.updatePlace());
        this.keys = createKeysPanel(app, name, (chord) =>
            this.sendChord(chord));
        this.keyboard = createKeyboardPanel(screen);
        this.paste = new PastePanel(app, name);
        this.mouse = createMousePanel(app, this.capture, () =>
            this.applyPointer());
        this.picture = createPicturePanel(app, screen, {
            mayOperate: this.mayOperate,
            setLookOnly: (on) => screen.setLookOnly(on),
            pin: (on) => this.setPinned(on),
            monitor: hasRole(this.role, 'admin') ? new Monitor(app, name)
                : null });
    }

    // [id, icon, least role, panel or action]
    makeTools() {
        const tools = [
            ['cad', 'keys', 'operator', () => this.sendChord('ctrl-alt-del')],
            ['keys', 'down', 'operator', this.keys],
            ['keyboard', 'keyboard', 'operator', this.keyboard],
            ['soft', 'type', 'operator', () => this.soft.focus()],
            ['paste', 'paste', 'operator', this.paste],
            ['mouse', 'mouse', 'operator', this.mouse],
            ['picture', 'picture', 'viewer', this.picture],
            ['screenshot', 'camera', 'viewer', () => this.saveScreenshot()],
            ['fullscreen', 'full', 'viewer', () => this.toggleFullScreen()],
            ['people', 'people', 'viewer', this.people],
            ['figures', 'figures', 'viewer', this.figures],
        ];

        // Some phones have no full screen.
        this.toolbar.tools.append(...tools.filter(([id, , needed]) =>
            hasRole(this.role, needed) &&
            (id !== 'fullscreen' || document.fullscreenEnabled)).map(([id, label, , use]) => {
            const isPanel = typeof use !== 'function';
            const tool = createTool({ id, label, words: say(`tool.${id}`),
                panel: isPanel, onclick: () => (isPanel
                    ? this.panels.toggle(tool, use) : use()) });

            return tool;
        }));
    }

    build() {
        this.node = el('main', { class: 'console', id: 'content' },
            el('a', { class: 'skip', href: '#screen', onclick: (event) => {
                event.preventDefault();
                this.screen.focus();
            } }, say('app.skip-screen')),
            this.toolbar.node, this.toolbar.handle,
            el('div', { class: 'stage' }, this.screen.ghost, this.host,
                this.cover.node, el('div', { class: 'low' },
                    this.app.notices.node, this.line.node), this.soft),
            this.panels.node);
        fill(this.root, this.node);
        document.title = say('console.title', { name: this.name });
        this.applyPointer();
        this.setPinned(this.app.settings.get('pinned'));
    }

    listen() {
        const options = { signal: this.stop.signal };

        this.app.live.addEventListener('targets', () => this.update(),
            options);
        this.app.live.addEventListener('session', () => {
            if (this.panels.open?.panel === this.people) {
                this.people.refresh();
            }
        }, options);
        // Before noVNC sees it: the way out of the machine's keyboard.
        addEventListener('keydown', (event) => {
            if (event.ctrlKey && event.altKey && event.code === 'Home') {
                event.preventDefault();
                event.stopImmediatePropagation();
                this.screen.releaseAll();
                this.toolbar.reveal(true);
            }
        }, { ...options, capture: true });
        document.addEventListener('fullscreenchange', () =>
            this.fullScreenChanged(), options);
        this.ages = setInterval(() => this.update(), AGES_MS);
    }

    begin() {
        this.figures.begin();
        this.update();
        this.link.begin();
    }

    // ---- what happens ----

    async askWhetherHere() {
        try {
            const session = await this.app.api.session();

            if (!session.logged_in) {
                this.app.signedOut();
                return 'no';
            }
            await this.app.live.refreshOne(this.name);
            return 'yes';
        } catch (error) {
            if (error.status === 404 || error.status === 403) {
                this.link.end(say('console.gone', { name: this.name }));
                return 'no';
            }
            return 'unreachable';
        }
    }

    linkChanged(state) {
        this.cover.show(state);
        this.toolbar.reveal();
        if (state.phase === 'connected') {
            if (state.again) {
                this.app.notify(say('console.back-again'));
            } else {
                this.app.notices.whisper(say('console.connected',
                    { name: this.name }));
            }
            this.toolbar.plan();
            if (this.mayOperate && !this.panels.open) {
                this.screen.focus();
            }
            this.figures.measure();
        }
        this.update();
    }

    focusChanged(focused) {
        const { settings } = this.app;

        this.node.classList.toggle('typing', focused && this.mayOperate);
        if (focused) {
            this.toolbar.plan();
        }
        if (focused && this.mayOperate && !settings.get('toldWayOut') &&
            matchMedia('(pointer: fine)').matches) {
            settings.set('toldWayOut', true);
            this.app.notify(say('console.way-out', { name: this.name }));
        }
    }

    captureChanged() {
        this.node.classList.toggle('caught', this.capture.caught);
    }

    update() {
        const target = this.app.live.targets.get(this.name);

        if (!target) {
            return;
        }
        this.target = target;
        this.line.update(target);
        this.updatePlace();
        if (this.panels.open?.panel === this.people) {
            this.people.update();
        }
    }

    // Beside the name: what the picture is, who operates, how fast it is.
    updatePlace() {
        const { target } = this;

        if (!target) {
            return;
        }
        this.toolbar.setPlace(describeSignal(target).text, {
            people: describeOperator(target).text,
            figures: this.screen.connected ? this.figures.short : '' });
    }

    // ---- what is done ----

    async sendChord(chord) {
        try {
            await this.app.api.post(targetPath(this.name, 'keys'),
                { keys: chord });
            this.app.notify(say('tool.sent', { keys: chordName(chord) }));
        } catch (error) {
            this.app.notify(error.message, 'bad');
        }
    }

    async saveScreenshot() {
        try {
            const blob = await this.app.api.getBlob(
                `${targetPath(this.name, 'snapshot')}?format=png`);
            const file = formatFileName(this.name, new Date(), 'png');
            const url = URL.createObjectURL(blob);

            el('a', { href: url, download: file }).click();
            setTimeout(() => URL.revokeObjectURL(url), 10000);
            this.app.notify(say('tool.screenshot-taken', { file }));
        } catch (error) {
            this.app.notify(error.message, 'bad');
        }
    }

    async toggleFullScreen() {
        if (document.fullscreenElement) {
            await document.exitFullscreen();
            return;
        }
        try {
            await this.node.requestFullscreen();
            // Where the browser has it: Esc, Alt-Tab and the like go through.
            await navigator.keyboard?.lock?.();
            this.screen.focus();
        } catch (error) {
            this.app.notify(error.message, 'warn');
        }
    }

    fullScreenChanged() {
        const full = document.fullscreenElement === this.node;
        const words = say(full ? 'tool.fullscreen-end' : 'tool.fullscreen');
        const tool = this.toolbar.tools.querySelector('.tool-fullscreen');

        tool.title = words;
        tool.querySelector('.tool-words').textContent = words;
        if (!full) {
            navigator.keyboard?.unlock?.();
        }
    }

    applyPointer() {
        this.host.dataset.pointer = this.app.settings.get('pointer');
    }

    setPinned(on) {
        this.app.settings.set('pinned', on);
        this.dock();
    }

    // Beside an open panel the tools stay, and cover nothing.
    dock() {
        this.node?.classList.toggle('docked', this.panels.open !== null ||
            this.app.settings.get('pinned'));
        this.toolbar.plan();
    }

    end() {
        clearInterval(this.ages);
        this.link.stop();
        this.stop.abort();
        this.panels.close();
        this.figures.end();
        this.capture.end();
        this.cover.end();
        this.toolbar.end();
        this.screen.close();
        this.app.notices.clear();
        document.body.append(this.app.notices.node);
    }
}

export function showConsole(app, root, name) {
    let view = null;
    let over = false;

    const show = () => {
        view = new Console(app, root, name);
        view.begin();
    };

    // The role on this target decides what is there. Whoever comes from the
    // list of machines knows it; else it is read first.
    const begin = async () => {
        try {
            await app.live.refreshOne(name);
        } catch (error) {
            if (!over) {
                fill(root, el('main', { class: 'gate', id: 'content' },
                    el('h1', {}, name),
                    el('p', {}, error.status === 404 || error.status === 403
                        ? say('console.gone', { name }) : error.message),
                    el('p', {}, el('a', { href: '#/' },
                        say('app.to-machines')))));
            }
            return;
        }
        if (!over) {
            show();
        }
    };

    if (app.live.targets.has(name)) {
        show();
    } else {
        begin();
    }
    return () => {
        over = true;
        view?.end();
    };
}
