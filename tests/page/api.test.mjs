// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the page asks the daemon, and what it makes of the answers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api, ApiError, listOf, targetPath } from '../../web/page/api.js';

// An Api whose daemon gives these answers: [status, body] or an error.
function talk(...answers) {
    const asked = [];
    let signedOut = 0;
    const api = new Api({
        fetch: async (path, options) => {
            const answer = answers.shift();

            asked.push({ path, ...options });
            if (answer instanceof Error) {
                throw answer;
            }
            return { ok: answer[0] < 400, status: answer[0],
                json: async () => {
                    if (answer[1] === undefined) {
                        throw new SyntaxError('no JSON');
                    }
                    return answer[1];
                } };
        },
        signedOut: () => {
            signedOut += 1;
        },
    });

    return { api, asked, ended: () => signedOut };
}

test('the token of the session goes with what changes something', async () => {
    const { api, asked } = talk([200, { logged_in: true, csrf: 'secret' }],
        [200, []], [204], [204], [204]);

    await api.session();
    await api.get('/api/targets');
    await api.post('/api/x', {});
    await api.put('/api/x', {});
    await api.delete('/api/x');
    assert.deepEqual(asked.map(({ headers }) => headers['X-CSRF-Token']),
        [undefined, undefined, 'secret', 'secret', 'secret']);
});

test('a body is JSON and says so; without one nothing is said', async () => {
    const { api, asked } = talk([204], [204]);

    await api.post('/api/x', { a: 1 });
    await api.delete('/api/x');
    assert.equal(asked[0].body, '{"a":1}');
    assert.equal(asked[0].headers['Content-Type'], 'application/json');
    assert.equal(asked[1].body, undefined);
    assert.equal(asked[1].headers['Content-Type'], undefined);
});

test('a login brings the token of the new session', async () => {
    const { api, asked } = talk([200, { csrf: 'new' }], [204]);

    await api.login('alice', 'words123456');
    await api.post('/api/x');
    assert.deepEqual(JSON.parse(asked[0].body),
        { user: 'alice', password: 'words123456' });
    assert.equal(asked[1].headers['X-CSRF-Token'], 'new');
});

test('a refusal speaks with the words of the daemon', async () => {
    const { api } = talk([409, { error: 'carol operates', session: 4 }]);

    await assert.rejects(api.post('/api/x'), (error) =>
        error instanceof ApiError && error.status === 409 &&
        error.message === 'carol operates' && error.details.session === 4);
});

test('a refusal without words is told by its number', async () => {
    const { api } = talk([502]);

    await assert.rejects(api.get('/api/x'), /502/);
});

test('no answer at all is told as such', async () => {
    const { api } = talk(new TypeError('Failed to fetch'));

    await assert.rejects(api.get('/api/x'), (error) =>
        error.status === 0 && /does not answer/.test(error.message));
});

test('what was cancelled is no refusal', async () => {
    const { api } = talk(Object.assign(new Error('x'),
        { name: 'AbortError' }));

    await assert.rejects(api.get('/api/x'), { name: 'AbortError' });
});

test('a session that has ended is told once', async () => {
    const { api, ended } = talk([200, { logged_in: true, csrf: 'x' }],
        [401, { error: 'log in' }], [401, { error: 'log in' }]);

    await api.session();
    await assert.rejects(api.get('/api/a'));
    await assert.rejects(api.get('/api/b'));
    assert.equal(ended(), 1);
});

test('a wrong password ends no session', async () => {
    const { api, ended } = talk([401, { error: 'wrong' }]);

    await assert.rejects(api.login('alice', 'x'));
    assert.equal(ended(), 0);
});

test('names of targets stay within their place of the address', () => {
    assert.equal(targetPath('rack1', 'keys'), '/api/targets/rack1/keys');
    assert.equal(targetPath('../x?y'), '/api/targets/..%2Fx%3Fy');
});

test('a list is found by itself or in its object', () => {
    assert.deepEqual(listOf([1]), [1]);
    assert.deepEqual(listOf({ version: '1', sessions: [2] }), [2]);
    assert.deepEqual(listOf(null), []);
});
