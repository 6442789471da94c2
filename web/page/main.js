// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where the page begins: who is here decides what is shown, then the address.

import { Api } from './api.js';
import { el, fill } from './dom.js';
import { Live } from './live.js';
import { Notices } from './notices.js';
import { Presence, SIGNS } from './presence.js';
import { formatRoute, parseRoute } from './routes.js';
import { Settings } from './settings.js';
import { showAudit } from './views/audit.js';
import { showLogin } from './views/login.js';
import { showMachines } from './views/machines.js';
import { showSessions } from './views/sessions.js';
import { showSetup } from './views/setup.js';
import { createShell } from './views/shell.js';
import { showTokens } from './views/tokens.js';
import { showUsers } from './views/users.js';
import { say } from './words.js';

// What needs the decoders is fetched beside the login, not before it.
const loadConsole = () => import('./console/view.js');

const VIEWS = {
    machines: showMachines,
    sessions: showSessions,
    audit: showAudit,
    users: showUsers,
    tokens: showTokens,
};

function readStorage() {
    try {
        return globalThis.localStorage;
    } catch {
        return null; // Settings takes that for an empty one
    }
}

class App {
    constructor() {
        this.api = new Api({ signedOut: () => this.signedOut() });
        this.live = new Live(this.api);
        this.settings = new Settings(readStorage());
        this.notices = new Notices();
        this.session = null;
        this.leave = null; // ends the view that is shown
        this.turn = 0;     // the newest show() wins
        this.ended = false; // the session did, not by our wish
        this.root = el('div', { id: 'root' });
        document.body.append(this.root, this.notices.node);
        this.setTheme(this.settings.get('theme'));
        addEventListener('hashchange', () => this.show());
        this.watchPresence();
    }

    watchPresence() {
        const presence = new Presence(() => this.tellPresence());

        for (const sign of SIGNS) {
            addEventListener(sign, () => presence.note(),
                { capture: true, passive: true });
        }
    }

    async tellPresence() {
        if (!this.session?.logged_in) {
            return;
        }
        try {
            const { logged_in: here } = await this.api.session();

            if (!here && this.session.logged_in) {
                this.signedOut();
            }
        } catch {
            // Whoever needs the daemon says that it does not answer.
        }
    }

    setTheme(theme) {
        this.settings.set('theme', theme);
        document.documentElement.dataset.theme = theme;
    }

    notify(text, tone) {
        this.notices.show(text, tone);
    }

    go(route) {
        const hash = formatRoute(route);

        if (location.hash === hash) {
            this.show();
        } else {
            location.hash = hash;
        }
    }

    async begin() {
        fill(this.root, el('p', { class: 'loading' }, say('app.loading')));
        try {
            this.enter(await this.api.session());
        } catch (error) {
            this.clear();
            fill(this.root, el('main', { class: 'gate' },
                el('h1', {}, say('app.name')),
                el('p', {}, error.message),
                el('button', { class: 'primary',
                    onclick: () => this.begin() }, say('app.retry'))));
        }
    }

    enter(session) {
        this.session = session;
        if (session.logged_in) {
            this.ended = false;
            this.live.start();
            loadConsole();
        }
        this.show();
    }

    signedOut() {
        this.ended = Boolean(this.session?.logged_in);
        this.leaveSession();
    }

    leaveSession() {
        this.live.stop();
        this.notices.clear();
        this.session = { ...this.session, logged_in: false, setup: false };
        this.show();
    }

    async logout() {
        try {
            await this.api.logout();
        } catch (error) {
            this.notify(error.message, 'bad');
            return;
        }
        this.leaveSession();
        this.go({ place: 'machines' });
    }

    clear() {
        this.leave?.();
        this.leave = null;
    }

    async show() {
        const turn = ++this.turn;

        if (!this.session) {
            return;
        }
        this.clear();
        document.title = say('app.name');
        if (!this.session.logged_in) {
            this.leave = (this.session.setup ? showSetup : showLogin)(
                this, this.root);
            return;
        }
        const route = parseRoute(location.hash);

        if (route.place === 'console') {
            const { showConsole } = await loadConsole();

            if (turn === this.turn) {
                this.leave = showConsole(this, this.root, route.target);
            }
            return;
        }
        this.leave = createShell(this, this.root, route.place,
            VIEWS[route.place]);
    }
}

new App().begin();
