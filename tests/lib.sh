# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the tests that start programs have in common; to be sourced. Wants
# $work, a folder for the logs, and $probe_program, the rfb-probe.

passed=0
failed=0
pids=() # of all that is to be ended with the test

finish()
{
	for pid in "${pids[@]}"; do
		kill "$pid" 2> /dev/null
	done
	wait
}
trap finish EXIT

sum_up()
{
	echo "$passed passed, $failed failed"
	((failed == 0))
}

ok()
{
	passed=$((passed + 1))
	echo "ok $1"
}

not_ok()
{
	failed=$((failed + 1))
	echo "FAIL $1: ${2-}"
}

die()
{
	echo "$1" >&2
	tail -n 30 "$work"/*.log >&2
	exit 1
}

# Until the command succeeds; a busy machine may take its time.
eventually()
{
	local end=$((SECONDS + 15))

	while ((SECONDS < end)); do
		"$@" && return 0
		sleep 0.1
	done
	return 1
}

free_port()
{
	local port

	for ((port = $1; port < $1 + 100; port++)); do
		(exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || {
			echo "$port"
			return
		}
	done
}

answers()
{
	(exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null
}

start_probe()
{
	coproc PROBE { exec "$probe_program" 2> "$work/probe.log"; }
	pids+=("$PROBE_PID")
}

stop_probe()
{
	local pid=$PROBE_PID

	kill "$pid"
	wait "$pid" 2> /dev/null
}

# One command to the probe; its answer is left in $answer.
probe()
{
	echo "$*" >&"${PROBE[1]}"
	IFS= read -r -t 30 answer <&"${PROBE[0]}" || answer="no answer"
	[[ $answer == ok* ]]
}

# ---- a terminal ---------------------------------------------------------------------

# The command at a terminal of its own, whose keys and screen are ours.
at_terminal() # COMMAND
{
	[[ -p $work/keys ]] || mkfifo "$work/keys" "$work/screen"
	script -qefc "$1" /dev/null < "$work/keys" > "$work/screen" 2>&1 &
	terminal=$!
	pids+=("$terminal")
	exec 5> "$work/keys" 6< "$work/screen"
	shown=
}

# Until that is shown; what was shown until then is left in $before.
asked() # TEXT
{
	local c

	until [[ $shown == *"$1"* ]]; do
		IFS= read -r -N 1 -t 15 -u 6 c || return 1
		shown+=$c
	done
	# shellcheck disable=SC2034 # in a check
	before=$shown
	shown=
}

type_line()
{
	printf '%s\r' "$1" >&5
}

# What else is shown until its end, and how it ended.
leave_terminal()
{
	local code

	timeout 30 cat <&6 > "$work/out" || kill "$terminal"
	wait "$terminal"
	code=$?
	exec 5>&- 6<&-
	return "$code"
}
