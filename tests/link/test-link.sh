#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test-link.sh DIR
#
# A viewer on a link of 56 kbit/s and 100 ms of round trip types into a picture
# that never stands still: one with fences and continuous updates, another one
# with requests. A third one looks on without such a link: what delays that one
# is the machine, not the link. No loss: that needs a kernel's help, and is
# tested in the rack.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
. "$here/judge.sh"
dir=$1
seconds=${RACKHAND_TEST_FULL:+60}
seconds=${seconds:-8}
rate=7000
latency_ms=50
work=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$work"' EXIT

# A port of this machine on which nobody listens.
free_port() {
	local port
	while port=$((20000 + RANDOM % 12000)); do
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2> /dev/null || break
	done
	echo "$port"
}

await_port() {
	local try
	for try in {1..100}; do
		grep -q "0100007F:$(printf %04X "$1") .* 0A " /proc/net/tcp && return
		sleep 0.05
	done
	return 1
}

# thin FROM MODE: a viewer behind a relay of its own.
thin() {
	local port
	port=$(free_port)
	"$dir/relay" "$port" "$server_port" $rate $latency_ms &
	await_port "$port"
	"$dir/view" "$1" "127.0.0.1:$port" "$2" "$seconds" > "$work/$2" &
	viewers+=($!)
}

viewers=()
server_port=$(free_port)
"$dir/serve" "127.0.0.1:$server_port" $((seconds + 3)) \
	> "$work/serve" 2> "$work/serve.log" &
await_port "$server_port"
thin 127.0.0.2 fences
thin 127.0.0.3 requests
"$dir/view" 127.0.0.4 "127.0.0.1:$server_port" fences "$seconds" \
	> "$work/quick" &
viewers+=($!)
for viewer in "${viewers[@]}"; do
	wait "$viewer" || { echo "FAIL a viewer"; exit 1; }
done

for mode in fences requests; do
	judge_keys "$mode" "$work/serve" "$work/$mode" $((2 * latency_ms)) \
		"$(machine_lag "$work/quick" 90)"
	judge_pictures "$mode" "$work/$mode" $rate 100 \
		"$(machine_lag "$work/quick" 100)"
done
judge_quick "$work/quick" "$seconds"
echo "$judged_ok passed, $judged_bad failed"
((judged_bad == 0))
