// SPDX-License-Identifier: GPL-2.0-or-later
//
// The state of a target in words. Pure.

import { formatDuration } from './format.js';
import { say, sayKind } from './words.js';

const NO_KEYS = new Set(['sleeping', 'off', 'absent']);
const RANKS = { none: 0, viewer: 1, operator: 2, admin: 3 };

export function hasRole(role, needed) {
    return (RANKS[role] ?? 0) >= RANKS[needed];
}

function formatHz(hz) {
    return String(Number(Number(hz).toFixed(2)));
}

// What the picture is, or why there is none. `tone`: ok, warn or bad.
export function describeSignal(target) {
    const signal = target.signal ?? {};

    if (target.served === false) {
        return { tone: 'bad', text: say('signal.not-served'),
            detail: signal.detail ?? target.detail ?? '', picture: false };
    }
    if (signal.state === 'ok') {
        return { tone: 'ok', picture: true, detail: signal.format ?? '',
            text: say('signal.ok', { width: signal.width,
                height: signal.height, hz: formatHz(signal.refresh_hz) }) };
    }
    return {
        tone: signal.state === 'no-device' ? 'bad' : 'warn',
        picture: false,
        text: sayKind('signal.', signal.state, 'signal.other',
            { state: signal.text ?? signal.state }),
        detail: signal.detail ?? '',
    };
}

export function describeUsb(target) {
    if (!target.usb) {
        return { tone: 'off', text: say('usb.none') };
    }
    const { state, text } = target.usb;

    return {
        tone: { ready: 'ok', sleeping: 'warn', none: 'off' }[state] ?? 'bad',
        text: sayKind('usb.', state, 'usb.other', { state: text ?? state }),
    };
}

// One sentence about keys that do not arrive; null: they do, or nobody knows
// better.
export function explainNoKeys(target) {
    const { state } = target.usb ?? {};

    return NO_KEYS.has(state) ? say(`usb.lost-${state}`) : null;
}

export function describeOperator(target) {
    if (target.you_operate) {
        return { tone: 'ok', text: say('people.you') };
    }
    if (target.operator) {
        return { tone: 'note',
            text: say('people.other', { user: target.operator.user }) };
    }
    return { tone: 'off', text: say('people.nobody') };
}

// Does this user wait for the keyboard?
export function asksFor(target, user) {
    return (target.askers ?? []).some((asker) => asker.user === user);
}

export function describeViewers(target) {
    const n = target.viewers ?? 0;

    return n === 1 ? say('people.viewers-one') : say('people.viewers', { n });
}

// One sentence about the picture that is not there, with its age.
export function explainNoPicture(target) {
    const { text, picture } = describeSignal(target);

    if (picture) {
        return null;
    }
    const since = target.signal?.since_s;

    return Number.isFinite(since) && since > 0
        ? say('console.since', { text, time: formatDuration(since) }) : text;
}

export function describeRole(role) {
    return sayKind('role.', role, 'role.none');
}
