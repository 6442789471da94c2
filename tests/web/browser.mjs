// SPDX-License-Identifier: GPL-2.0-or-later
//
// Debian's Chromium, driven by Playwright: pages that write down what goes
// wrong in them, and what a person does in them, by the words on the page.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync }
    from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { say } from '../../web/page/words.js';
import { passwordOf } from './daemon.mjs';
import { check, eventually } from './report.mjs';
import { readScreen } from './screen.mjs';

const CHROMIUM = '/usr/bin/chromium';
export const RESULTS = 'build/web';
const modules = createRequire(resolve(RESULTS, 'modules', 'any.js'));
const { chromium } = modules('playwright-core');
const axe = readFileSync(modules.resolve('axe-core/axe.min.js'), 'utf8');

export const SIZES = {
    desktop: { viewport: { width: 1280, height: 800 } },
    phone: { viewport: { width: 390, height: 844 }, isMobile: true,
        hasTouch: true, deviceScaleFactor: 2 },
};

// What a browser complains of, and a test does on purpose.
const USUAL = /status of (401|403|409|422|429)|willReadFrequently/;

// What a US keyboard has above its keys: the daemon hears of keys, not of
// characters.
const WITH_SHIFT = /[A-Z~!@#$%^&*()_+{}|:"<>?]/;

// Figures are kept for people; each group has a file of its own parts.
export function keepFigures(group, figures) {
    writeFileSync(join(RESULTS, `figures-${group}.json`),
        `${JSON.stringify(figures, null, 4)}\n`);
    console.log(`   ${JSON.stringify(figures)}`);
}

export class Browser {
    static async launch(daemon) {
        const browser = new Browser();

        mkdirSync(RESULTS, { recursive: true });
        browser.daemon = daemon;
        browser.home = mkdtempSync(join(tmpdir(), 'rackhand-home-'));
        browser.complaints = [];
        browser.strangers = []; // requests to anybody else
        browser.browser = await chromium.launch({
            executablePath: CHROMIUM,
            args: ['--disable-background-networking', '--disable-gpu',
                // Its own wall needs what root in a container may not have.
                ...process.getuid() === 0 ? ['--no-sandbox'] : []],
            env: { ...process.env, HOME: browser.home },
        });
        return browser;
    }

    get address() {
        const { host = 'localhost', port } = this.daemon;

        return `https://${host}:${port}`;
    }

    // A person at a browser of their own: no cookie is shared.
    async person(size = 'desktop', options = {}) {
        const context = await this.browser.newContext({
            ignoreHTTPSErrors: true, baseURL: this.address,
            acceptDownloads: true, ...SIZES[size], ...options });

        context.on('request', request => {
            const { protocol, origin } = new URL(request.url());

            if (origin !== this.address &&
                !['blob:', 'data:'].includes(protocol)) {
                this.strangers.push(request.url());
            }
        });
        const page = await context.newPage();

        page.on('pageerror', error => this.complaints.push(error.stack));
        page.on('console', message => {
            if (['error', 'warning'].includes(message.type()) &&
                !USUAL.test(message.text())) {
                this.complaints.push(`${message.text()} ${
                    message.location().url}`);
            }
        });
        page.setDefaultTimeout(15000);
        return page;
    }

    // Nothing to complain of: to be called at the end.
    checkQuiet() {
        check('the browser has nothing to complain of',
            this.complaints.length === 0, this.complaints.join('\n'));
        check('nobody else was asked for anything',
            this.strangers.length === 0, this.strangers.join('\n'));
    }

    async close() {
        await this.browser.close();
        rmSync(this.home, { recursive: true, force: true });
    }
}

// ---- what people do -------------------------------------------------------------------

export const button = (page, key, values) =>
    page.getByRole('button', { name: say(key, values), exact: true });

export const words = (page, key, values) =>
    page.getByText(say(key, values), { exact: true });

export async function logIn(page, user, password = passwordOf(user)) {
    await page.getByLabel(say('login.user'), { exact: true }).fill(user);
    await page.getByLabel(say('login.password'), { exact: true })
        .fill(password);
    await button(page, 'login.submit').click();
}

// One after the other: from one source, few passwords are looked at at once.
let logins = Promise.resolve();

export function openPage(page, user) {
    const opened = logins.then(async () => {
        await page.goto('/');
        await logIn(page, user);
        await page.getByRole('heading', { name: say('machines.title') })
            .waitFor();
    });

    logins = opened.catch(() => {});
    return opened;
}

export const hasPicture = page => eventually(async () =>
    (await readScreen(page)).some(line => line !== ''));

export async function openConsole(page, target) {
    await page.getByRole('link', { name: target, exact: true }).click();
    return await hasPicture(page);
}

export const says = (page, wanted) => eventually(async () =>
    (await readScreen(page)).some(line => line.includes(wanted)));

export const screenOf = page => page.locator('canvas:not(.ghost)');

// A line, and Enter, key by key, to the machine.
export async function typeLine(page, line) {
    await screenOf(page).focus();
    for (const character of line) {
        await page.keyboard.press(WITH_SHIFT.test(character)
            ? `Shift+${character}` : character === ' ' ? 'Space' : character);
    }
    await page.keyboard.press('Enter');
}

export const sizeOf = page => screenOf(page).evaluate(({ width, height }) =>
    `${width}x${height}`);

// To a place of the machine's screen, however the browser scales it.
export async function pointAt(page, x, y) {
    const box = await screenOf(page).boundingBox();
    const [width, height] = (await sizeOf(page)).split('x').map(Number);

    await page.mouse.move(box.x + (x + 0.5) * box.width / width,
        box.y + (y + 0.5) * box.height / height, { steps: 3 });
}

// The console's tools go away while one types; this brings them back.
export async function useTool(page, id) {
    await page.keyboard.press('Control+Alt+Home');
    await page.locator(`[data-tool=${id}]`).click();
}

export async function keepPicture(page, name) {
    await page.screenshot({ path: join(RESULTS, `${name}.png`) });
}

// ---- accessibility --------------------------------------------------------------------

export async function checkAccessible(page, name) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
            'best-practice'] }));

    check(`axe-core: ${name}`, violations.length === 0, violations
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html,
            failureSummary }) => `${html} ${failureSummary}`).join('\n')}`)
        .join('\n'));
}
