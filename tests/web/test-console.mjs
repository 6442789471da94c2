// SPDX-License-Identifier: GPL-2.0-or-later
//
// node test-console.mjs BUILD: a machine's console in a browser: what is typed
// and pointed at, who may, and how it comes back.

import { say } from '../../web/page/words.js';
import { Browser, button, checkAccessible, hasPicture, keepPicture, logIn,
    openConsole, openPage, pointAt, says, screenOf, sizeOf, typeLine, useTool,
    words } from './browser.mjs';
import { Daemon } from './daemon.mjs';
import { check, checkEqual, eventually, runGroup } from './report.mjs';
import { differingPixels, pointerNear, readScreen } from './screen.mjs';

const daemon = new Daemon(process.argv[2], {
    users: { ada: 'admin', olga: 'operator', vera: 'viewer' },
    targets: { demo: '' } });

const sized = (page, size) => eventually(async () =>
    await sizeOf(page) === size);

const equalsSource = page => eventually(async () =>
    await differingPixels(page, 'demo') === 0);

// ---- typing and pointing ---------------------------------------------------------------

async function typing(page) {
    await screenOf(page).click({ position: { x: 5, y: 5 } });
    await typeLine(page, 'echo Hello from a browser: {[(<|>)]} ~ 50% & @home');
    check('a line that is typed is on the screen', await says(page,
        'Hello from a browser: {[(<|>)]} ~ 50% & @home'),
        (await readScreen(page)).join('\n'));
    check('the picture is the source\'s, pixel by pixel',
        await equalsSource(page), `${await differingPixels(page, 'demo')}`);
}

async function pointing(page) {
    for (const [x, y] of [[100, 700], [640, 500], [1200, 650]]) {
        await pointAt(page, x, y);
        // The browser's scale and the pointer's 32768 steps round.
        check(`the pointer goes to ${x}, ${y}`, await eventually(() =>
            pointerNear(page, { x, y })), (await readScreen(page))[0]);
    }
    await pointAt(page, 1270, 710);
}

async function anotherMode(page) {
    await typeLine(page, 'mode 800x600');
    check('another mode is another size', await sized(page, '800x600'));
    check('of the same picture', await equalsSource(page));
    await typeLine(page, 'mode 1280x720');
    await sized(page, '1280x720');
}

async function theScreenshot(page) {
    const waiting = page.waitForEvent('download');

    await useTool(page, 'screenshot');
    const download = await waiting;

    check('a screenshot is a PNG', download.suggestedFilename()
        .endsWith('.png'), download.suggestedFilename());
    await download.saveAs('build/web/screenshot-of-demo.png');
}

// ---- two people ------------------------------------------------------------------------

async function takeOver(browser, olga) {
    const ada = await browser.person();

    await openPage(ada, 'ada');
    await openConsole(ada, 'demo');
    await typeLine(olga, 'echo it is me');
    check('both see what one types', await says(ada, 'it is me'));
    check('the other is told who operates', await eventually(async () =>
        await words(ada, 'console.others-turn', { user: 'olga' })
            .count() > 0));
    await keepPicture(ada, 'console-other-operates');
    await useTool(ada, 'people');
    await checkAccessible(ada, 'who is here');
    // Who has typed nothing for ten seconds, as on a busy machine, is not asked.
    await ada.getByLabel(say('people.title')).getByRole('button', { name:
        new RegExp(`^(${say('people.ask')}|${say('people.take')})$`) }).click();
    await ada.keyboard.press('Escape');
    // Below the tools, which stay as long as the pointer is at the upper edge.
    await screenOf(ada).click({ position: { x: 5, y: 200 } });
    await typeLine(ada, 'echo now it is ada');
    check('an admin takes the keyboard', await says(olga, 'now it is ada'));
    check('who had it is told', await eventually(async () =>
        await words(olga, 'console.others-turn', { user: 'ada' })
            .count() > 0));
    await typeLine(olga, 'echo in vain');
    await typeLine(ada, 'echo done');
    await says(ada, 'done');
    check('and types in vain', !(await readScreen(ada)).join().includes(
        'in vain'));
    await theMonitor(ada);
    await ada.context().close();
}

