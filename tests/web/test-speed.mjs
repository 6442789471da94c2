// SPDX-License-Identifier: GPL-2.0-or-later
//
// node test-speed.mjs BUILD: how long a browser takes to show the page, a
// console's picture, and a key that was typed. The figures are for people: what
// a busy machine takes is no failure.

import { say } from '../../web/page/words.js';
import { Browser, keepFigures, logIn, screenOf, sizeOf, typeLine }
    from './browser.mjs';
import { Daemon } from './daemon.mjs';
import { check, checkEqual, eventually, runGroup } from './report.mjs';
import { readScreen } from './screen.mjs';
import { percentiles, watchCell, watchPage } from './timing.mjs';

const PAGES = 7;
const PICTURES = 15;
const KEYS = 40;

const daemon = new Daemon(process.argv[2], { users: { olga: 'operator' } });

const link = page => page.getByRole('link', { name: 'demo', exact: true });

// A browser that was never here.
async function newcomer(browser) {
    const page = await browser.person();

    await page.addInitScript(watchPage);
    await page.goto('/');
    await page.getByRole('heading', { name: say('login.title') }).waitFor();
    return page;
}

async function untilUsable(browser) {
    const times = [];

    for (let i = 0; i < PAGES; i++) {
        const page = await newcomer(browser);

        times.push(await page.evaluate(() => globalThis.timing.usable));
        await page.context().close();
    }
    check('each page was there', times.every(time => time > 0));
    return percentiles(times);
}

async function onePicture(page) {
    await link(page).click();
    await eventually(() => page.evaluate(() =>
        globalThis.timing.steps.shown > 0));
    const { steps, looking } = await page.evaluate(() => globalThis.timing);

    await page.goto('/#/');
    await link(page).waitFor();
    return { ...steps, looking };
}

// Each step in milliseconds after the click. Their picture is the first of
// this page, or that of one who comes back.
async function untilThePicture(page) {
    const all = [];

    for (let i = 0; i < PICTURES; i++) {
        all.push(await onePicture(page));
    }
    check('each console had its picture', all.every(({ shown }) => shown > 0));
    return { first: Math.round(all[0].shown),
        ...Object.fromEntries(['asked', 'open', 'came', 'shown', 'looking']
            .map(step => [step, percentiles(all.map(one => one[step]))])) };
}

// Where the line that is typed now ends.
async function cursorCell(page, typed) {
    const screen = await readScreen(page);
    const row = screen.findIndex(line => line.endsWith(typed));

    return row < 0 ? null : { row, column: screen[row].length };
}

async function fromKeyToPixel(page) {
    const times = [];

    await link(page).click();
    await eventually(() => sizeOf(page).catch(() => ''));
    await typeLine(page, 'clear');
    await screenOf(page).focus();
    await page.keyboard.press('y');
    for (let i = 0; i < KEYS; i++) {
        const typed = 'y' + 'x'.repeat(i);
        const cell = await eventually(() => cursorCell(page, typed));

        await page.evaluate(watchCell, cell);
        await page.keyboard.press('x');
        times.push(await page.evaluate(() => globalThis.timedKey));
    }
    checkEqual('each key changed a pixel', times.indexOf(null), -1);
    return { shown: percentiles(times.map(({ took }) => took)),
        looking: percentiles(times.map(({ looking }) => looking)) };
}

await runGroup(daemon, async () => {
    const browser = await Browser.launch(daemon);

    try {
        const usable = await untilUsable(browser);
        const page = await newcomer(browser);

        await logIn(page, 'olga');
        await link(page).waitFor();
        const picture = await untilThePicture(page);

        keepFigures('speed', { usable_ms: usable, picture_ms: picture,
            key_ms: await fromKeyToPixel(page) });
        browser.checkQuiet();
    } finally {
        await browser.close();
    }
});
