// SPDX-License-Identifier: GPL-2.0-or-later
//
// Keys as the protocol names them. Pure.

export const KEYSYMS = {
    BackSpace: 0xff08, Tab: 0xff09, Enter: 0xff0d, Escape: 0xff1b,
    Delete: 0xffff, Home: 0xff50, ArrowLeft: 0xff51, ArrowUp: 0xff52,
    ArrowRight: 0xff53, ArrowDown: 0xff54, PageUp: 0xff55, PageDown: 0xff56,
    End: 0xff57, Insert: 0xff63, ContextMenu: 0xff67, Pause: 0xff13,
    ScrollLock: 0xff14, PrintScreen: 0xff61, NumLock: 0xff7f,
    CapsLock: 0xffe5, ShiftLeft: 0xffe1, ShiftRight: 0xffe2,
    ControlLeft: 0xffe3, ControlRight: 0xffe4, AltLeft: 0xffe9,
    AltRight: 0xffea, MetaLeft: 0xffeb, MetaRight: 0xffec,
};

const FIRST_FUNCTION = 0xffbe; // F1
const UNICODE = 0x01000000;

export function functionKeysym(number) {
    return FIRST_FUNCTION + number - 1;
}

// Latin-1 is its own keysym; all else is named by its code point.
export function keysymOf(character) {
    const code = character.codePointAt(0);

    if (character === '\n' || character === '\r') {
        return KEYSYMS.Enter;
    }
    if (character === '\t') {
        return KEYSYMS.Tab;
    }
    const latin = (code >= 0x20 && code <= 0x7e) ||
        (code >= 0xa0 && code <= 0xff);

    return latin ? code : UNICODE + code;
}
