// SPDX-License-Identifier: GPL-2.0-or-later
//
// Chords as the daemon takes them, and as people read them. Pure.

export const MODIFIER_NAMES = ['ctrl', 'alt', 'shift', 'win'];

// What browsers and desktops keep for themselves, above all.
export const CHORDS = ['ctrl-alt-del', 'alt-tab', 'alt-f4', 'win', 'win-r',
    'win-l', 'ctrl-shift-esc', 'ctrl-w', 'ctrl-t', 'ctrl-n', 'printscreen', 'pause',
    'scrolllock'];

const NAMES = {
    ctrl: 'Ctrl', alt: 'Alt', shift: 'Shift', win: 'Super', del: 'Del',
    esc: 'Esc', tab: 'Tab', printscreen: 'Print', pause: 'Pause',
    scrolllock: 'Scroll Lock',
};

// "ctrl-alt-del" -> "Ctrl-Alt-Del"
export function chordName(chord) {
    return chord.split('-').map((part) => NAMES[part] ?? part.toUpperCase())
        .join('-');
}
