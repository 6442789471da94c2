// SPDX-License-Identifier: GPL-2.0-or-later
//
// node browser.mjs DIR: the rack's machine in DIR, which runs, by a browser
// outside of it: what its HDMI input gets is seen in the page, and what is done
// in the page arrives at its USB host.

import { say } from '../../web/page/words.js';
import { Browser, button, openPage, pointAt, screenOf, sizeOf, useTool, words }
    from '../web/browser.mjs';
import { CANARY } from '../web/daemon.mjs';
import { check, checkEqual, runGroup } from '../web/report.mjs';
import { Machine, patiently, PATIENCE_MS, readPpm } from './machine.mjs';

// As the rack's other tests have it, of 255; and what is small is a JPEG.
const BARS_WITHIN = 3;
const CONVERSION_WITHIN = 1;
const SMALL_WITHIN = 8;

// vivid's numbers: colour bars of 100 %; BT.709, limited range, as most HDMI is.
const BARS = { test_pattern: 1, colorspace: 1, quantization: 2 };
const SIGNAL_OK = 4;
const NO_SIGNALS = [[1, 'no-cable'], [2, 'no-lock'], [3, 'unsupported-mode']];

// The ways in which the target is not there, undone by the second command.
const AUTHORIZED = '/sys/bus/usb/devices/1-1/authorized';
const UDC = '/sys/kernel/config/usb_gadget/rackhand-rack1/UDC';
const NO_USB = {
    off: [`echo 0 > ${AUTHORIZED}`, `echo 1 > ${AUTHORIZED}`],
    absent: [`echo > ${UDC}`, `echo dummy_udc.0 > ${UDC}`],
};

const BTN_LEFT = 272;
const ABS_MAX = 32767;

// What a browser's key is, and the codes of the keys that the target sees.
const KEYS = [
    ['a', [30]], ['Shift+B', [42, 48]], ['7', [8]], ['ArrowLeft', [105]],
    ['F5', [63]], ['Control+c', [29, 46]], ['Backspace', [14]],
    ['AltRight', [100]], ['NumpadEnter', [96]], ['Enter', [28]],
];

const TEXT = `Pasted, ${CANARY}: {[(<|>)]} ~50% & "it's" \\ ^ \`x\` @ #1?\n;_-=*+$!`;

const rack = new Machine(process.argv[2]);
let browser;
let page;

const keepPicture = name => page.screenshot({ path: rack.picture(name) });

const card = () => page.locator('.card').filter({ has:
    page.getByRole('link', { name: 'rack1', exact: true }) });

const isThere = locator => patiently(async () => await locator.count() > 0);

const line = () => page.locator('.line');

const showBars = async () => {
    await rack.cable.ask('generate');
    for (const [control, value] of Object.entries(
        { osd_text_mode: 2, ...BARS })) {
        await rack.cable.ask(`set ${control} ${value}`);
    }
};

// ---- pictures ---------------------------------------------------------------------

// Runs in the page: how far the eight bars of an element are, at worst, from
// what they should be, in three rows; 256: it has no picture.
function worstOfBars(selector) {
    const source = document.querySelector(selector);
    const width = source?.naturalWidth ?? source?.width;
    const height = source?.naturalHeight ?? source?.height;

    if (!width || !height) {
        return 256;
    }
    const own = new OffscreenCanvas(width, height);
    const context = own.getContext('2d');
    let worst = 0;

    context.drawImage(source, 0, 0);
    for (const y of [1, height >> 1, height - 2]) {
        for (let bar = 0; bar < 8; bar++) {
            const x = Math.floor((2 * bar + 1) * width / 16);
            const got = context.getImageData(x, y, 1, 1).data;

            [2, 4, 1].forEach((bit, channel) => {
                const wanted = 7 - bar & bit ? 255 : 0;

                worst = Math.max(worst, Math.abs(got[channel] - wanted));
            });
        }
    }
    return worst;
}

async function hasBars(name, selector = 'canvas:not(.ghost)',
    within = BARS_WITHIN) {
    let worst;

    check(name, await patiently(async () => {
        worst = await page.evaluate(worstOfBars, selector);
        return worst <= within;
    }), `${worst} from what they should be`);
}

// Runs in the page: the canvas's bytes, as base64.
function readCanvas() {
    const canvas = document.querySelector('canvas:not(.ghost)');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width,
        canvas.height);
    let text = '';

    for (let at = 0; at < data.length; at += 32768) {
        text += String.fromCharCode(...data.subarray(at, at + 32768));
    }
    return btoa(text);
}

