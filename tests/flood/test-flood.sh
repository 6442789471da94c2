#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test-flood.sh BUILD TOOLS
#
# A daemon that plays a film, and many who come to its door. With volume the
# figures are judged by what is promised; without, a busy machine may be slow.
set -uo pipefail

build=$1
tools=$2
work=$(mktemp -d)
conf=$work/rackhand.conf
log=$work/rackhandd.log

# shellcheck source=tests/lib.sh
. tests/lib.sh
trap 'finish; rm -rf "$work"' EXIT

connections=120
seconds=6
breaks=600
press_ms=400
how=report
if [[ -n ${RACKHAND_TEST_FULL-} ]]; then
	connections=1000
	seconds=60
	breaks=10000
	press_ms=4000
	how=judge
fi

# With volume the loop gets a processor whenever it wants one, where that may
# be: then a turn takes as long as what is done in it, whatever else runs. The
# kernel takes the processor away from who never rests, though, so that those
# who are pressed are judged by what they compute.
first=()
held=cpu_us
if [[ $how == judge ]] && chrt -r 1 true 2> /dev/null; then
	first=(chrt -r 1)
	held=hold_us
fi

# run NAME COMMAND...: its own lines are the verdicts.
run()
{
	local name=$1

	shift
	echo "== $name"
	"$@" > "$work/run.out" 2>&1 || tail -n 3 "$log"
	grep -vE '^[0-9]+ passed, [0-9]+ failed$' "$work/run.out"
	passed=$((passed + $(grep -c '^ok ' "$work/run.out")))
	failed=$((failed + $(grep -c '^FAIL ' "$work/run.out")))
	grep -q '^ok ' "$work/run.out" || not_ok "$name" "no verdict"
}

# start PROGRAM TARGET CAPTURE: anew.
start()
{
	if [[ -n ${daemon-} ]]; then
		kill "$daemon"
		wait "$daemon"
	fi
	cat > "$conf" <<- END
		target "$2" {
		    capture {
		        $3
		    }
		    vnc {
		        listen = "127.0.0.1:$port"
		        security = "x509plain x509vnc vncauth"
		        password_file = "$work/password"
		    }
		}
	END
	RACKHAND_WATCHED=$work/watched "${first[@]}" "$1" -c "$conf" \
		-s "$work/control.sock" -d "$work/state" 2>> "$log" &
	daemon=$!
	pids+=("$daemon")
	eventually answers "$port" || die "the daemon does not come up"
}

# The worst turn of the loop, as the daemon measured it: hold_us, or cpu_us.
worst()
{
	"$build/rackhand" -s "$work/control.sock" --json stats |
		sed -n "/\"$1\"/,/}/ s/.*\"max\": \([0-9]*\).*/\1/p" | head -n 1
}

judge_loop() # hold_us or cpu_us
{
	local name="no turn of the loop takes more than 20 ms"

	echo "the loop's longest turn: $(worst hold_us) us, computing $(worst cpu_us) us"
	if (($(worst "$1") <= 20000)); then
		ok "$name"
	else
		not_ok "$name" "$1"
	fi
}

port=$(free_port 16300)
mkdir "$work/state"
install -m 600 /dev/stdin "$work/password" <<< secret
words="correct horse battery"
"$build/rackhand" -d "$work/state" user add oper --role operator \
	<<< "$words"
head -c $((320 * 240 * 2 * 8)) /dev/urandom > "$work/frames.yuyv"

start "$build/rackhandd" film "source = file
	file = \"$work/frames.yuyv\"
	size = 320x240
	format = YUYV
	rate = 30"
run "a flood" "$tools/flood" "$daemon" "$port" "x509plain:oper:$words" \
	"$connections" "$seconds" "$how"
judge_loop "$held"

echo "== pressing"
if "$tools/press" "$port" vncauth:secret "$press_ms"; then
	ok "who presses as hard as can be got in"
else
	not_ok "who presses as hard as can be got in" "$(tail -n 2 "$log")"
fi
judge_loop cpu_us

start "$tools/rackhandd-watched" demo "source = demo"
run "breaking off" "$tools/break-off" "$daemon" "$port" vncauth:secret \
	"$work/watched" "$breaks"
run "breaking off, with TLS" "$tools/break-off" "$daemon" "$port" \
	x509vnc:secret "$work/watched" $((breaks / 10))
judge_loop cpu_us

sum_up
