#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test-limits.sh BUILD TOOLS
#
# A daemon that runs into its limits sheds load: who is in stays, newcomers
# wait or are turned away, and afterwards all is as it was.
set -uo pipefail

build=$1
tools=$2
work=$(mktemp -d)
conf=$work/rackhand.conf
log=$work/rackhandd.log

# shellcheck source=tests/lib.sh
. tests/lib.sh
trap 'finish; rm -rf "$work"' EXIT

port=$(free_port 16400)
mkdir "$work/state"
install -m 600 /dev/stdin "$work/password" <<< secret
head -c $((320 * 240 * 2 * 8)) /dev/urandom > "$work/frames.yuyv"
cat > "$conf" <<- END
	target "film" {
	    capture {
	        source = file
	        file = "$work/frames.yuyv"
	        size = 320x240
	        format = YUYV
	        rate = 30
	    }
	    vnc {
	        listen = "127.0.0.1:$port"
	        security = "x509vnc vncauth"
	        password_file = "$work/password"
	    }
	}
END

start() # LIMIT...: of prlimit
{
	prlimit "$@" "$build/rackhandd" -c "$conf" -s "$work/control.sock" \
		-d "$work/state" 2>> "$log" &
	daemon=$!
	pids+=("$daemon")
	eventually answers "$port" || die "the daemon does not come up"
}

crowd() # TYPE VIEWERS SECONDS
{
	"$tools/crowd" "$port" "$1:secret" "$2" "$3"
}

# judge NAME WHAT EXPRESSION: of the words of WHAT, a crowd's answer.
judge()
{
	local in lost updates

	read -r _ in _ lost _ updates <<< "$2"
	if (($3)); then
		ok "$1 ($2)"
	else
		not_ok "$1" "$2"
	fi
}

descriptors()
{
	local all=("/proc/$daemon/fd"/*)

	echo "${#all[@]}"
}

memory_kb()
{
	awk '/VmSize/ { print $2 }' "/proc/$daemon/status"
}

logged()
{
	grep -q "$1" "$log"
}

check() # NAME COMMAND...
{
	local name=$1

	shift
	if "$@"; then ok "$name"; else not_ok "$name" "$(tail -n 3 "$log")"; fi
}

# Three watch while 60 come; then there is room again, and five come. KEPT is an
# expression for what becomes of the three.
squeeze() # NAME LIMIT LIMIT-AFTERWARDS TYPE KEPT
{
	local stayed

	crowd x509vnc 3 7 > "$work/stayed" &
	stayed=$!
	eventually eval '(($(grep -c " joined from " "$log") >= joined + 3))'
	prlimit --pid "$daemon" "$2"
	judge "$1: not all of 60 get in" "$(crowd "$4" 60 2)" "in < 60"
	prlimit --pid "$daemon" "$3"
	judge "$1: afterwards all do" "$(crowd "$4" 5 3)" "in == 5"
	wait "$stayed"
	judge "$1: who was in before" "$(< "$work/stayed")" "$5"
	check "$1: the daemon is the same" kill -0 "$daemon"
	joined=$(grep -c " joined from " "$log")
}

start
joined=0
crowd x509vnc 2 2 > "$work/first" # what is opened once is open now
joined=$(grep -c " joined from " "$log")
squeeze "no descriptors" --nofile=$(($(descriptors) + 5)): --nofile=1024: \
	x509vnc "in == 3 && lost == 0 && updates > 0"
check "no descriptors: it was said" logged "cannot accept viewers for now"
check "no descriptors: and that it is over" logged "accepting viewers again"
# Whoever needs memory now may be the one that goes, in or not.
squeeze "no memory" --as=$((($(memory_kb) + 500) * 1024)): --as=unlimited: \
	x509vnc "in == 3"
kill "$daemon"
wait "$daemon"
check "it still ends as it is told" test $? == 0

start --nofile=64
judge "64 descriptors from the start: some get in" "$(crowd vncauth 80 3)" \
	"in >= 5 && in < 80 && updates > 0"
judge "64 descriptors from the start: and others when they have gone" \
	"$(crowd x509vnc 5 3)" "in == 5"
kill "$daemon"
wait "$daemon"

# Root has no such limit, so it is another user who tries. It does not get so
# far as to serve that configuration.
as=()
((EUID != 0)) || as=(setpriv --reuid 54321 --regid 54321 --clear-groups)
timeout 20 "${as[@]}" prlimit --nproc=1 "$build/rackhandd" \
	-c config/demo.conf -s "$work/other.sock" -d "$work/state" \
	2> "$work/threads"
check "without threads it does not start" test $? == 1
check "and says why" grep -q "cannot start a thread; TasksMax" "$work/threads"

sum_up
