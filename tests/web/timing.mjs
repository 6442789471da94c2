// SPDX-License-Identifier: GPL-2.0-or-later
//
// How long things take, as the page itself can tell: from the event to the
// first drawing of the page by which the canvas has the pixels, looked for in
// as few of them as will do. What the looking costs is counted, too.

// ---- in the page ---------------------------------------------------------------

// Before the page's own code: when it is usable, and when from a click on the
// console is reached. `globalThis.timing` has the figures.
export function watchPage() {
    const timing = { usable: null, click: null, steps: {}, looking: 0 };
    const since = () => performance.now() - timing.click;
    const first = (step) => {
        timing.steps[step] ??= since();
    };

    globalThis.timing = timing;
    globalThis.WebSocket = new Proxy(WebSocket, {
        construct(target, args) {
            const socket = new target(...args);

            first('asked');
            socket.addEventListener('open', () => first('open'));
            socket.addEventListener('message', ({ data }) => {
                // Nothing before the picture is as large.
                if (data.byteLength > 500) {
                    first('came');
                }
            });
            return socket;
        },
    });

    // A picture has two colours, somewhere at its left.
    const hasPicture = () => {
        const canvas = document.querySelector('canvas:not(.ghost)');

        if (!canvas || canvas.width === 0) {
            return false;
        }
        const began = performance.now();
        const pixels = new Uint32Array(canvas.getContext('2d').getImageData(
            0, 0, 64, canvas.height).data.buffer);
        const found = pixels.some(pixel => pixel !== pixels[0]);

        timing.looking += performance.now() - began;
        return found;
    };

    const look = () => {
        if (hasPicture()) {
            first('shown');
        } else {
            requestAnimationFrame(look);
        }
    };

    addEventListener('click', ({ timeStamp }) => {
        Object.assign(timing, { click: timeStamp, steps: {}, looking: 0 });
        requestAnimationFrame(look);
    }, { capture: true });
    new MutationObserver((_, observer) => {
        if (document.querySelector('h1')) {
            timing.usable = performance.now();
            observer.disconnect();
        }
    }).observe(document, { childList: true, subtree: true });
}

// Runs in the page: the time from the next key to when the cell of the screen
// at this place looks otherwise; null: it never did.
export function watchCell({ column, row }) {
    const canvas = document.querySelector('canvas:not(.ghost)');
    const context = canvas.getContext('2d');
    let looking = 0;
    const print = () => {
        const began = performance.now();
        const { data } = context.getImageData(8 * column, 16 * row, 8, 16);
        const text = new Uint32Array(data.buffer).join();

        looking += performance.now() - began;
        return text;
    };

    globalThis.timedKey = new Promise(resolve => {
        document.addEventListener('keydown', ({ timeStamp }) => {
            const before = print();
            const look = () => {
                const took = performance.now() - timeStamp;

                if (print() !== before) {
                    resolve({ took, looking });
                } else if (took > 5000) {
                    resolve(null);
                } else {
                    requestAnimationFrame(look);
                }
            };

            requestAnimationFrame(look);
        }, { capture: true, once: true });
    });
}

// ---- figures -------------------------------------------------------------------

export function percentiles(times) {
    const sorted = [...times].sort((a, b) => a - b);
    const at = share => Number(sorted[Math.min(sorted.length - 1,
        Math.floor(sorted.length * share))].toFixed(1));

    return { p50: at(0.5), p95: at(0.95) };
}
