#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test-rack.sh DIR [NAME...]
#
# Boots the machine in DIR, runs the tests in it (those whose name contains
# one of the NAMEs; all if none) and ends it. The browser's tests, which run
# outside of it, are called "browser". A machine that runs already is used and
# left running. RACKHAND_TEST_FULL=1 adds volume. What the product logged is kept
# in DIR/log/journal, what the browser showed in DIR/log/browser-*.png.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
rack=$1
shift
full=${RACKHAND_TEST_FULL:-}

share() {
	rm -rf "$rack/out/tests"
	mkdir -p "$rack/out/tests" "$rack/log"
	cp -r "$rack/bin" "$here/inside" "$rack/out/tests/"
	cp "$here/../link/judge.sh" "$rack/out/tests/inside/"
}

wants() { # TEST NAME...
	local test=$1 name
	shift
	(($# > 0)) || return 0
	for name in "$@"; do
		[[ $test != *"$name"* ]] || return 0
	done
	return 1
}

finish() {
	"$here/vm.sh" "$rack" run 'journalctl -b --no-hostname' \
		> "$rack/log/journal" 2>/dev/null || true
	[[ $keep ]] || "$here/vm.sh" "$rack" stop
}

share
keep=1
if ! "$here/vm.sh" "$rack" run true > /dev/null 2>&1; then
	keep=
	trap finish EXIT
	"$here/vm.sh" "$rack" start
	echo "booted in $SECONDS s"
else
	trap finish EXIT
fi

rc=0
RACK_COMMAND_TIMEOUT_S=$((full ? 3600 : 900)) "$here/vm.sh" "$rack" run \
	"RACKHAND_TEST_FULL=$full bash /out/tests/inside/run.sh ${*@Q}" || rc=$?
# What did not end in time still has the machine's hardware.
if ((rc != 124)) && wants browser "$@"; then
	echo "in a browser:"
	node "$here/browser.mjs" "$rack" || rc=$?
fi
((rc == 0)) || echo "the product's log: $rack/log/journal"
exit "$rc"
