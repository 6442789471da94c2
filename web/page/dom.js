// SPDX-License-Identifier: GPL-2.0-or-later
//
// Elements without markup: text is always text, so nothing that the daemon or
// a machine says can become code.

import { ICONS } from './icons.js';

const SVG = 'http://www.w3.org/2000/svg';

function setProperty(node, name, value) {
    if (name.startsWith('on')) {
        node.addEventListener(name.slice(2), value);
    } else if (name === 'class') {
        node.className = value;
    } else if (name === 'hidden' || name === 'value' || name === 'checked' ||
        name === 'disabled') {
        node[name] = value;
    } else if (value === true) {
        node.setAttribute(name, '');
    } else {
        node.setAttribute(name, value);
    }
}

// el('button', { class: 'quiet', onclick: f }, 'text', otherNode, null)
export function el(tag, properties = {}, ...children) {
    const node = document.createElement(tag);

    for (const [name, value] of Object.entries(properties)) {
        if (value !== null && value !== undefined && value !== false) {
            setProperty(node, name, value);
        }
    }
    node.append(...children.flat().filter((child) =>
        child !== null && child !== undefined && child !== false));
    return node;
}

export function fill(node, ...children) {
    node.replaceChildren(...children.flat().filter((child) =>
        child !== null && child !== undefined && child !== false));
    return node;
}

// Writes only what is new, so that screen readers are not told again.
export function setText(node, text) {
    if (node.textContent !== text) {
        node.textContent = text;
    }
}

export function icon(name) {
    const svg = document.createElementNS(SVG, 'svg');

    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    for (const path of ICONS[name]) {
        const part = document.createElementNS(SVG, 'path');

        part.setAttribute('d', path);
        svg.append(part);
    }
    return svg;
}

let lastId = 0;

export function newId(stem) {
    lastId += 1;
    return `${stem}-${lastId}`;
}

// A label, its input, and what is to be known about it.
export function field(label, input, hint) {
    const id = newId('field');
    const hintNode = hint ? el('p', { class: 'hint', id: `${id}-hint` }, hint)
        : null;

    input.id = id;
    if (hint) {
        input.setAttribute('aria-describedby', `${id}-hint`);
    }
    return el('div', { class: 'field' },
        el('label', { for: id }, label), input, hintNode);
}

// One of several, as radio buttons. `choices`: [value, label, hint?].
export function choice(legend, choices, value, onchange) {
    const name = newId('choice');

    return el('fieldset', { class: 'choice' },
        el('legend', {}, legend),
        choices.map(([key, label, hint]) => el('label', {},
            el('input', { type: 'radio', name, value: key,
                checked: key === value, onchange: () => onchange(key) }),
            el('span', {}, label,
                hint ? el('small', {}, hint) : null))));
}

export function check(label, checked, onchange) {
    const input = el('input', { type: 'checkbox', checked,
        onchange: () => onchange(input.checked) });

    return el('label', { class: 'check' }, input, el('span', {}, label));
}
