// SPDX-License-Identifier: GPL-2.0-or-later
//
// node measure.mjs BUILD FOLDER: measure everything, print the tables, and
// leave the numbers in FOLDER/results.json.
//
// BENCH_ONLY=limit,rackhand,... measures only that part, and keeps what the
// file has of the others; BENCH_CONTENT=text240,... only that content.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync,
    writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureBrowsers } from './browsers.mjs';
import { contents } from './content.mjs';
import { measureFigures } from './figures.mjs';
import { describeMachine, watchOthers } from './machine.mjs';
import { measureInstructions, measureLimits, measureRackhand }
    from './parts.mjs';
import { measurePeers } from './peers.mjs';
import { measureQuality } from './quality.mjs';
import { printReport } from './report.mjs';

const [build, folder] = process.argv.slice(2);
const file = join(folder, 'results.json');

const parts = {
    limit: measureLimits,
    rackhand: measureRackhand,
    instructions: measureInstructions,
    browsers: measureBrowsers,
    peers: measurePeers,
    figures: measureFigures,
    quality: measureQuality,
};

function chosen(variable, all) {
    const words = process.env[variable]?.split(',');

    return words ? all.filter(word => words.includes(word)) : all;
}

const bench = {
    build,
    frames: name => join(folder, 'frames', name),
    tool: name => join(build, 'tests/bench', name),
    scratch: mkdtempSync(join(tmpdir(), 'rackhand-bench-')),
    contents: chosen('BENCH_CONTENT', contents),
    say: text => process.stderr.write(`  ${text}\n`),
};

mkdirSync(folder, { recursive: true });
try {
    const results = existsSync(file)
        ? JSON.parse(readFileSync(file, 'utf8')) : {};

    results.machine = { ...results.machine, ...describeMachine() };
    results.machine.others_percent ??= {};
    for (const name of chosen('BENCH_ONLY', Object.keys(parts))) {
        const others = watchOthers();

        results[name] = await parts[name](bench);
        results.machine.others_percent[name] = Math.round(others());
        writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
    }
    printReport(results);
} finally {
    rmSync(bench.scratch, { recursive: true });
}
process.exit();
