// SPDX-License-Identifier: GPL-2.0-or-later
//
// The daemon's interface over HTTP. An answer that is no success becomes an
// ApiError with the daemon's own words; status 0: it did not answer at all.

import { say } from './words.js';

export class ApiError extends Error {
    constructor(status, details, fallback) {
        super(details?.error ?? fallback);
        this.name = 'ApiError';
        this.status = status;
        this.details = details ?? {};
    }
}

const UNSAFE = new Set(['POST', 'PUT', 'DELETE', 'PATCH']);

async function readDetails(response) {
    try {
        return await response.json();
    } catch {
        return null; // not JSON: from something between us and the daemon
    }
}

export class Api {
    // `signedOut` is called when the daemon no longer knows us.
    constructor({ fetch = globalThis.fetch.bind(globalThis),
        signedOut = () => {} } = {}) {
        this.fetch = fetch;
        this.signedOut = signedOut;
        this.csrf = null;
    }

    headers(method, body) {
        const headers = { Accept: 'application/json' };

        if (body !== undefined) {
            headers['Content-Type'] = 'application/json';
        }
        if (UNSAFE.has(method) && this.csrf) {
            headers['X-CSRF-Token'] = this.csrf;
        }
        return headers;
    }

    async send(method, path, body, signal) {
        let response;

        try {
            response = await this.fetch(path, {
                method,
                headers: this.headers(method, body),
                body: body === undefined ? undefined : JSON.stringify(body),
                credentials: 'same-origin',
                cache: 'no-store',
                redirect: 'error',
                signal,
            });
        } catch (error) {
            if (error.name === 'AbortError') {
                throw error;
            }
            throw new ApiError(0, null, say('error.unreachable'));
        }
        if (response.ok) {
            return response;
        }
        const details = await readDetails(response);

        if (response.status === 401 && this.csrf) {
            this.csrf = null;
            this.signedOut();
        }
        throw new ApiError(response.status, details,
            say('error.status', { status: response.status }));
    }

    // The answer's JSON; null for 204.
    async call(method, path, body, signal) {
        const response = await this.send(method, path, body, signal);

        return response.status === 204 ? null : readDetails(response);
    }

    get(path, signal) {
        return this.call('GET', path, undefined, signal);
    }

    post(path, body = {}) {
        return this.call('POST', path, body);
    }

    put(path, body) {
        return this.call('PUT', path, body);
    }

    delete(path) {
        return this.call('DELETE', path);
    }

    async getBlob(path, signal) {
        return (await this.send('GET', path, undefined, signal)).blob();
    }

    // ---- who we are ----

    async session() {
        const session = await this.get('/api/session');

        this.csrf = session.csrf ?? null;
        return session;
    }

    async login(user, password) {
        const session = await this.post('/api/login', { user, password });

        this.csrf = session.csrf;
        return session;
    }

    async logout() {
        await this.post('/api/logout');
        this.csrf = null;
    }
}

// The address of a part of a target: targetPath('rack1', 'keys').
export function targetPath(name, part) {
    const path = `/api/targets/${encodeURIComponent(name)}`;

    return part ? `${path}/${part}` : path;
}

// A list, whether it stands by itself or as the one list of an object.
export function listOf(answer) {
    if (Array.isArray(answer)) {
        return answer;
    }
    return Object.values(answer ?? {}).find(Array.isArray) ?? [];
}
