// SPDX-License-Identifier: GPL-2.0-or-later
//
// What pages of ours and of others say in Origin, and whether it counts for one
// of ours: [name, Origin, Host, does it?].

export const origins = (host, port) => [
    ['its own', `https://${host}`, host, true],
    ['its own by name', `https://kvm1.example.org:${port}`,
        `kvm1.example.org:${port}`, true],
    ['its own by address of IPv6', `https://[::1]:${port}`, `[::1]:${port}`,
        true],
    ['none', null, host, false],
    ['empty', '', host, false],
    ['null', 'null', host, false],
    ['without TLS', `http://${host}`, host, false],
    ['another scheme', `wss://${host}`, host, false],
    ['another port', `https://127.0.0.1:${port + 1}`, host, false],
    ['no port', 'https://127.0.0.1', host, false],
    ['a port that begins like ours', `https://${host}0`, host, false],
    ['a host that begins like ours', `https://${host}.evil.example`, host,
        false],
    ['a name that begins like ours',
        `https://kvm1.example.org.evil.example:${port}`,
        `kvm1.example.org:${port}`, false],
    ['a name that ends like ours', `https://evil-kvm1:${port}`,
        `kvm1:${port}`, false],
    ['a host below ours', `https://a.kvm1:${port}`, `kvm1:${port}`, false],
    ['a trailing dot', `https://kvm1.:${port}`, `kvm1:${port}`, false],
    ['another of our names', `https://localhost:${port}`, host, false],
    ['another name altogether', `https://evil.example:${port}`, host, false],
    ['the same address written otherwise', `https://[0:0:0:0:0:0:0:1]:${port}`,
        `[::1]:${port}`, false],
    ['us as somebody\'s user', `https://${host}@evil.example`, host, false],
    ['somebody as user here', `https://evil@${host}`, host, false],
    ['with a path', `https://${host}/`, host, false],
    ['two of them', `https://${host} https://evil.example`, host, false],
    ['two headers', [`https://${host}`, 'https://evil.example'], host, false],
    ['our name without the scheme', host, host, false],
];
