# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the rack's tests are written in. They run inside the machine, as root,
# with set -e: a command that fails ends its test, and says why.

bin=/out/tests/bin
work=/tmp/rack
full=${RACKHAND_TEST_FULL:-}
passed=0
failed=0

# ---- agents ------------------------------------------------------------------

declare -A agent_in agent_out

# agent_start NAME PROGRAM...: from now on, NAME takes its commands.
agent_start() {
	local name=$1 in out
	shift
	mkdir -p "$work"
	rm -f "$work/$name.in" "$work/$name.out"
	mkfifo "$work/$name.in" "$work/$name.out"
	"$@" < "$work/$name.in" > "$work/$name.out" 2> "$work/$name.log" &
	exec {in}> "$work/$name.in" {out}< "$work/$name.out"
	agent_in[$name]=$in
	agent_out[$name]=$out
	eval "$name() { ask $name \"\$@\"; }"
}

# ask NAME COMMAND...: $answer is what follows "ok", $lines the lines before.
ask() {
	local name=$1 line
	shift
	lines=()
	answer=
	# An answer that came too late for who asked is nobody's.
	while read -r -t 0 -u "${agent_out[$name]}"; do
		read -r -u "${agent_out[$name]}"
	done
	printf '%s\n' "$*" >&"${agent_in[$name]}"
	while IFS= read -r -t "${ask_timeout:-90}" -u "${agent_out[$name]}" line; do
		case $line in
		ok*)
			answer=${line#ok}
			answer=${answer# }
			return 0
			;;
		error*)
			answer=${line#error }
			say "$name $*: $answer"
			return 1
			;;
		*) lines+=("$line") ;;
		esac
	done
	say "$name $*: no answer"
	return 1
}

# The number after "NAME=" in $answer.
number() {
	local rest=${answer#*"$1"=}
	echo "${rest%%[!0-9-]*}"
}

# pause SECONDS: sleep without a process.
pause() { read -r -t "$1" -u "$never" || true; }

# ---- tests -------------------------------------------------------------------

say() { printf '    %s\n' "$*"; }

fail() {
	say "$*"
	return 1
}

# refuse COMMAND...: it must fail.
refuse() {
	local rc=0
	("$@") > /dev/null || rc=$?
	((rc != 0)) || fail "must fail, and did not: $*"
}

is() { # WHAT GOT WANTED
	[[ $2 == "$3" ]] || fail "$1 is '$2', not '$3'"
}

at_most() { # WHAT GOT LIMIT
	(($2 <= $3)) || fail "$1 is $2, more than $3"
}

wanted() {
	local name
	((${#names[@]} > 0)) || return 0
	for name in "${names[@]}"; do
		[[ $1 == *"$name"* ]] && return 0
	done
	return 1
}

# check NAME COMMAND...: one test. It runs in a shell of its own.
check() {
	local name=$1 start=${EPOCHREALTIME/./} rc=0 log=$work/test.log ms
	shift
	wanted "$name" || return 0
	set +e
	(
		set -eE
		trap 'say "failed: line $LINENO of ${BASH_SOURCE##*/}: $BASH_COMMAND"' ERR
		"$@"
	) > "$log" 2>&1
	rc=$?
	set -e
	ms=$(((${EPOCHREALTIME/./} - start) / 1000))
	if ((rc == 0)); then
		passed=$((passed + 1))
		printf 'ok %s (%d ms)\n' "$name" "$ms"
		grep '^    # ' "$log" || true
	else
		failed=$((failed + 1))
		printf 'FAIL %s (%d ms)\n' "$name" "$ms"
		tail -30 "$log"
		journalctl -u rackhandd -u rackhand-gadget --no-hostname -q \
			-o cat --since "@$((start / 1000000))" | tail -15 |
			sed 's/^/    | /'
		restore || true
	fi
}

# A figure for who reads the log of a test that passed.
note() { printf '    # %s\n' "$*"; }

# within MS COMMAND...: tries until it succeeds. MS is ample for a machine that
# is idle; a busy one gets more, for this asks what happens, not how fast.
within() {
	local ms=$(($1 * 6 < 60000 ? $1 * 6 : 60000)) end out
	end=$((${EPOCHREALTIME/./} + ms * 1000))
	shift
	until out=$("$@" 2>&1); do
		if ((${EPOCHREALTIME/./} > end)); then
			fail "not in time: $*: $out"
			return 1
		fi
		pause 0.05
	done
}

# ---- the product -------------------------------------------------------------

conf=/etc/rackhand/rackhand.conf
video=/dev/rack/hdmi-in
VNC=5900
DEMO_VNC=5901
WEB=8443

# configure [FORMAT]: target rack1 captures in that format, or as it likes.
configure() {
	rm -f "$work/serving"
	cat > $conf <<-END
		log_level = "debug"
		web { listen = "[::]:$WEB" }
		target "rack1" {
		    capture { source = "v4l2"  device = "$video" ${1:+format = "$1"} }
		    usb     { udc = "dummy_udc.0" }
		    vnc     { listen = "127.0.0.1:$VNC"  security = "none" }
		}
		target "demo" {
		    capture { source = "demo" }
		    vnc     { listen = "127.0.0.1:$DEMO_VNC"  security = "none" }
		}
	END
	chgrp rackhand $conf
}

# status PATH: a field of target rack1, as .capture.state; stats PATH: a figure,
# as .counters.frames.
status() { told status "$1"; }
stats() { told stats "$1"; }

# told VERB PATH. Parsed here, for jq takes half a second to start in an
# emulated machine.
told() {
	local json key
	json=$(rackhand --json "$1")
	json=${json#*'"name": "rack1"'}
	json=${json%%'"name": '*}
	for key in ${2//./ }; do
		[[ $json == *"\"$key\": "* ]] || fail "no $2 in the $1"
		json=${json#*"\"$key\": "}
	done
	json=${json%%[,$'\n']*}
	json=${json#\"}
	echo "${json%\"}"
}

state_is() { # PATH WANTED
	is "$1" "$(status "$1")" "$2"
}

reload() { systemctl reload rackhandd; }

# start_over FORMAT: serve that configuration, with a viewer connected. What
# is so already is left as it is.
start_over() {
	[[ -e $work/serving ]] && is format "$(<"$work/serving")" "$1" \
		> /dev/null && viewer status > /dev/null && return
	viewer close
	configure "$1"
	reload
	within 5000 viewer connect $VNC
	within 5000 state_is .capture.format "$1"
	echo "$1" > "$work/serving"
}

# set_mode MODE: the target's mode changes, and everybody has followed.
set_mode() {
	local size=${1%p*}
	viewer status
	[[ $answer != "size=$size "* ]] || return 0
	cable mode "$1"
	within 8000 state_is .capture.width "${size%x*}"
	viewer wait-size "$size" 8000
}

daemon_pid() {
	local pid
	read -r pid < /sys/fs/cgroup/system.slice/rackhandd.service/cgroup.procs
	echo "$pid"
}

# Bring everything back after a test that failed half-way.
restore() {
	(
		set +e
		rm -f "$work/serving"
		systemctl -q is-active rackhand-gadget ||
			systemctl restart rackhand-gadget
		systemctl -q is-active rackhandd || systemctl restart rackhandd
		configure
		systemctl reload rackhandd
		cable set dv_timings_signal_mode 0
		cable set percentage_of_dropped_buffers 0
		viewer close
		host open
	) > /dev/null 2>&1
}
