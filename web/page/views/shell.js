// SPDX-License-Identifier: GPL-2.0-or-later
//
// What stands round all views but the console: the bar with the places that
// this user may see, and the content.

import { describeRole, hasRole } from '../describe.js';
import { el, fill, icon } from '../dom.js';
import { createMenu } from '../menu.js';
import { formatRoute } from '../routes.js';
import { say } from '../words.js';

// [place, least role]
const PLACES = [
    ['machines', 'viewer'],
    ['sessions', 'viewer'],
    ['audit', 'admin'],
    ['users', 'admin'],
    ['tokens', 'admin'],
];

const THEMES = ['auto', 'light', 'dark'];

export function createMark(...more) {
    return el('span', { class: 'mark' }, el('span', { class: 'mark-sign',
        'aria-hidden': 'true' }), say('app.name'), more);
}

function createThemes(app) {
    const buttons = THEMES.map((theme) => el('button', {
        type: 'button', class: 'quiet',
        onclick: () => {
            app.setTheme(theme);
            mark();
        } }, say(`account.theme-${theme}`)));
    const mark = () => buttons.forEach((button, i) =>
        button.setAttribute('aria-pressed',
            String(THEMES[i] === app.settings.get('theme'))));

    mark();
    return el('div', { class: 'segments', role: 'group',
        'aria-label': say('account.theme') }, buttons);
}

export function createAccount(app) {
    const { user, role, version } = app.session;

    return createMenu({
        label: say('account.label', { user }),
        face: [icon('user'), el('span', { class: 'wide-only' }, user)],
        content: [
            el('p', { class: 'who' }, say('account.who',
                { user, role: describeRole(role) })),
            el('p', { class: 'menu-label' }, say('account.theme')),
            createThemes(app),
            el('button', { type: 'button', class: 'quiet block',
                onclick: () => app.logout() }, say('account.logout')),
            el('p', { class: 'fine' }, say('app.version', { version })),
        ],
    });
}

function createNavigation(app, here) {
    const { role } = app.session;
    const places = PLACES.filter(([, needed]) => hasRole(role, needed));

    return el('nav', { 'aria-label': say('nav.label') },
        places.map(([place]) => el('a', {
            href: formatRoute({ place }),
            'aria-current': place === here ? 'page' : null,
        }, say(`nav.${place}`))));
}

function showNowhere(app, main) {
    fill(main, el('h1', {}, say('app.nothing-here')),
        el('p', {}, el('a', { href: '#/' }, say('app.to-machines'))));
}

// The main element gets the focus when the place changes, for screen readers.
export function createShell(app, root, place, show = showNowhere) {
    const main = el('main', { id: 'content', tabindex: '-1' });
    const licences = document.querySelector('link[rel=license]')?.href;
    const account = createAccount(app);

    fill(root,
        el('a', { class: 'skip', href: '#content', onclick: (event) => {
            event.preventDefault();
            main.focus();
        } }, say('app.skip')),
        el('header', { class: 'bar' },
            el('a', { class: 'home', href: '#/' }, createMark()),
            createNavigation(app, place), account.node),
        main,
        el('footer', { class: 'fine' }, licences
            ? el('a', { href: licences, target: '_blank', rel: 'noopener' },
                say('app.licences')) : null));
    if (place !== 'machines' && place in { sessions: 1, audit: 1, users: 1,
        tokens: 1 }) {
        document.title = `${say(`nav.${place}`)} – ${say('app.name')}`;
    }
    const leave = show(app, main);

    // On a narrow screen the bar can be longer than that is wide.
    root.querySelector('nav [aria-current]')?.scrollIntoView({
        block: 'nearest', inline: 'nearest' });
    main.focus({ preventScroll: true });
    return () => {
        account.close();
        leave?.();
    };
}