function worstOf(rgba, { width, height, rgb }) {
    let worst = rgba.length === width * height * 4 ? 0 : 256;

    for (let i = 0, at = 0; worst < 256 && i < rgb.length; i += 3, at += 4) {
        for (let channel = 0; channel < 3; channel++) {
            worst = Math.max(worst,
                Math.abs(rgba[at + channel] - rgb[i + channel]));
        }
    }
    return worst;
}

// A picture goes in at the HDMI end; here is what must be seen of it.
async function showPicture(pattern, seed) {
    const { inside, outside } = rack.shared('shown.ppm');

    await rack.cable.ask(`show ${pattern} ${seed} ${inside}`);
    return readPpm(outside);
}

async function hasPicture(name, wanted) {
    let worst;

    check(name, await patiently(async () => {
        worst = worstOf(Buffer.from(await page.evaluate(readCanvas), 'base64'),
            wanted);
        return worst <= CONVERSION_WITHIN;
    }), `a pixel is ${worst} from what was shown`);
}

// ---- the list ---------------------------------------------------------------------

async function theList() {
    await openPage(page, 'olga');
    check('the list has the machine', await isThere(card()));
    check('and its signal', await isThere(card().getByText(say('signal.ok',
        { width: 640, height: 480, hz: 59.94 }), { exact: true })),
        await card().innerText());
    check('and its USB', await isThere(card().getByText(say('usb.ready'),
        { exact: true })), await card().innerText());
    await card().locator('img:visible').waitFor();
    await hasBars('and its picture, small',
        '.card[data-name=rack1] .thumb img', SMALL_WITHIN);
    await keepPicture('list');
}

async function theConsole() {
    await page.getByRole('link', { name: 'rack1', exact: true }).click();
    check('the console has the signal\'s size', await patiently(async () =>
        await screenOf(page).count() > 0 && await sizeOf(page) === '640x480'));
    await hasBars('and vivid\'s colour bars');
    await keepPicture('bars');
    await hasPicture('and, at rest, each pixel of what is shown',
        await showPicture('gradient', 7));
    await keepPicture('gradient');
}

// ---- keys and pointer -------------------------------------------------------------

// What arrived at the target, without times.
async function arrived(number) {
    const { lines } = await rack.target.ask(`take ${number} 6000`);
    const { lines: more } = await rack.target.ask('take 99999 300');

    return [...lines, ...more].map(text => text.replace(/ t=\d+$/, ''));
}

const pressed = codes => [...codes.map(code => `keyboard key ${code} 1`),
    ...[...codes].reverse().map(code => `keyboard key ${code} 0`)];

async function keysArrive() {
    await screenOf(page).focus();
    await rack.target.ask('open 10000');
    await rack.target.ask('clear');
    for (const [key, codes] of KEYS) {
        await page.keyboard.press(key);
        checkEqual(`${key} arrives`, await arrived(2 * codes.length),
            pressed(codes));
    }
    await page.keyboard.down('x');
    await rack.target.ask('wait-held 5000 45');
    await screenOf(page).blur();
    await rack.target.ask('wait-held 5000');
    check('a key that is held is let go with the focus', true);
    await page.keyboard.up('x');
}

// Runs in the page: the middle of what has that colour in the picture.
function middleOf(colour) {
    const canvas = document.querySelector('canvas:not(.ghost)');
    const { width, height } = canvas;
    const pixels = canvas.getContext('2d').getImageData(0, 0, width, height)
        .data;
    let [n, sumX, sumY] = [0, 0, 0];

    for (let at = 0; at < width * height; at++) {
        if (colour.every((value, channel) =>
            Math.abs(pixels[4 * at + channel] - value) <= 8)) {
            n++;
            sumX += at % width;
            sumY += Math.floor(at / width);
        }
    }
    return { n, x: Math.round(sumX / n), y: Math.round(sumY / n) };
}

async function thePointerArrives() {
    await showBars();
    await hasBars('the bars are back');
    const red = await page.evaluate(middleOf, [255, 0, 0]);

    check('one of them is red', red.n > 0);
    await rack.target.ask('clear');
    await pointAt(page, red.x, red.y);
    await page.mouse.down();
    await page.mouse.up();
    const events = await arrived(4);
    const last = code => Number(events.findLast(text =>
        text.startsWith(`absolute abs ${code} `))?.split(' ')[3]);
    const place = [last(0) * 639, last(1) * 479].map(steps =>
        Math.round(steps / ABS_MAX));

    check('the pointer goes where the red bar is, to a pixel',
        Math.abs(place[0] - red.x) <= 1 && Math.abs(place[1] - red.y) <= 1,
        `${place} instead of ${red.x},${red.y}`);
    checkEqual('and clicks there', events.slice(-2),
        [`absolute key ${BTN_LEFT} 1`, `absolute key ${BTN_LEFT} 0`]);
}

