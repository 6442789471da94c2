// SPDX-License-Identifier: GPL-2.0-or-later
//
// The keys of the on-screen keyboard, by their place on a US keyboard: the
// code as browsers name it, what is printed on it, its keysym and its width
// in units of one key. Pure.

import { functionKeysym, KEYSYMS, keysymOf } from './keysyms.js';

const WIDTHS = {
    Backspace: 2, Tab: 1.5, Backslash: 1.5, CapsLock: 1.75, Enter: 2.25,
    ShiftLeft: 2.25, ShiftRight: 2.75, ControlLeft: 1.25, MetaLeft: 1.25,
    AltLeft: 1.25, Space: 6.25, AltRight: 1.25, MetaRight: 1.25,
    ContextMenu: 1.25, ControlRight: 1.25,
};

const MODIFIERS = new Set(['ShiftLeft', 'ShiftRight', 'ControlLeft',
    'ControlRight', 'AltLeft', 'AltRight', 'MetaLeft', 'MetaRight']);

// [code, face, face with Shift]
const SYMBOLS = {
    Backquote: ['`', '~'], Minus: ['-', '_'], Equal: ['=', '+'],
    BracketLeft: ['[', '{'], BracketRight: [']', '}'],
    Backslash: ['\\', '|'], Semicolon: [';', ':'], Quote: ['\'', '"'],
    Comma: [',', '<'], Period: ['.', '>'], Slash: ['/', '?'],
    Digit1: ['1', '!'], Digit2: ['2', '@'], Digit3: ['3', '#'],
    Digit4: ['4', '$'], Digit5: ['5', '%'], Digit6: ['6', '^'],
    Digit7: ['7', '&'], Digit8: ['8', '*'], Digit9: ['9', '('],
    Digit0: ['0', ')'], Space: [' ', ' '],
};

// [face, what a screen reader says besides, keysym]
const NAMED = {
    Escape: ['Esc', 'Esc, Escape', KEYSYMS.Escape],
    Backspace: ['⌫', 'Backspace', KEYSYMS.BackSpace],
    Tab: ['Tab', 'Tab', KEYSYMS.Tab],
    CapsLock: ['Caps', 'Caps Lock', KEYSYMS.CapsLock],
    Enter: ['Enter', 'Enter', KEYSYMS.Enter],
    ShiftLeft: ['Shift', 'Shift, left', KEYSYMS.ShiftLeft],
    ShiftRight: ['Shift', 'Shift, right', KEYSYMS.ShiftRight],
    ControlLeft: ['Ctrl', 'Ctrl, left', KEYSYMS.ControlLeft],
    ControlRight: ['Ctrl', 'Ctrl, right', KEYSYMS.ControlRight],
    AltLeft: ['Alt', 'Alt, left', KEYSYMS.AltLeft],
    AltRight: ['AltGr', 'AltGr, right', KEYSYMS.AltRight],
    MetaLeft: ['Super', 'Super, left', KEYSYMS.MetaLeft],
    MetaRight: ['Super', 'Super, right', KEYSYMS.MetaRight],
    ContextMenu: ['Menu', 'Menu', KEYSYMS.ContextMenu],
    PrintScreen: ['PrtSc', 'PrtSc, Print Screen', KEYSYMS.PrintScreen],
    ScrollLock: ['ScrLk', 'ScrLk, Scroll Lock', KEYSYMS.ScrollLock],
    Pause: ['Pause', 'Pause', KEYSYMS.Pause],
    Insert: ['Ins', 'Ins, Insert', KEYSYMS.Insert],
    Delete: ['Del', 'Del, Delete', KEYSYMS.Delete],
    Home: ['Home', 'Home', KEYSYMS.Home],
    End: ['End', 'End', KEYSYMS.End],
    PageUp: ['PgUp', 'PgUp, Page Up', KEYSYMS.PageUp],
    PageDown: ['PgDn', 'PgDn, Page Down', KEYSYMS.PageDown],
    ArrowUp: ['↑', 'Up', KEYSYMS.ArrowUp],
    ArrowDown: ['↓', 'Down', KEYSYMS.ArrowDown],
    ArrowLeft: ['←', 'Left', KEYSYMS.ArrowLeft],
    ArrowRight: ['→', 'Right', KEYSYMS.ArrowRight],
};

const MAIN = [
    'Escape F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12',
    'Backquote Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 ' +
        'Digit9 Digit0 Minus Equal Backspace',
    'Tab KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft ' +
        'BracketRight Backslash',
    'CapsLock KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote ' +
        'Enter',
    'ShiftLeft KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ' +
        'ShiftRight',
    'ControlLeft MetaLeft AltLeft Space AltRight MetaRight ContextMenu ' +
        'ControlRight',
];

const SIDE = [
    'PrintScreen ScrollLock Pause',
    'Insert Home PageUp',
    'Delete End PageDown',
    '- - -',
    '- ArrowUp -',
    'ArrowLeft ArrowDown ArrowRight',
];

function describe(code) {
    const letter = /^Key([A-Z])$/.exec(code);
    const number = /^F(\d+)$/.exec(code);

    if (letter) {
        const face = letter[1].toLowerCase();

        return { face, shifted: letter[1], keysym: keysymOf(face) };
    }
    if (number) {
        return { face: code, keysym: functionKeysym(Number(number[1])) };
    }
    if (code in SYMBOLS) {
        const [face, shifted] = SYMBOLS[code];

        return { face, shifted, name: code === 'Space' ? 'Space' : undefined,
            keysym: keysymOf(face) };
    }
    const [face, name, keysym] = NAMED[code];

    return { face, name, keysym };
}

function makeKey(code) {
    if (code === '-') {
        return null; // a gap
    }
    return { code, width: WIDTHS[code] ?? 1, modifier: MODIFIERS.has(code),
        ...describe(code) };
}

const makeRows = (rows) => rows.map((row) => row.split(' ').map(makeKey));

export const MAIN_ROWS = makeRows(MAIN);
export const SIDE_ROWS = makeRows(SIDE);
