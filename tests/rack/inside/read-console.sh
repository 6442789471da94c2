#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# read-console.sh LAYOUT: what is typed on a text console whose keyboard has that
# layout, as it is typed; until this end of it is closed. "ready" on the standard
# error says from when on. Keyboards must be nobody else's meanwhile.
set -euo pipefail

tty=/dev/tty9

forget() {
	kill "$reader" 2> /dev/null || true
	loadkeys -q -C $tty -d > /dev/null 2>&1 || true
	chvt 1
}

chvt "${tty#/dev/tty}"
kbd_mode -f -u -C $tty
loadkeys -q -C $tty "/rack/keymaps/$1.kmap"
# The kernel forgets the settings of a console that nobody has open.
exec {console}< $tty
stty raw -echo <&"$console"
cat <&"$console" &
reader=$!
trap forget EXIT
trap exit TERM
echo ready >&2
read -r || true