async function aChordArrives() {
    await useTool(page, 'keys');
    await page.keyboard.press('Escape');
    await rack.target.ask('wait-held 5000');
    await rack.target.ask('clear');
    await page.locator('[data-tool=cad]').click();
    check('Ctrl-Alt-Del is said to be sent', await isThere(words(page,
        'tool.sent', { keys: 'Ctrl-Alt-Del' })));
    checkEqual('and arrives', await arrived(6), pressed([29, 56, 111]));
}

async function aTextArrives() {
    await rack.target.ask('close');
    const console = await rack.readConsole('us');

    await useTool(page, 'paste');
    await page.getByLabel(say('keys.layout'), { exact: true })
        .selectOption('us');
    await page.getByLabel(say('paste.text'), { exact: true }).fill(TEXT);
    await button(page, 'paste.type').click();
    check('the page says that the text is typed', await isThere(words(page,
        'paste.done', { characters: TEXT.length })));
    await keepPicture('paste');
    // A console without a line discipline sees Enter as it is.
    const wanted = TEXT.replaceAll('\n', '\r');

    await patiently(() => console.typed.length >= wanted.length);
    checkEqual('and a console reads it', console.typed, wanted);
    await console.end();
    await rack.target.ask('open 10000');
    await page.getByRole('button', { name: say('app.close') }).first().click();
}

// ---- cables and modes -------------------------------------------------------------

async function withoutSignal([mode, state]) {
    const text = say(`signal.${state}`);

    await rack.cable.ask(`set dv_timings_signal_mode ${mode}`);
    check(`the page says: ${text}`, await isThere(line().getByText(text)),
        await line().innerText());
    await keepPicture(state);
}

async function theSignalGoes() {
    for (const each of NO_SIGNALS) {
        await withoutSignal(each);
    }
    await rack.cable.ask(`set dv_timings_signal_mode ${SIGNAL_OK}`);
    check('and nothing any more, once it is back', await patiently(async () =>
        await line().innerText() === ''), await line().innerText());
    await hasBars('with its picture');
}

// It shows in what is typed, if nothing else tells of it.
async function withoutUsb(state) {
    const [out, back] = NO_USB[state];
    const text = say(`usb.${state}`);
    const lost = say(`usb.lost-${state}`);

    rack.run(out);
    await screenOf(page).focus();
    await page.keyboard.press('y');
    check(`the console says: ${lost}`, await isThere(line().getByText(lost)),
        await line().innerText());
    await keepPicture(`console-usb-${state}`);
    await page.keyboard.press('Control+Alt+Home');
    await page.locator('a.back').click();
    check(`the list says: ${text}`, await isThere(card().getByText(text,
        { exact: true })), await card().innerText());
    await keepPicture(`usb-${state}`);
    rack.run(back);
    check('and that the keyboard is ready, once it is', await isThere(
        card().getByText(say('usb.ready'), { exact: true })),
        await card().innerText());
    await page.getByRole('link', { name: 'rack1', exact: true }).click();
    await hasBars('the console has its picture as before');
}

async function theUsbCableGoes() {
    await withoutUsb('off');
    await withoutUsb('absent');
    await rack.target.ask('open 10000');
    await rack.target.ask('clear');
    await page.keyboard.press('z');
    checkEqual('and types, but nothing old', await arrived(2), pressed([44]));
}

async function anotherMode() {
    await rack.cable.ask('mode 800x600p60');
    check('another mode is another size', await patiently(async () =>
        await sizeOf(page) === '800x600'), await sizeOf(page));
    await showBars();
    await hasBars('with the picture of that');
    await keepPicture('800x600');
}

const STEPS = [theList, theConsole, keysArrive, thePointerArrives,
    aChordArrives, aTextArrives, theSignalGoes, theUsbCableGoes, anotherMode];

await runGroup(rack, async () => {
    rack.addUser('olga', 'operator');
    await rack.cable.ask('mode 640x480p59');
    await showBars();
    browser = await Browser.launch(rack);
    try {
        page = await browser.person();
        page.setDefaultTimeout(PATIENCE_MS);
        for (const step of STEPS) {
            const began = performance.now();

            await step();
            console.log(`   ${step.name}: ${
                ((performance.now() - began) / 1000).toFixed(1)} s`);
        }
        check('nothing of a password or a text is written anywhere',
            !rack.hasWritten(CANARY));
        browser.checkQuiet();
    } finally {
        await browser.close();
    }
});
