// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a group of tests says: a line a check, and the sum at the end.

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

let passed = 0;
let failed = 0;

export function check(name, good, otherwise = '') {
    if (good) {
        passed++;
        console.log(`ok ${name}`);
    } else {
        failed++;
        console.log(`FAIL ${name}: ${typeof otherwise === 'string'
            ? otherwise : JSON.stringify(otherwise)}`);
    }
}

export function checkEqual(name, found, wanted) {
    const [a, b] = [found, wanted].map(value => JSON.stringify(value));

    check(name, a === b, `${a} instead of ${b}`);
}

// Until the predicate says something that counts as true, which is returned.
// A busy machine may take its time.
export async function eventually(predicate, milliseconds = 15000) {
    const end = performance.now() + milliseconds;

    for (;;) {
        const answer = await predicate();

        if (answer || performance.now() > end) {
            return answer;
        }
        await sleep(20);
    }
}

// All at once, but at most `limit` of them; results in order.
export async function inParallel(items, limit, work) {
    const results = [];
    let next = 0;

    await Promise.all(Array.from({ length: limit }, async () => {
        while (next < items.length) {
            const at = next++;

            results[at] = await work(items[at], at);
        }
    }));
    return results;
}

// Run a group: { daemon, run }. What it throws is a failure with its story.
export async function runGroup(daemon, run) {
    try {
        await daemon.start();
        await run();
    } catch (error) {
        check('the test itself', false, error.stack);
    }
    if (failed > 0) {
        console.log(daemon.logged.split('\n').slice(-30).join('\n'));
    }
    await daemon.finish();
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed === 0 ? 0 : 1);
}
