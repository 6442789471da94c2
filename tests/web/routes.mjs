// SPDX-License-Identifier: GPL-2.0-or-later
//
// What each route of the API asks for, written down a second time: the test of
// the tokens compares the daemon with this, and this with docs/openapi.json.

export const ROLES = ['none', 'viewer', 'operator', 'admin'];

const T = '/api/targets/{target}';

// Method, path, least role, where it is needed ("global": anywhere), body. They
// change nothing: what they name is not there, or they are not complete.
export const ROUTES = [
    ['GET', '/api/status', 'admin', 'everywhere'],
    ['GET', '/api/session', 'open', 'global'],
    ['POST', '/api/login', 'open', 'global', {}],
    ['POST', '/api/logout', 'viewer', 'global'],
    ['POST', '/api/setup', 'open', 'global', {}],
    ['GET', '/api/targets', 'viewer', 'global'],
    ['GET', T, 'viewer', 'target'],
    ['GET', `${T}/snapshot`, 'viewer', 'target'],
    ['POST', `${T}/keys`, 'operator', 'target', {}],
    ['POST', `${T}/text`, 'operator', 'target', {}],
    ['GET', `${T}/text`, 'viewer', 'target'],
    ['DELETE', `${T}/text`, 'operator', 'target'],
    ['GET', `${T}/layout`, 'viewer', 'target'],
    ['PUT', `${T}/layout`, 'operator', 'target', {}],
    ['GET', '/api/layouts', 'viewer', 'global'],
    ['GET', `${T}/macros`, 'viewer', 'target'],
    ['POST', `${T}/macros/{macro}`, 'operator', 'target', {}],
    ['PUT', '/api/macros/{macro}', 'admin', 'everywhere', {}],
    ['DELETE', '/api/macros/{macro}', 'admin', 'everywhere'],
    ['POST', `${T}/pointer`, 'operator', 'target', {}],
    ['GET', `${T}/control`, 'viewer', 'target'],
    ['POST', `${T}/control`, 'operator', 'target', {}],
    ['GET', `${T}/edid`, 'viewer', 'target'],
    ['PUT', `${T}/edid`, 'admin', 'target', {}],
    ['GET', '/api/sessions', 'viewer', 'global'],
    ['DELETE', '/api/sessions/{id}', 'viewer', 'global'],
    ['GET', '/api/users', 'admin', 'everywhere'],
    ['POST', '/api/users', 'admin', 'everywhere', {}],
    ['PUT', '/api/users/{user}', 'admin', 'everywhere', {}],
    ['DELETE', '/api/users/{user}', 'admin', 'everywhere'],
    ['GET', '/api/tokens', 'admin', 'everywhere'],
    ['POST', '/api/tokens', 'admin', 'everywhere', {}],
    ['DELETE', '/api/tokens/{token}', 'admin', 'everywhere'],
    ['GET', '/api/stats', 'viewer', 'global'],
    ['GET', '/api/audit', 'admin', 'everywhere'],
    ['POST', '/api/config/check', 'admin', 'everywhere', {}],
    ['GET', '/api/events', 'viewer', 'global'],
    ['GET', '/metrics', 'viewer', 'global'],
    ['GET', '/api/openapi.json', 'open', 'global'],
];

// A path with names of things that are not there, but for the target.
export function pathOf(pattern, target) {
    return pattern.replace('{target}', target).replace('{id}', '99999999')
        .replace(/\{\w+\}/, 'nothing-of-that-name');
}
