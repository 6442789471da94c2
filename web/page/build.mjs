// SPDX-License-Identifier: GPL-2.0-or-later
//
// node build.mjs FOLDER FILE: bundle the page beside this file with the
// packages in FOLDER/modules, leave what browsers get in FOLDER/site, and
// write it, compressed, as C for web/assets.h into FILE.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync }
    from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const [folder, file] = process.argv.slice(2).map((path) => resolve(path));
const source = dirname(fileURLToPath(import.meta.url));
const modules = join(folder, 'modules');
const packages = join(modules, 'node_modules');
const site = join(folder, 'site');
const esbuild = createRequire(join(modules, 'package.json'))('esbuild');

const TYPES = {
    '.css': 'text/css; charset=utf-8',
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.svg': 'image/svg+xml',
    '.txt': 'text/plain; charset=utf-8',
};

function hash(bytes) {
    return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

// Write scripts and styles; return where each entry is, and what it imports.
async function bundle() {
    const { metafile } = await esbuild.build({
        absWorkingDir: source,
        entryPoints: { page: 'main.js', look: 'style/look.css' },
        outdir: join(site, 'assets'),
        entryNames: '[name]-[hash]',
        chunkNames: '[name]-[hash]',
        bundle: true,
        splitting: true,
        format: 'esm',
        target: ['es2022', 'chrome110', 'firefox115', 'safari16.4'],
        minify: true,
        charset: 'utf8',
        legalComments: 'none',
        loader: { '.svg': 'file' },
        publicPath: '/assets',
        assetNames: '[name]-[hash]',
        nodePaths: [packages],
        // Its package names one file only; we need two more.
        alias: {
            'novnc-display': join(packages, '@novnc/novnc/core/display.js'),
            'novnc-logging': join(packages,
                '@novnc/novnc/core/util/logging.js'),
        },
        metafile: true,
        logLevel: 'warning',
    });
    const urlOf = (path) => `/assets/${path.split('/').pop()}`;
    const entries = {};

    for (const [path, output] of Object.entries(metafile.outputs)) {
        if (output.entryPoint) {
            entries[output.entryPoint] = { url: urlOf(path),
                imports: output.imports.filter(({ kind }) =>
                    kind === 'import-statement')
                    .map((one) => urlOf(one.path)) };
        }
    }
    return entries;
}

// What a script begins with is fetched beside it, not after it.
function formatPreloads(urls) {
    return urls.map((url) => `<link rel="modulepreload" href="${url}">`)
        .join('\n');
}

function place(name, bytes) {
    const [stem, extension] = [name.slice(0, -extname(name).length),
        extname(name)];
    const path = `assets/${stem}-${hash(bytes)}${extension}`;

    writeFileSync(join(site, path), bytes);
    return `/${path}`;
}

// What others wrote is theirs, and its readers are told so.
function collectLicences() {
    const parts = ['LICENSE.txt', 'AUTHORS', 'docs/LICENSE.MPL-2.0',
        'vendor/pako/LICENSE'];
    const head = 'This page contains noVNC, whose source is the package ' +
        '@novnc/novnc of the npm registry.\n';

    return Buffer.from([head, ...parts.map((part) => `---- ${part} ----\n\n` +
        readFileSync(join(packages, '@novnc/novnc', part), 'utf8'))]
        .join('\n'));
}

function fillIn(template, values) {
    return template.replace(/\{\{(\w+)\}\}/g, (whole, name) => {
        if (!(name in values)) {
            throw new Error(`index.html: nothing is called ${whole}`);
        }
        return values[name];
    });
}

async function makeSite() {
    rmSync(site, { recursive: true, force: true });
    mkdirSync(join(site, 'assets'), { recursive: true });
    const entries = await bundle();
    const page = fillIn(readFileSync(join(source, 'index.html'), 'utf8'), {
        script: entries['main.js'].url,
        preloads: formatPreloads(entries['main.js'].imports),
        style: entries['style/look.css'].url,
        icon: place('icon.svg', readFileSync(join(source, 'icon.svg'))),
        licences: place('licences.txt', collectLicences()),
    });

    writeFileSync(join(site, 'index.html'), page);
}

function readSite() {
    const assets = [{ path: '/', from: 'index.html' }];

    for (const name of readdirSync(join(site, 'assets'))) {
        assets.push({ path: `/assets/${name}`, from: `assets/${name}` });
    }
    assets.sort((a, b) => (a.path < b.path ? -1 : 1));
    return assets.map(({ path, from }) => {
        const bytes = readFileSync(join(site, from));

        return { path, bytes, type: TYPES[extname(from)],
            gzip: gzipSync(bytes, { level: 9 }) };
    });
}

function formatBytes(bytes) {
    const lines = [];

    for (let at = 0; at < bytes.length; at += 20) {
        lines.push(`\t${[...bytes.subarray(at, at + 20)].join(', ')},`);
    }
    return lines.join('\n');
}

function formatC(assets) {
    const blobs = assets.map(({ gzip }, i) =>
        `static const uint8_t asset_${i}[] = {\n${formatBytes(gzip)}\n};\n`);
    const rows = assets.map(({ path, type, bytes }, i) =>
        `\t{"${path}", "${type}", "\\"${hash(bytes)}\\"",\n` +
        `\t\t\tasset_${i}, sizeof(asset_${i})},\n`);

    return '/* Written by web/page/build.mjs. */\n' +
        `#include "web/assets.h"\n\n${blobs.join('\n')}\n` +
        `const struct web_asset web_assets[] = {\n${rows.join('')}};\n` +
        `const size_t web_assets_n = ${assets.length};\n`;
}

await makeSite();
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, formatC(readSite()));
