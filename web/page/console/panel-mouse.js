// SPDX-License-Identifier: GPL-2.0-or-later
//
// How the mouse reaches the machine, and what shows where it is meanwhile.

import { choice, el, fill } from '../dom.js';
import { say } from '../words.js';

const POINTERS = ['dot', 'cross', 'none'];

export function createMousePanel(app, capture, applyPointer) {
    const node = el('div', {});
    const fillIn = () => fill(node,
        choice(say('mouse.mode'), [
            ['absolute', say('mouse.absolute'), say('mouse.absolute-hint')],
            ['relative', say('mouse.relative'), say('mouse.relative-hint')],
        ], capture.wanted ? 'relative' : 'absolute',
        (mode) => capture.setWanted(mode === 'relative')),
        choice(say('mouse.pointer'), POINTERS.map((pointer) =>
            [pointer, say(`mouse.pointer-${pointer}`)]),
        app.settings.get('pointer'), (pointer) => {
            app.settings.set('pointer', pointer);
            applyPointer();
        }));

    return { title: say('mouse.title'), node, opened: fillIn };
}
