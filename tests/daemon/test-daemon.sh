#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test-daemon.sh BUILD PROBE
#
# rackhandd as its operator meets it: what it says of a configuration, how it
# starts, reloads and stops.
set -uo pipefail

build=$1
probe_program=$2

work=$(mktemp -d)
conf=$work/rackhand.conf
log=$work/rackhandd.log

# shellcheck source=tests/lib.sh
. tests/lib.sh
trap 'finish; rm -rf "$work"' EXIT

# check NAME COMMAND...: it succeeds.
check()
{
	local name=$1

	shift
	if "$@" > "$work/check.out" 2>&1; then
		ok "$name"
	else
		not_ok "$name" "$(tail -n 5 "$work/check.out" "$log" 2> /dev/null)"
	fi
}

demo()
{
	printf 'target "%s" { capture { source = "demo" } vnc { listen = "127.0.0.1:%s" %s } }\n' \
		"$1" "$2" "${3-security = \"none\"}"
}

start_daemon()
{
	"$build/rackhandd" -c "$conf" -s "$work/control.sock" \
		-d "$work/state" 2>> "$log" &
	daemon=$!
	pids+=("$daemon")
}

# exits CODE COMMAND...
exits()
{
	local code=$1

	shift
	"$@"
	local got=$?
	[[ $got == "$code" ]] || echo "exit code $got instead of $code" >&2
	[[ $got == "$code" ]]
}

# The configuration on stdin is refused with these words, and nothing else
# happens: no device is opened, no port is listened on.
refuses()
{
	cat > "$conf"
	exits 2 "$build/rackhandd" -c "$conf" -s "$work/control.sock" \
		2> "$work/refusal" || return
	[[ $(wc -l < "$work/refusal") == 1 ]] && grep -qF "$1" "$work/refusal"
}

logged()
{
	grep -q "$1" "$log"
}

silent()
{
	! answers "$1"
}

viewers_are()
{
	"$build/rackhand" -s "$work/control.sock" --json status |
		grep -c '"viewers_n": 1' | grep -qx "$1"
}

still_connected()
{
	probe refresh
}

port_a=$(free_port 16100)
port_b=$(free_port $((port_a + 1)))
port_c=$(free_port $((port_b + 1)))

demo a "$port_a" > "$work/demo.conf"
printf 'target "a" { capture { source = "v4l2" device = "/dev/video0" } usb { } vnc { listen = "127.0.0.1:%s" security = "none" } }\n' \
	"$port_a" > "$work/usb.conf"

# ---- the configuration --------------------------------------------------------

demo a "$port_a" > "$conf"
check "a good file is called good" \
	exits 0 "$build/rackhandd" --check-config -c "$conf"
check "a file that is cut off is refused, with its line" \
	refuses "rackhand.conf:2: " <<< $'target "a" {\n capture { source = "demo"'
check "a password that everybody can read is refused, with its line" \
	refuses "rackhand.conf:4: password_file \"$work/open\": others have access to it; chmod o= it" <<- END
	target "a" {
	  capture { source = "demo" }
	  vnc { listen = "127.0.0.1:$port_a" security = "vncauth"
	    password_file = "$(install -m 644 /dev/stdin "$work/open" <<< secret; echo "$work/open")" }
	}
	END
check "an EDID that is none is refused, with its line" \
	refuses "rackhand.conf:2: edid \"$work/open\": " <<- END
	target "a" {
	  capture { source = "v4l2" device = "/dev/video0" edid = "$work/open" }
	  vnc { listen = "127.0.0.1:$port_a" security = "none" }
	}
	END
check "a file of half a frame is refused, with its line" \
	refuses "rackhand.conf:2: file \"$work/open\": its 7 bytes are no whole number of frames of 16 bytes; size or format is another one" <<- END
	target "a" {
	  capture { source = file file = "$work/open" size = 4x2 format = YUYV }
	  vnc { listen = "127.0.0.1:$port_a" security = "none" }
	}
	END
check "a missing file is refused by its name" \
	exits 2 "$build/rackhandd" -c "$work/missing.conf"

check "no gadget is wanted where no target has a usb section" \
	exits 1 "$build/rackhand-gadget" -c "$work/demo.conf" wanted
check "and one is where a target has" \
	exits 0 "$build/rackhand-gadget" -c "$work/usb.conf" wanted

# ---- start --------------------------------------------------------------------

{ demo a "$port_a"; demo b "$port_b"; } > "$conf"
start_daemon
check "two targets are served at once" \
	eval 'eventually answers "$port_a" && eventually answers "$port_b"'
check "no password is warned of" logged "warning: a: no password"
check "a second daemon says who has the address" \
	eval 'exits 1 "$build/rackhandd" -c "$conf" -s "$work/other.sock" -d "$work/other" 2> "$work/second"; grep -q "127.0.0.1:$port_a: something else already does" "$work/second"'
{ demo a "$port_a"; demo c "$port_c"; } > "$work/half.conf"
"$build/rackhandd" -c "$work/half.conf" -s "$work/half.sock" \
	-d "$work/half" 2> "$work/half.log" &
half=$!
pids+=("$half")
check "a target whose address is taken keeps no other from being served" \
	eventually answers "$port_c"

check "and the status says why it is not served" \
	eval '"$build/rackhand" -s "$work/half.sock" status | grep -qx "a: Address already in use"'

