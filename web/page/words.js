// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every word that the page shows, in one table: names of places, and what is
// said there. {name} is filled in by say(). What the daemon says (why a login
// failed, what a signal lacks) comes in its own words and is not here.

const WORDS = {
    'app.name': 'rackhand',
    'app.skip': 'Skip to the content',
    'app.skip-screen': 'Skip to the machine’s screen',
    'app.loading': 'Loading …',
    'app.close': 'Close',
    'app.cancel': 'Cancel',
    'app.actions': 'What can be done',
    'app.retry': 'Try again',
    'app.refresh': 'Refresh',
    'app.licences': 'Licences',
    'app.version': 'rackhand {version}',
    'app.nothing-here': 'Nothing is at this address.',
    'app.to-machines': 'To the machines',

    'nav.label': 'Main',
    'nav.machines': 'Machines',
    'nav.sessions': 'Sessions',
    'nav.audit': 'Audit',
    'nav.users': 'Users',
    'nav.tokens': 'Tokens',

    'account.label': '{user}: account and colours',
    'account.who': '{user}, {role}',
    'account.theme': 'Colours',
    'account.theme-auto': 'System',
    'account.theme-light': 'Light',
    'account.theme-dark': 'Dark',
    'account.logout': 'Log out',

    'role.viewer': 'viewer',
    'role.operator': 'operator',
    'role.admin': 'admin',
    'role.none': 'no role',

    'error.unreachable': 'The daemon does not answer. It may be restarting, ' +
        'or the network is down.',
    'error.status': 'The daemon refused this ({status}).',
    'error.signed-out': 'Your session has ended. Log in again.',

    'login.title': 'Log in',
    'login.user': 'Name',
    'login.password': 'Password',
    'login.hint': 'With one-time codes, append the six digits to the ' +
        'password, without a space.',
    'login.show': 'Show the password',
    'login.hide': 'Hide the password',
    'login.submit': 'Log in',
    'login.checking': 'Checking …',
    'login.wrong': 'Name or password is wrong.',
    'login.wait': 'Too many failed logins from here. You can try again ' +
        'in {time}.',
    'login.again': 'You can try again now.',

    'setup.title': 'Make the first user',
    'setup.lead': 'Nobody can log in yet. Who makes the first user is ' +
        'asked for the setup code, which only somebody at this device can ' +
        'read.',
    'setup.code': 'Setup code',
    'setup.code-hint': 'It stands on the device’s console and in ' +
        '/var/lib/rackhand/setup-code; “make run” prints it. It is good for ' +
        '30 minutes after the start.',
    'setup.user': 'Your name',
    'setup.user-hint': '1 to 32 letters, digits and . _ - @',
    'setup.password': 'Password',
    'setup.password-hint': 'At least 12 characters. Four words that have ' +
        'nothing to do with each other are good.',
    'setup.repeat': 'Password again',
    'setup.differs': 'The two passwords differ.',
    'setup.short': 'A password has at least 12 characters.',
    'setup.submit': 'Make the user',
    'setup.working': 'Making the user …',

    'machines.title': 'Machines',
    'machines.none': 'No machine yet',
    'machines.none-lead': 'Your user has no role on any target, or the ' +
        'configuration has none. An admin can give you one: ' +
        'rackhand user role NAME viewer@TARGET',
    'machines.picture-of': 'Screen of {name}',
    'machines.count-one': 'one machine',
    'machines.count': '{n} machines',

    'signal.ok': '{width} × {height}, {hz} Hz',
    'signal.no-device': 'Capture device is missing',
    'signal.no-cable': 'No signal: no cable, or the machine is off',
    'signal.no-lock': 'Signal is not stable',
    'signal.unsupported-mode': 'The machine’s mode cannot be captured',
    'signal.not-served': 'Cannot be served now; it is tried again',
    'signal.other': 'Signal: {state}',
    'signal.since': 'for {time}',
    'usb.ready': 'keyboard ready',
    'usb.sleeping': 'keyboard not read',
    'usb.off': 'USB not connected',
    'usb.absent': 'no USB gadget',
    'usb.none': 'look only',
    'usb.other': 'USB: {state}',
    'usb.lost-sleeping': 'The machine does not read its keyboard.',
    'usb.lost-off': 'The machine’s USB is not connected: keys do not arrive.',
    'usb.lost-absent': 'There is no USB gadget: keys do not arrive.',
    'usb.led.num': 'Num Lock',
    'usb.led.caps': 'Caps Lock',
    'usb.led.scroll': 'Scroll Lock',
    'people.nobody': 'nobody operates',
    'people.you': 'you operate',
    'people.other': '{user} operates',
    'people.viewers-one': '1 viewer',
    'people.viewers': '{n} viewers',

    'console.title': '{name} – rackhand',
    'console.toolbar': 'Tools for {name}',
    'console.back': 'Machines',
    'console.screen': 'Screen of {name}. Keys typed here go to the machine. ' +
        'Control, Alt and Home leave it.',
    'console.screen-look': 'Screen of {name}. You may look only.',
    'console.show-tools': 'Show the tools',
    'console.pin': 'Keep the tools in place',
    'console.way-out': 'Keys go to {name}. Ctrl + Alt + Home brings you ' +
        'back to the tools.',
    'console.connecting': 'Connecting to {name} …',
    'console.lost': 'The connection is lost.',
    'console.lost-retry': 'Next try in {time}.',
    'console.retry-now': 'Try now',
    'console.ended': 'You have been disconnected.',
    'console.ended-reason': 'You have been disconnected: {reason}',
    'console.again': 'Connect again',
    'console.gone': 'There is no machine {name} here, or you have no role ' +
        'on it.',
    'console.back-again': 'Connected again.',
    'console.connected': 'Connected to {name}.',
    'console.since': '{text} (for {time})',
    'console.others-turn': '{user} operates. What you type does not count.',
    'console.ask': 'Ask for the keyboard',
    'console.asked-by': '{user} asks for the keyboard.',
    'console.asking': '{user} operates. You have asked for the keyboard.',
    'console.give': 'Give it to {user}',

    'tool.cad': 'Ctrl-Alt-Del',
    'tool.keys': 'Keys',
    'tool.keyboard': 'Keyboard',
    'tool.soft': 'Type',
    'tool.paste': 'Paste',
    'tool.mouse': 'Mouse',
    'tool.picture': 'Picture',
    'tool.screenshot': 'Screenshot',
    'tool.fullscreen': 'Full screen',
    'tool.fullscreen-end': 'Leave full screen',
    'tool.people': 'People',
    'tool.figures': 'Figures',
    'tool.says': '{tool}: {words}',
    'tool.screenshot-taken': 'Screenshot saved as {file}.',
    'tool.sent': '{keys} sent.',

    'keys.title': 'Keys',
    'keys.chords': 'Chords',
    'keys.functions': 'Function keys',
    'keys.macros': 'Macros',
    'keys.with': 'Together with',
    'keys.none': 'No macros.',
    'keys.ran': 'Macro {name} runs.',
    'keys.layout': 'Keyboard layout of the machine',
    'keys.layout-hint': 'Text is typed as this keyboard types it. Your own ' +
        'keys go through by their place.',
    'keys.variant': 'Variant',
    'keys.variant-none': 'Standard',
    'keys.layout-saved': 'Layout: {name}',

    'osk.title': 'On-screen keyboard',
    'osk.hint': 'Keys by their place on a US keyboard. Ctrl, Alt, Shift ' +
        'and Super stay down until the next key.',

    'paste.title': 'Paste text',
    'paste.text': 'Text to type',
    'paste.from-clipboard': 'From the clipboard',
    'paste.clipboard-refused': 'The browser does not give the clipboard; ' +
        'paste into the field instead.',
    'paste.type': 'Type it',
    'paste.again': 'Type the rest of it without these',
    'paste.cancel': 'Stop typing',
    'paste.count': '{n} characters',
    'paste.count-one': '1 character',
    'paste.too-long': '64 KiB at most; this is {size}.',
    'paste.untypable': 'This layout cannot type:',
    'paste.untypable-at': 'line {line}, column {column}',
    'paste.untypable-more': 'and {n} more',
    'paste.typing': '{typed} of {characters} typed',
    'paste.pace-leds': 'as fast as the machine answers',
    'paste.pace-delay': 'at a fixed pace',
    'paste.done': 'Typed: {characters} characters.',
    'paste.cancelled': 'Stopped after {typed} of {characters} characters.',
    'paste.ended': 'Ended after {typed} of {characters}: {result}',
    'paste.private': 'Typed as keys by the daemon; not kept and not logged.',

    'mouse.title': 'Mouse',
    'mouse.mode': 'How the machine’s pointer moves',
    'mouse.absolute': 'Where I point',
    'mouse.absolute-hint': 'For all that has a desktop.',
    'mouse.relative': 'By motion',
    'mouse.relative-hint': 'For firmware and programs that know no other. ' +
        'Click the picture to catch the mouse, Esc to let it go.',
    'mouse.pointer': 'My own pointer above the picture',
    'mouse.pointer-dot': 'Dot',
    'mouse.pointer-cross': 'Cross',
    'mouse.pointer-none': 'None',
    'mouse.caught': 'The mouse is caught. Esc lets it go.',
    'mouse.cannot': 'This browser cannot catch the mouse.',

    'picture.title': 'Picture',
    'picture.quality': 'Quality in motion',
    'picture.quality-9': 'Sharp',
    'picture.quality-6': 'Balanced',
    'picture.quality-2': 'Light, for thin links',
    'picture.quality-hint': 'What stands still becomes exact in any case.',
    'picture.scaling': 'Size',
    'picture.fit': 'Fit the window',
    'picture.one': '1 : 1, pixel by pixel',
    'picture.drag': 'Drag the picture instead of the mouse',
    'picture.look-only': 'Look only: send no keys and no mouse',

    'monitor.title': 'Monitor',
    'monitor.is': '{maker} {name}, {width} × {height} at {rate} Hz',
    'monitor.preset-is': '{words} ({preset})',
    'monitor.unknown': 'The machine is told of no monitor.',
    'monitor.preset': 'The machine believes in',
    'monitor.no-preset': 'none of these',
    'monitor.file': 'Or a file with an EDID',
    'monitor.hint': 'The machine sees its monitor go and another one come, ' +
        'and may choose another mode. It stays so after a restart.',
    'monitor.no-edid': '{file} is no EDID: one has 128 to 512 bytes.',

    'people.title': 'Who is here',
    'people.operates': 'operates',
    'people.asks': 'asks',
    'people.since': 'here for {time}',
    'people.you-mark': '(you)',
    'people.free': 'Nobody has the keyboard: who types first gets it.',
    'people.have': 'You have the keyboard.',
    'people.has': '{user} has the keyboard.',
    'people.take': 'Take the keyboard',
    'people.ask': 'Ask for the keyboard',
    'people.release': 'Let go of the keyboard',
    'people.give': 'Give to {user}',
    'people.may-not': 'You may look only.',
    'people.policy-idle': 'Who has typed nothing for ten seconds can be ' +
        'followed by the next who types.',
    'people.policy-seize': 'Who asks for the keyboard gets it at once.',
    'people.policy-ask': 'Who wants the keyboard has to ask for it.',

    'figures.title': 'Figures',
    'figures.short': '{fps} fps · {delay} · {rate}',
    'figures.waiting': 'measuring …',
    'figures.frames': 'Frames captured',
    'figures.frames-value': '{fps} a second',
    'figures.picture': 'Frame to last byte',
    'figures.key': 'Key to USB',
    'figures.trip': 'Network, there and back',
    'figures.rate-you': 'To you',
    'figures.rate-all': 'To all viewers',
    'figures.dropped': 'Frames dropped',
    'figures.viewers': 'Viewers',
    'figures.percentiles': '{p50} (P99 {p99})',
    'figures.hint': 'Measured by the daemon since it serves this machine; ' +
        'rates are of the last two seconds.',

    'sessions.title': 'Sessions',
    'sessions.lead': 'Who is logged in, in viewers and in browsers.',
    'sessions.mine': 'Your own sessions.',
    'sessions.user': 'User',
    'sessions.target': 'Where',
    'sessions.role': 'Role',
    'sessions.peer': 'From',
    'sessions.how': 'How',
    'sessions.since': 'Since',
    'sessions.idle': 'Idle',
    'sessions.keyboard': 'Keyboard',
    'sessions.operates': 'operates',
    'sessions.asks': 'asks',
    'sessions.end': 'Disconnect',
    'sessions.end-title': 'Disconnect {user}?',
    'sessions.end-lead': 'The session at {target} ends at once, and what it ' +
        'holds down is released.',
    'sessions.ended': '{user} is disconnected.',
    'sessions.page': 'the page',
    'sessions.none': 'Nobody is logged in.',

    'audit.title': 'Audit',
    'audit.lead': 'Who came, failed, typed and left. Newest first.',
    'audit.time': 'Time (UTC)',
    'audit.event': 'Event',
    'audit.user': 'User',
    'audit.target': 'Target',
    'audit.peer': 'From',
    'audit.details': 'Details',
    'audit.filter': 'Event',
    'audit.filter-all': 'All events',
    'audit.more': 'Show more',
    'audit.none': 'Nothing was written yet.',

    'users.title': 'Users',
    'users.lead': 'A change of password or roles ends what the user has ' +
        'open.',
    'users.name': 'Name',
    'users.roles': 'Roles',
    'users.roles-hint': 'viewer, operator or admin for all machines, or for ' +
        'one: viewer,operator@rack1',
    'users.codes': 'One-time codes',
    'users.codes-yes': 'yes',
    'users.codes-no': 'no',
    'users.password': 'Password',
    'users.password-keep': 'Leave empty to keep the old one.',
    'users.add': 'Add a user',
    'users.add-title': 'Add a user',
    'users.edit': 'Change',
    'users.edit-title': 'Change {name}',
    'users.save': 'Save',
    'users.remove': 'Remove',
    'users.remove-title': 'Remove {name}?',
    'users.remove-lead': '{name} is logged out everywhere at once.',
    'users.saved': '{name} is saved.',
    'users.removed': '{name} is removed.',
    'users.none': 'No users.',

    'tokens.title': 'Tokens',
    'tokens.lead': 'For programs that use the interface, instead of a ' +
        'password. Each has roles of its own and ends by itself.',
    'tokens.name': 'Name',
    'tokens.roles': 'Roles',
    'tokens.expires': 'Ends',
    'tokens.expires-days': 'Days until it ends',
    'tokens.add': 'Make a token',
    'tokens.add-title': 'Make a token',
    'tokens.make': 'Make it',
    'tokens.shown': 'The token {name}',
    'tokens.shown-lead': 'It is shown this once. Keep it as you keep a ' +
        'password.',
    'tokens.copy': 'Copy',
    'tokens.copied': 'Copied.',
    'tokens.remove': 'Remove',
    'tokens.remove-title': 'Remove the token {name}?',
    'tokens.remove-lead': 'Programs that use it are refused at once.',
    'tokens.removed': 'The token {name} is removed.',
    'tokens.none': 'No tokens.',

    'time.seconds': '{n} s',
    'time.minutes': '{n} min',
    'time.hours': '{n} h',
    'time.days': '{n} d',
    'time.hours-minutes': '{h} h {m} min',
};

// The words of `key`, with {name} filled in from `values`.
export function say(key, values = {}) {
    const words = WORDS[key];

    if (words === undefined) {
        throw new Error(`words.js has no "${key}"`);
    }
    return words.replace(/\{([a-z0-9]+)\}/g, (whole, name) =>
        (name in values ? String(values[name]) : whole));
}

// The words of `${prefix}${name}` if there are any, else of `other`.
export function sayKind(prefix, name, other, values = {}) {
    const key = `${prefix}${name}`;

    return say(key in WORDS ? key : other, values);
}

export function allWords() {
    return WORDS;
}
