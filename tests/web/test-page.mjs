// SPDX-License-Identifier: GPL-2.0-or-later
//
// node test-page.mjs BUILD: a new machine in a browser: the first user, logins,
// the list of machines and what admins see; readable for everybody, on a desk
// and on a phone, in the dark and in the light.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '../../web/page/words.js';
import { Browser, button, checkAccessible, keepFigures, keepPicture, logIn,
    openPage, words } from './browser.mjs';
import { Daemon, CANARY, passwordOf } from './daemon.mjs';
import { check, checkEqual, eventually, runGroup } from './report.mjs';

const WEIGHT_BYTES = 300 * 1000;
const FREE_FAILURES = 5;

const daemon = new Daemon(process.argv[2], { targets: { demo: '', rack2: '' } });

const heading = (page, key) =>
    page.getByRole('heading', { name: say(key), exact: true });

async function theFirstUser(browser) {
    const page = await browser.person();
    const code = readFileSync(join(daemon.state, 'setup-code'), 'utf8').trim();
    const fill = async (code_, password, repeated) => {
        await page.getByLabel(say('setup.code'), { exact: true }).fill(code_);
        await page.getByLabel(say('setup.user'), { exact: true }).fill('ada');
        await page.getByLabel(say('setup.password'), { exact: true })
            .fill(password);
        await page.getByLabel(say('setup.repeat'), { exact: true })
            .fill(repeated);
        await button(page, 'setup.submit').click();
    };

    await page.goto('/');
    await heading(page, 'setup.title').waitFor();
    check('a new machine asks for its first user', true);
    await keepPicture(page, 'setup');
    await checkAccessible(page, 'setup');
    await fill(code, passwordOf('ada'), `${passwordOf('ada')}!`);
    await words(page, 'setup.differs').waitFor();
    check('who mistypes the password is told', true);
    await fill('AAAA-AAAA-AAAA-AAAA', passwordOf('ada'), passwordOf('ada'));
    await page.locator('.problem:not(:empty)').waitFor();
    check('who has no code is told', true);
    await fill(code, passwordOf('ada'), passwordOf('ada'));
    await heading(page, 'machines.title').waitFor();
    check('who has it is in at once', true);
    const list = daemon.must(['user', 'list']);

    check('and is an admin', /ada\s+no\s+admin/.test(list), list);
    await page.context().close();
}

async function logins(browser) {
    const page = await browser.person();

    await page.goto('/');
    await heading(page, 'login.title').waitFor();
    await keepPicture(page, 'login');
    await checkAccessible(page, 'login');
    await logIn(page, 'ada', `${CANARY} is wrong`);
    await words(page, 'login.wrong').waitFor();
    check('a wrong password is called that', true);
    await logIn(page, 'ada');
    await heading(page, 'machines.title').waitFor();
    check('the right one opens', true);
    const [cookie] = await page.context().cookies();

    check('scripts see no cookie', await page.evaluate(() =>
        document.cookie) === '' && cookie.httpOnly && cookie.secure &&
        cookie.sameSite === 'Strict');
    check('nothing of who it is is kept in the browser',
        await page.evaluate(csrf => ![localStorage, sessionStorage].some(
            storage => JSON.stringify(storage).includes('ada')), ''));
    await page.reload();
    await heading(page, 'machines.title').waitFor();
    check('and stays open when the page is loaded again', true);
    await button(page, 'account.label', { user: 'ada' }).click();
    await button(page, 'account.logout').click();
    await heading(page, 'login.title').waitFor();
    await page.reload();
    await heading(page, 'login.title').waitFor();
    check('until who it is logs out', true);
    await page.context().close();
}

// ---- several behind one address -------------------------------------------------

const NEIGHBOURS = 4;

// They want more connections at once than strangers of one source have places.
async function neighbours(browser) {
    const pages = await Promise.all(Array.from({ length: NEIGHBOURS },
        () => browser.person()));
    const failed = [];

    for (const page of pages) {
        page.on('requestfailed', request => failed.push(
            `${request.url()} ${request.failure()?.errorText}`));
    }
    await Promise.all(pages.map(async page => {
        await page.goto('/');
        await heading(page, 'login.title').waitFor();
        await page.waitForLoadState('networkidle');
    }));
    check(`${NEIGHBOURS} browsers of one address load the page at once`,
        failed.length === 0, failed.join('\n'));
    await Promise.all(pages.map(page => page.context().close()));
}

// ---- weight ---------------------------------------------------------------------

