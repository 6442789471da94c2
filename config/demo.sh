#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# demo.sh BUILD [CONFIG [STATE [SOCKET]]]
#
# Serve a configuration without any hardware, and say how to look at it as soon
# as it is there. Ctrl-C ends it.
set -euo pipefail

build=$1
config=${2:-config/demo.conf}
state=${3:-build/demo-state}
socket=${4:-$PWD/build/demo.sock}
daemon=$$ # what this becomes at its end

address_of() # SECTION
{
	sed -n "s/^ *$1 *{ *listen = \"\\([^\"]*\\)\".*/\\1/p" "$config" | head -n 1
}

announce()
{
	local web vnc

	until "$build/rackhand" -s "$socket" status > /dev/null 2>&1; do
		kill -0 "$daemon" 2> /dev/null || return
		sleep 0.2
	done
	web=$(address_of web)
	vnc=$(address_of vnc)
	printf '\n  %-14s %s\n' 'In a browser:' "https://$web/"
	printf '  %-14s %s\n' '' 'It does not know the certificate yet, which was made here: go on.'
	if [[ -s $state/setup-code ]]; then
		printf '  %-14s %s\n' 'Setup code:' "$(< "$state/setup-code")"
	else
		printf '  %-14s %s\n' 'Log in:' "as the user that you have made; \"rm -r $state\" forgets all"
	fi
	printf '  %-14s %s\n' 'In a viewer:' "vncviewer ${vnc%:*}::${vnc##*:}"
	printf '  %-14s %s\n\n' 'The end:' 'Ctrl-C here'
}

mkdir -p -m 700 "$state"
announce &
exec "$build/rackhandd" --config "$config" --socket "$socket" \
	--state-directory "$state"
