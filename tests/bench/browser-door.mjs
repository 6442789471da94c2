// SPDX-License-Identifier: GPL-2.0-or-later
//
// node browser-door.mjs PORT TARGET USER PASSWORD: a port for viewers, each of whom is
// to the daemon at PORT a browser: a WebSocket within TLS of its own. Prints
// {"port":...} when it is open.

import { createServer } from 'node:net';
import { Client } from '../web/http.mjs';
import { WebSocket } from '../web/websocket.mjs';

const [port, target, user, password] = process.argv.slice(2);
const client = await Client.loggedIn(Number(port), user, password);

const server = createServer(socket => {
    const early = [];
    const keep = bytes => early.push(bytes);

    socket.on('error', () => {});
    socket.on('data', keep);
    WebSocket.open(client, target).then(browser => {
        socket.removeListener('data', keep);
        early.forEach(bytes => browser.write(bytes));
        socket.on('data', bytes => browser.write(bytes));
        socket.on('close', () => browser.destroy());
        browser.on('data', bytes => socket.write(bytes));
        browser.on('close', () => socket.destroy());
        browser.flow();
    }, error => {
        console.error(error.message);
        socket.destroy();
    });
});

server.listen(0, '127.0.0.1', () =>
    console.log(JSON.stringify({ port: server.address().port })));
