// SPDX-License-Identifier: GPL-2.0-or-later
//
// How the picture is sent and shown.

import { check, choice, el, fill } from '../dom.js';
import { say } from '../words.js';

const QUALITIES = [9, 6, 2];

// `monitor`: what an admin may choose besides; or null.
export function createPicturePanel(app, screen, { mayOperate, setLookOnly,
    pin, monitor }) {
    const node = el('div', {});
    const touch = matchMedia('(pointer: coarse)').matches;
    const fillIn = () => fill(node,
        choice(say('picture.scaling'), [
            ['fit', say('picture.fit')], ['one', say('picture.one')],
        ], app.settings.get('scaling'), (scaling) => {
            screen.setScaling(scaling);
            fillIn();
        }),
        touch && app.settings.get('scaling') === 'one'
            ? check(say('picture.drag'), screen.dragging, (on) =>
                screen.setDragging(on)) : null,
        choice(say('picture.quality'), QUALITIES.map((quality) =>
            [quality, say(`picture.quality-${quality}`)]),
        app.settings.get('quality'), (quality) =>
            screen.setQuality(quality)),
        el('p', { class: 'hint' }, say('picture.quality-hint')),
        mayOperate ? check(say('picture.look-only'), screen.lookOnly,
            setLookOnly) : null,
        check(say('console.pin'), app.settings.get('pinned'), pin),
        monitor?.node);

    return { title: say('picture.title'), node, opened: () => {
        fillIn();
        monitor?.load();
    } };
}
