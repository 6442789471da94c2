#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test-walk.sh WALK TOOLS PROBE NOVNC
#
# Viewers on four decoders (libvncclient, TigerVNC, gtk-vnc, noVNC) watch a
# picture that changes, scrolls and switches its mode faster than they follow,
# and ask for other qualities on the way. When it stands still, each must show
# it exactly: what was sent lossy has been sharpened by then.
set -uo pipefail

walk=$1
tools=$2
probe_program=$3
novnc=$4

work=$(mktemp -d)
steps=${RACKHAND_TEST_FULL:+600}
steps=${steps:-150}
seeds=(1 2)
[[ -z ${RACKHAND_TEST_FULL-} ]] || seeds=(1 2 3 4 5 6 7 8 9 10)

# shellcheck source=tests/lib.sh
. tests/lib.sh
trap 'finish; rm -rf "$work"' EXIT

# ---- programs that take commands ----------------------------------------------

declare -A to from answers

# start NAME COMMAND...: its stdin and stdout are kept under that name.
start()
{
	local name=$1 in out

	shift
	mkfifo "$work/$name.in" "$work/$name.out"
	"$@" < "$work/$name.in" > "$work/$name.out" 2> "$work/$name.log" &
	pids+=($!)
	exec {in}> "$work/$name.in" {out}< "$work/$name.out"
	rm "$work/$name.in" "$work/$name.out"
	to[$name]=$in
	from[$name]=$out
}

# tell NAME WORD...: one command; the answer is left in $answer.
tell()
{
	local name=$1

	shift
	echo "$*" >&"${to[$name]}"
	listen "$name"
}

listen()
{
	IFS= read -r -t 60 answer <&"${from[$1]}" || answer="no answer"
	[[ $answer != error* && $answer != "no answer" ]]
}

stop()
{
	local fd

	for fd in "${to[@]}" "${from[@]}"; do
		exec {fd}>&-
	done
	to=() from=()
}

start_screen()
{
	Xvfb -wr -noreset -displayfd 3 -screen 0 1600x1200x24 -fbdir "$work" \
		-nolisten tcp 3> "$work/display" 2> "$work/xvfb.log" &
	pids+=($!)
	eventually test -s "$work/display" || die "Xvfb does not start"
	DISPLAY=:$(< "$work/display")
	export DISPLAY
}

# ---- one walk -------------------------------------------------------------------

begin()
{
	local seed=$1 pixel=$2

	start server "$walk/walk-server" "$seed" "$steps" "$pixel" \
		"$work/picture.ppm"
	listen server && port=${answer#port } || die "the walk does not start"
	start exact "$probe_program"
	start lossy "$probe_program"
	start gvnc "$walk/gvnc-viewer" "$port"
	start novnc node tests/walk/novnc-viewer.mjs "$novnc" "$port"
	tell exact connect "$port" -1 "tight copyrect" &&
		tell lossy connect "$port" 6 "tight copyrect" &&
		listen gvnc && listen novnc || die "a viewer does not connect: $answer"
	vncviewer -AlertOnFatalError=0 -ReconnectOnError=0 -Shared -MenuKey=None \
		-AutoSelect=0 -FullScreen=0 -PreferredEncoding=Tight \
		-QualityLevel=6 -FullColor -RemoteResize=0 \
		"127.0.0.1::$port" > "$work/tigervnc.log" 2>&1 &
	tigervnc=$!
	pids+=("$tigervnc")
	eventually grep -q "Using pixel format" "$work/tigervnc.log" ||
		die "vncviewer does not connect"
}

# While the picture moves, viewers change their minds and stop reading.
go()
{
	local level

	echo go >&"${to[server]}"
	for level in 9 -1 2 6 -1 8; do
		tell lossy class "$level" && tell gvnc class "$level" &&
			tell novnc class "$level" ||
			die "a viewer is gone: $answer"
		tell exact stall on
		sleep 0.2
		tell exact stall off
	done
	listen server && [[ $answer == still ]] || die "no end: $answer"
	# Sharpened is only what was lossy: these end with a lossy class.
	tell lossy class 6 && tell gvnc class 5 && tell novnc class 2
}

dumps_the_picture()
{
	tell "$1" dump "$work/$1.ppm" && cmp -s "$work/$1.ppm" "$work/picture.ppm"
}

screen_shows_it()
{
	xwdtopnm -quiet "$work/Xvfb_screen0" > "$work/screen.ppm" \
		2> /dev/null && "$tools/find-picture" "$work/screen.ppm" \
		"$work/picture.ppm" 0 99 > "$work/likeness"
}

check()
{
	local name=$1

	shift
	if eventually "$@"; then
		ok "$walk_name: $name"
	else
		not_ok "$walk_name: $name" "it shows something else: $answer"
		[[ -z ${KEEP-} ]] || cp "$work"/*.ppm "$KEEP"
	fi
}

run_walk()
{
	local seed=$1 pixel=$2

	walk_name="walk $seed in $pixel"
	begin "$seed" "$pixel"
	go
	check "libvncclient, lossless, stalling" tell exact \
		expect "$work/picture.ppm" 0 15000
	check "libvncclient, changing classes" tell lossy \
		expect "$work/picture.ppm" 0 15000
	check "gtk-vnc, changing classes" dumps_the_picture gvnc
	check "noVNC's decoders, changing classes" dumps_the_picture novnc
	check "TigerVNC" screen_shows_it
	kill -KILL "$tigervnc"
	wait "$tigervnc" 2> /dev/null
	stop
}

start_screen
for seed in "${seeds[@]}"; do
	run_walk "$seed" bgrx
	run_walk "$((seed + 100))" yuyv
done
sum_up
