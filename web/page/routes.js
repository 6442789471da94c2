// SPDX-License-Identifier: GPL-2.0-or-later
//
// Places within the page, kept behind the # of its address. Pure.

const PLACES = new Set(['machines', 'sessions', 'audit', 'users', 'tokens']);

function decode(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return null;
    }
}

// "#/targets/rack1" -> { place: 'console', target: 'rack1' }
export function parseRoute(hash) {
    const parts = hash.replace(/^#?\/?/, '').split('/');

    if (parts.length === 1 && parts[0] === '') {
        return { place: 'machines' };
    }
    if (parts.length === 2 && parts[0] === 'targets' && parts[1]) {
        const target = decode(parts[1]);

        return target ? { place: 'console', target } : { place: 'nowhere' };
    }
    if (parts.length === 1 && PLACES.has(parts[0])) {
        return { place: parts[0] };
    }
    return { place: 'nowhere' };
}

export function formatRoute({ place, target }) {
    if (place === 'console') {
        return `#/targets/${encodeURIComponent(target)}`;
    }
    return place === 'machines' ? '#/' : `#/${place}`;
}