async function theWeight(browser) {
    const page = await browser.person();
    let bytes = 0;

    // What ends with the page itself tells no sizes, and is not of interest.
    page.on('requestfinished', async request => {
        const sizes = await request.sizes().catch(() => undefined);

        bytes += sizes ? sizes.responseBodySize + sizes.responseHeadersSize : 0;
    });
    await page.goto('/');
    await heading(page, 'login.title').waitFor();
    const toLogIn = bytes;

    await logIn(page, 'ada');
    await heading(page, 'machines.title').waitFor();
    await page.waitForLoadState('networkidle').catch(() => {});
    await page.waitForTimeout(500);
    const code = await page.evaluate(() => performance
        .getEntriesByType('resource').filter(({ initiatorType }) =>
            initiatorType !== 'fetch').reduce((sum, { encodedBodySize }) =>
            sum + encodedBodySize, 0));

    check('all code of the page comes within 300 kB', code > 0 &&
        code <= WEIGHT_BYTES, `${code}`);
    check('and what is there before the login, too', toLogIn <= WEIGHT_BYTES,
        `${toLogIn}`);
    keepFigures('page', { first_load_bytes: toLogIn, all_code_bytes: code });
    await page.context().close();
}

// ---- how it looks, and who can read it ----------------------------------------------

const PLACES = ['machines', 'sessions', 'audit', 'users', 'tokens'];

async function everyView(browser, size, colorScheme) {
    const page = await browser.person(size, { colorScheme });

    await openPage(page, 'ada');
    for (const place of PLACES) {
        await page.goto(place === 'machines' ? '/#/' : `/#/${place}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await (place === 'machines' ? page.locator('.thumb img:visible').nth(1)
            : page.locator('tbody tr, .none:visible').first()).waitFor()
            .catch(() => {});
        await keepPicture(page, `${place}-${size}-${colorScheme}`);
        await checkAccessible(page, `${place}, ${size}, ${colorScheme}`);
        check(`${place}, ${size}: nothing has to be moved sideways`,
            await page.evaluate(() =>
                document.documentElement.scrollWidth <= innerWidth));
    }
    await page.context().close();
}

// What an admin does there, and what the shell says of it.
async function whatAdminsDo(browser) {
    const page = await browser.person();

    await openPage(page, 'ada');
    await page.goto('/#/users');
    await button(page, 'users.add').first().click();
    const dialog = page.getByRole('dialog');

    await checkAccessible(page, 'a dialog');
    await dialog.getByLabel(say('users.name'), { exact: true }).fill('vera');
    await dialog.getByLabel(say('users.roles'), { exact: true })
        .fill('viewer@demo');
    await dialog.getByLabel(say('users.password'), { exact: true })
        .fill(passwordOf('vera'));
    await dialog.locator('button[type=submit]').click();
    await page.getByRole('cell', { name: 'vera', exact: true }).waitFor();
    check('a user made here is known to the shell', /vera.*viewer@demo/.test(
        daemon.must(['user', 'list'])));
    const vera = await browser.person();

    await openPage(vera, 'vera');
    await vera.getByRole('link', { name: 'demo', exact: true }).waitFor();
    checkEqual('and sees the one machine',
        await vera.locator('.card').count(), 1);
    checkEqual('and no place of admins', await vera.getByRole('link',
        { name: say('nav.audit') }).count(), 0);
    daemon.must(['user', 'remove', 'vera']);
    await heading(vera, 'login.title').waitFor();
    check('until it is removed: then it is out', true);
    await vera.context().close();
    await page.context().close();
}

async function whoGuesses(browser) {
    const page = await browser.person();
    const submit = button(page, 'login.submit');
    const problem = page.locator('.problem');
    const waits = async () => /You can try again in/.test(
        await problem.textContent());

    await page.goto('/');
    // Those of the tests before count, too.
    for (let i = 0; i <= FREE_FAILURES && !await waits(); i++) {
        await logIn(page, 'ada', `${CANARY} ${i}`);
        await eventually(async () => await submit.isEnabled() ||
            await waits());
    }
    check('who guesses has to wait, and is told how long', await waits(),
        await problem.textContent());
    await keepPicture(page, 'lock-out');
    await checkAccessible(page, 'lock-out');
    check('and cannot even ask', await submit.isDisabled());
    await page.context().close();
}

await runGroup(daemon, async () => {
    const browser = await Browser.launch(daemon);

    try {
        await theFirstUser(browser);
        await logins(browser);
        await neighbours(browser);
        await theWeight(browser);
        await Promise.all([everyView(browser, 'desktop', 'light'),
            everyView(browser, 'phone', 'dark')]);
        await whatAdminsDo(browser);
        await whoGuesses(browser);
        browser.checkQuiet();
    } finally {
        await browser.close();
    }
});
