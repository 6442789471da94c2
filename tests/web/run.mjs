// SPDX-License-Identifier: GPL-2.0-or-later
//
// node run.mjs AT_ONCE BUILD RESULTS GROUP...: run each group of tests,
// test-GROUP.mjs beside this file, in a process of its own, a few at a time.
// What each said comes together, when it has ended. The figures that groups
// left in RESULTS become one file.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync }
    from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inParallel } from './report.mjs';

const HANG_MS = process.env.RACKHAND_TEST_FULL ? 900000 : 240000;
const [atOnce, build, results, ...groups] = process.argv.slice(2);

function run(group) {
    const began = performance.now();
    const script = fileURLToPath(new URL(`test-${group}.mjs`,
        import.meta.url));
    const child = spawn(process.execPath, [script, build],
        { stdio: ['ignore', 'pipe', 'pipe'], timeout: HANG_MS });
    let said = '';

    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8');
        stream.on('data', text => {
            said += text;
        });
    }
    return new Promise(resolve => child.on('close', (code, signal) => {
        const seconds = ((performance.now() - began) / 1000).toFixed(1);

        console.log(`---- ${group}, ${seconds} s`);
        console.log(said.trimEnd());
        if (signal) {
            console.log(`FAIL ${group} was ended by ${signal}`);
        }
        resolve(code === 0);
    }));
}

const figureFiles = () => readdirSync(results)
    .filter(name => /^figures-\w+\.json$/.test(name))
    .map(name => join(results, name));

mkdirSync(results, { recursive: true });
figureFiles().forEach(file => rmSync(file));
const good = await inParallel(groups, Number(atOnce), run);
const failed = groups.filter((_, at) => !good[at]);

writeFileSync(join(results, 'figures.json'), `${JSON.stringify(Object.assign({},
    ...figureFiles().map(file => JSON.parse(readFileSync(file)))), null, 4)}\n`);
if (failed.length > 0) {
    console.log(`failed: ${failed.join(' ')}`);
    process.exit(1);
}
