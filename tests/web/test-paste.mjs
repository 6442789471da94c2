// SPDX-License-Identifier: GPL-2.0-or-later
//
// node test-paste.mjs BUILD: text of 2,000 characters, typed by the daemon for
// a browser, into machines with four keyboards; it arrives letter by letter.

import { say } from '../../web/page/words.js';
import { Browser, button, checkAccessible, keepPicture, openConsole, openPage,
    pointAt, useTool, words } from './browser.mjs';
import { Daemon } from './daemon.mjs';
import { check, checkEqual, eventually, runGroup } from './report.mjs';
import { readScreen } from './screen.mjs';

const CHARACTERS = 2000;
const LINES = 16;
const EACH = CHARACTERS / LINES; // with "echo " and the newline
const ASCII = 'The quick brown fox, (2 + 3) * "4" / 5 = $6? #7 & 8@9; ' +
    '<a|b> {c} [d] \\e ~f ^g `h \'i %j _k!';

// What else each keyboard has.
const LAYOUTS = {
    us: '',
    de: 'äöüÄÖÜß§°µé è ê á à ó ú ',
    fr: 'éèàùç§°µâêîôû äëïöü ÂÊ',
    jp: '',
};

const daemon = new Daemon(process.argv[2], { users: { olga: 'operator' },
    targets: Object.fromEntries(Object.keys(LAYOUTS).map(layout =>
        [layout, `keyboard { layout = "${layout}" }`])) });

// Different lines, of all the characters in turn; no blank at an end.
function linesFor(layout) {
    const all = [...new Set(ASCII + LAYOUTS[layout])]
        .filter(character => character !== ' ').join('');

    return Array.from({ length: LINES }, (_, line) => {
        const length = EACH - 'echo \n'.length;

        return Array.from({ length }, (__, column) => column % 9 === 8 &&
            column < length - 1 ? ' '
            : all[(line * 31 + column * (line + 1)) % all.length]).join('');
    });
}

async function openPaste(page, layout) {
    await openPage(page, 'olga');
    await openConsole(page, layout);
    // The pointer would lie over the text.
    await pointAt(page, 1270, 715);
    await useTool(page, 'paste');
}

async function paste(page, text) {
    await page.getByLabel(say('paste.text'), { exact: true }).fill(text);
    await button(page, 'paste.type').click();
}

async function arrives(page, layout, lines) {
    const seen = await eventually(async () => {
        const screen = await readScreen(page);

        return lines.every(line => screen.includes(line));
    }, 90000);
    const screen = await readScreen(page);

    check(`${layout}: ${CHARACTERS} characters arrive, letter by letter`, seen,
        `${lines.filter(line => !screen.includes(line))[0]}\n---\n${
            screen.join('\n')}`);
}

async function into(browser, layout) {
    const page = await browser.person();
    const lines = linesFor(layout);
    const text = lines.map(line => `echo ${line}\n`).join('');

    checkEqual(`${layout}: as many as that`, [...text].length, CHARACTERS);
    await openPaste(page, layout);
    if (layout === 'de') {
        await keepPicture(page, 'paste');
        await checkAccessible(page, 'paste');
    }
    await paste(page, text);
    await arrives(page, layout, lines);
    check(`${layout}: and the page says that it is done`, await eventually(
        async () => await words(page, 'paste.done', { characters: CHARACTERS })
            .count() > 0));
    await page.context().close();
}

// Typed before the page has asked how far it is.
async function aShortOne(browser) {
    const page = await browser.person();

    await openPaste(page, 'jp');
    await paste(page, 'echo hi\n');
    check('a short text: the page says that it is done', await eventually(
        async () => await words(page, 'paste.done', { characters: 8 })
            .count() > 0));
    check('it can be typed again', await button(page, 'paste.type')
        .isEnabled());
    await page.keyboard.press('Escape');
    check('and the keyboard is still with the panel', await eventually(
        async () => await page.locator('.panel').isHidden()));
    await page.context().close();
}

async function whatCannotBeTyped(browser) {
    const page = await browser.person();

    await openPaste(page, 'us');
    await page.getByLabel(say('paste.text'), { exact: true })
        .fill('echo a\necho gr\u00fc\u00dfe \u4f60\n');
    await words(page, 'paste.untypable').waitFor();
    const said = await page.locator('body').innerText();

    check('what cannot be typed is shown', ['\u00fc', '\u00df', '\u4f60']
        .every(character => said.includes(character)), said);
    check('before anything was', !(await readScreen(page)).join('\n')
        .includes('echo a'));
    await keepPicture(page, 'paste-untypable');
    await button(page, 'paste.again').click();
    check('and the rest is, if wanted', await eventually(async () =>
        (await readScreen(page)).includes('gre')),
        (await readScreen(page)).join('\n'));
    await page.context().close();
}

await runGroup(daemon, async () => {
    const browser = await Browser.launch(daemon);

    try {
        await whatCannotBeTyped(browser);
        await aShortOne(browser);
        await Promise.all(Object.keys(LAYOUTS).map(layout =>
            into(browser, layout)));
        check('nothing of it is written anywhere',
            !daemon.hasWritten('quick') && !daemon.hasWritten('gr\u00fc'));
        browser.checkQuiet();
    } finally {
        await browser.close();
    }
});