// The demo computer has no EDID, and says so; the answers of a device that has
// one are given here, and what is put is looked at.
async function theMonitor(ada) {
    const path = '**/api/targets/demo/edid';
    const device = { supported: true, presets: ['1080p60', '720p60'],
        preset: '1080p60', hex: '00', monitor: { maker: 'RHD',
            name: 'rackhand', width: 1920, height: 1080, refresh_hz: 60 } };
    const panel = ada.getByLabel(say('picture.title'));
    const file = panel.getByLabel(say('monitor.file'));
    let put = null;

    await useTool(ada, 'picture');
    await panel.getByText('no EDID').waitFor();
    check('a machine without an EDID: the page says why',
        !await file.isVisible());
    await ada.keyboard.press('Escape');
    await ada.route(path, async (route) => {
        if (route.request().method() !== 'PUT') {
            await route.fulfill({ json: device });
            return;
        }
        put = route.request().postDataJSON();
        await route.fulfill(put.hex === 'ffff'
            ? { status: 422, json: { error: 'its sum is wrong' } }
            : { json: { ...device, preset: put.preset ?? null } });
    });
    await useTool(ada, 'picture');
    await panel.getByText('1920 × 1080 at 60 Hz (1080p60)').waitFor();
    await checkAccessible(ada, 'a machine\'s monitor');
    await keepPicture(ada, 'console-monitor');
    const preset = panel.getByLabel(say('monitor.preset'));

    await preset.focus();
    await ada.keyboard.press('ArrowDown');
    check('the keyboard chooses a preset', await eventually(() =>
        put?.preset === '720p60'), JSON.stringify(put));
    await file.setInputFiles({ name: 'own.bin', mimeType: '',
        buffer: Buffer.from([0, 0xab]) });
    check('a file is sent as it is', await eventually(() =>
        put?.hex === '00ab'), JSON.stringify(put));
    await file.setInputFiles({ name: 'bad.bin', mimeType: '',
        buffer: Buffer.from([0xff, 0xff]) });
    await panel.getByText('its sum is wrong').waitFor();
    check('what the daemon finds wrong is said', true);
    put = null;
    await file.setInputFiles({ name: 'large.bin', mimeType: '',
        buffer: Buffer.alloc(513) });
    await words(ada, 'monitor.no-edid', { file: 'large.bin' }).waitFor();
    check('what is too large is not sent', put === null);
    await ada.unroute(path);
    await ada.keyboard.press('Escape');
}

async function whoMayOnlyLook(browser) {
    const vera = await browser.person();

    await openPage(vera, 'vera');
    await openConsole(vera, 'demo');
    const before = await readScreen(vera);

    await screenOf(vera).click({ position: { x: 300, y: 300 } });
    await typeLine(vera, 'echo I must not');
    await vera.waitForTimeout(300);
    check('a viewer types in vain', !(await readScreen(vera)).join()
        .includes('I must not'), before.join('\n'));
    checkEqual('and has no tool that types',
        await vera.locator('[data-tool=paste], [data-tool=cad]').count(), 0);
    await useTool(vera, 'picture');
    checkEqual('nor the monitor to choose', await vera.getByText(
        say('monitor.title'), { exact: true }).count(), 0);
    await useTool(vera, 'people');
    await words(vera, 'people.may-not').waitFor();
    check('and is told so', true);
    await keepPicture(vera, 'console-viewer');
    await checkAccessible(vera, 'a viewer\'s console');
    await vera.context().close();
}

// ---- gone, and back -----------------------------------------------------------------------

async function afterARestart(page) {
    await daemon.stop();
    check('the page says when the daemon is gone', await eventually(async () =>
        await words(page, 'console.lost').count() > 0));
    await keepPicture(page, 'console-lost');
    await daemon.start();
    const login = page.getByRole('heading', { name: say('login.title') });

    await login.waitFor({ timeout: 30000 });
    check('when it is back, who had been logged in logs in again', true);
    await logIn(page, 'olga');
    check('and is where it was', await hasPicture(page));
    await screenOf(page).click({ position: { x: 5, y: 5 } });
    await typeLine(page, 'echo here again');
    check('and types on', await says(page, 'here again'));
}

async function onAPhone(browser) {
    const page = await browser.person('phone', { colorScheme: 'dark' });

    await openPage(page, 'olga');
    check('a console on a phone', await openConsole(page, 'demo'));
    await keepPicture(page, 'console-phone');
    await checkAccessible(page, 'a console on a phone');
    await page.context().close();
}

await runGroup(daemon, async () => {
    const browser = await Browser.launch(daemon);

    try {
        const page = await browser.person();

        await openPage(page, 'olga');
        check('a console shows a picture', await openConsole(page, 'demo'));
        await keepPicture(page, 'console');
        await checkAccessible(page, 'a console');
        await typing(page);
        await pointing(page);
        await theScreenshot(page);
        await anotherMode(page);
        await takeOver(browser, page);
        await whoMayOnlyLook(browser);
        await onAPhone(browser);
        browser.checkQuiet();
        await afterARestart(page);
    } finally {
        await browser.close();
    }
});