# ---- figures ------------------------------------------------------------------

stats()
{
	"$build/rackhand" -s "$work/control.sock" stats "$@"
}

# The six parts of the way, and how many of them have been timed.
all_are_timed()
{
	[[ $(stats b --json | grep -c '_us": {') == 8 ]] &&
		[[ $(stats b --json | grep -c '"samples": [1-9]') == 8 ]]
}

# counted KEY MINIMUM
counted()
{
	local value

	value=$(stats b --json | sed -n "s/^ *\"$1\": \([0-9]*\),\{0,1\}$/\1/p")
	[[ -n $value && $value -ge $2 ]]
}

start_probe
probe connect "$port_b" || die "the probe cannot connect: $answer"
probe key 97 down
probe key 97 up
check "a key and a picture leave times in every histogram" \
	eventually all_are_timed
check "the key's two reports are among them" \
	eval 'stats b | grep -qE "^key to hidg +2 "'
check "updates and their bytes are counted" \
	eventually eval 'counted updates 2 && counted lossless 12'
check "and viewers" counted viewers 1
check "there is a table for each target" \
	eval '[[ $(stats | grep -cE "^[ab]: [01] viewers?, figures of [0-9]") == 2 ]]'
check "and for one alone" \
	eval '[[ $(stats a | grep -c "viewers\?, figures of") == 1 ]]'
check "an unknown target is answered with those that there are" \
	eval 'exits 1 stats nope 2> "$work/nope"; grep -qF "there are a, b" "$work/nope"'
check "a verb too many is a usage error" \
	eval 'exits 2 "$build/rackhand" status a 2> "$work/usage"; grep -q "too many .a.; it is: rackhand status\$" "$work/usage"'

# ---- reload -------------------------------------------------------------------

echo 'target "b" { captur' > "$conf"
kill -HUP "$daemon"
check "a bad file is complained of" eventually logged "rackhand.conf:1: "
check "and the old configuration stays" logged "stays as it was"
check "and so do its viewers" still_connected

port_d=$(free_port $((port_c + 1)))
{ demo a "$port_d"; demo b "$port_b"; } > "$conf"
kill -HUP "$daemon"
check "a changed target moves" eventually answers "$port_d"
check "its old address is silent or another's" eventually silent "$port_a"
check "the viewer of an unchanged target stays" still_connected
check "and is still counted" viewers_are 1
check "the address that became free is taken by who waited for it" \
	eventually answers "$port_a"
kill "$half"

install -m 600 /dev/stdin "$work/password" <<< first
locked="security = \"vncauth\" password_file = \"$work/password\""
demo b "$port_b" "$locked" > "$conf"
kill -HUP "$daemon"
check "a removed target goes" eventually silent "$port_d"
check "a target that now wants a password drops who had none" \
	eval '! still_connected'
RFB_PASSWORD=first
export RFB_PASSWORD
stop_probe
start_probe
check "its password lets in" eventually probe connect "$port_b"
echo second > "$work/password"
kill -HUP "$daemon"
check "a new password sends away who came in by the old one" \
	eventually eval '! still_connected'
check "and the log says why" \
	logged "left: the target's password was changed"
stop_probe
start_probe
check "and the old one lets nobody in any more" \
	eventually eval '! probe connect "$port_b"'

# ---- a file, and nobody who looks ---------------------------------------------

# Of all threads, in two seconds, at most ten.
rests()
{
	local before

	before=$(wakeups)
	sleep 2
	echo "$before wakeups, then $(wakeups)"
	(($(wakeups) - before <= 10))
}

wakeups()
{
	awk '/ctxt/ { n += $2 } END { print n }' "/proc/$daemon"/task/*/status
}

played()
{
	local frames

	frames=$(stats film | awk '$1 == "frames" && $2 ~ /^[0-9]/ { print $2 }')
	[[ -n $frames && $frames -ge $1 ]]
}

head -c $((64 * 48 * 2 * 3)) /dev/urandom > "$work/frames.yuyv"
{
	demo b "$port_b"
	printf 'target "film" { capture { source = file file = "%s" size = 64x48 format = YUYV rate = 100 } vnc { listen = "127.0.0.1:%s" security = none } }\n' \
		"$work/frames.yuyv" "$port_d"
} > "$conf"
kill -HUP "$daemon"
stop_probe
unset RFB_PASSWORD
start_probe
check "a file of frames is shown" eventually probe connect "$port_d"
check "one after another, as long as somebody looks" eventually played 20
probe key 97 down
probe key 97 up
check "its host reads what is typed" \
	eventually eval 'stats film | grep -qE "^key to hidg +2 "'
probe close
check "a daemon that nobody looks at rests" eventually rests

# ---- stop ---------------------------------------------------------------------

printf 'target "u" { capture { source = "demo" } vnc { listen = "unix:%s" security = "none" } }\n' \
	"$work/vnc.sock" > "$conf"
kill -HUP "$daemon"
check "a Unix socket is served" eventually test -S "$work/vnc.sock"
check "to its group and nobody else" \
	eval '[[ $(stat -c %a "$work/vnc.sock") == 660 ]]'
kill -TERM "$daemon"
check "it ends when told to" exits 0 wait "$daemon"
check "and leaves no sockets behind" \
	eval '! test -e "$work/control.sock" && ! test -e "$work/vnc.sock"'

sum_up
