#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test-viewers.sh BUILD TOOLS PROBE
#
# Real viewers connect to the demo target. What they show on an X server is
# compared with the picture that the probe (libvncclient) was sent losslessly;
# what is typed into them must arrive.
set -uo pipefail

build=$1
tools=$2
probe_program=$3

work=$(mktemp -d)
reference=$work/reference.ppm
export RFB_PASSWORD=hush-hus
export alice="correct horse battery"

# shellcheck source=tests/lib.sh
. tests/lib.sh

# The status line of the demo ticks; compare what is below it.
first_row=32

trap 'finish; rm -rf "$work"' EXIT

# ---- the daemon, the probe, the X server -------------------------------------

start_daemon()
{
	port=$(free_port 15900)
	locked_port=$(free_port $((port + 1)))
	users_port=$(free_port $((locked_port + 1)))
	anonymous_port=$(free_port $((users_port + 1)))
	printf '%s\n' "$RFB_PASSWORD" > "$work/password"
	chmod 600 "$work/password"
	cat > "$work/rackhand.conf" <<-END
		target "demo" {
		    capture { source = "demo" }
		    vnc     { listen = "127.0.0.1:$port"  security = "none" }
		}
		target "locked" {
		    capture { source = "demo" }
		    vnc     { listen = "127.0.0.1:$locked_port"
		              security = "vncauth"
		              password_file = "$work/password" }
		}
		target "users" {
		    capture { source = "demo" }
		    vnc     { listen = "127.0.0.1:$users_port"
		              security = "x509plain x509vnc tlsplain tlsvnc"
		              password_file = "$work/password" }
		}
		target "anonymous" {
		    capture { source = "demo" }
		    vnc     { listen = "127.0.0.1:$anonymous_port"
		              security = "tlsplain" }
		}
	END
	mkdir -m 700 "$work/state"
	"$build/rackhand" -d "$work/state" user add alice --role operator \
		<<< "$alice" || die "no user can be made"
	"$build/rackhandd" -c "$work/rackhand.conf" -s "$work/control.sock" \
		-d "$work/state" 2> "$work/rackhandd.log" &
	pids+=($!)
	eventually answers "$port" && eventually answers "$locked_port" &&
		eventually answers "$users_port" &&
		eventually answers "$anonymous_port" ||
		die "rackhandd does not listen"
}

type_line()
{
	local text=$1 i

	for ((i = 0; i < ${#text}; i++)); do
		probe key "$(printf '%d' "'${text:i:1}")" down
		probe key "$(printf '%d' "'${text:i:1}")" up
	done
	probe key 0xff0d down
	probe key 0xff0d up
}

start_screen()
{
	Xvfb -wr -noreset -displayfd 3 -screen 0 1600x1200x24 -fbdir "$work" \
		-nolisten tcp 3> "$work/display" 2> "$work/xvfb.log" &
	pids+=($!)
	eventually test -s "$work/display" || die "Xvfb does not start"
	DISPLAY=:$(< "$work/display")
	export DISPLAY
	# Out of every window: the pointer is a part of what the screen shows.
	xdotool mousemove 1599 1199
}

# ---- what is looked at --------------------------------------------------------

# Keys are taken in order: once the lights have gone on and off again, all that
# was typed before has been obeyed. One update may be on its way from before;
# the next one, with the clock's next tick at the latest, shows it all.
wait_for_keys()
{
	local caps_lock=0xffe5 qemu_leds

	for qemu_leds in 4 0; do
		probe key $caps_lock down
		probe key $caps_lock up
		probe wait-leds "$qemu_leds" || die "no lights: $answer"
	done
	probe next && probe next || die "no update: $answer"
}

# A picture with text, all eight colours and the size SIZE; nobody operates
# afterwards.
prepare_picture()
{
	probe connect "$port" || die "the probe cannot connect: $answer"
	type_line "mode $1"
	probe wait-size "$1" 10000 || die "no mode $1: $answer"
	type_line clear
	type_line colours
	type_line "echo The quick brown fox jumps over the lazy dog."
	wait_for_keys
	take_reference
	probe close
}

take_reference()
{
	probe refresh && probe dump "$reference" || die "no picture: $answer"
}

alike()
{
	"$tools/find-picture" "$1" "$reference" "$first_row" "$2" \
		> "$work/likeness" 2>&1
}

screen_is_alike()
{
	xwdtopnm -quiet "$work/Xvfb_screen0" > "$work/screen.ppm" \
		2> /dev/null && alike "$work/screen.ppm" "$1"
}

screen_is_white()
{
	[[ $(xwdtopnm -quiet "$work/Xvfb_screen0" 2> /dev/null |
		ppmhist -noheader 2> /dev/null | wc -l) -le 2 ]]
}

# The next viewer must not be taken for this one.
leave()
{
	kill -KILL "$1" 2> /dev/null
	wait "$1" 2> /dev/null
	eventually screen_is_white
}

# shows NAME DB COMMAND...: the viewer shows the picture, as like as DB says.
shows()
{
	local name=$1 db=$2 viewer

	shift 2
	"$@" > "$work/viewer.log" 2>&1 &
	viewer=$!
	pids+=("$viewer")
	if eventually screen_is_alike "$db"; then
		ok "$name: $(< "$work/likeness")"
	else
		not_ok "$name" "$(cat "$work/likeness" "$work/viewer.log")"
	fi
	leave "$viewer"
}

# saves NAME DB FILE TO_PPM COMMAND...: the file that it writes is the picture.
saves()
{
	local name=$1 db=$2 file=$3 to_ppm=$4

	shift 4
	if timeout 30 "$@" > "$work/viewer.log" 2>&1 &&
		"$to_ppm" "$file" > "$work/saved.ppm" 2>> "$work/viewer.log" &&
		alike "$work/saved.ppm" "$db"; then
		ok "$name: $(< "$work/likeness")"
	else
		not_ok "$name" "$(cat "$work/likeness" "$work/viewer.log")"
	fi
}

sends_as()
{
	"$build/rackhand" -s "$work/control.sock" --json status \
		> "$work/status"
	grep -q "\"encoding\": \"$1\"" "$work/status"
}

# replays NAME DB ENCODING: a viewer of that name would see the picture, and is
# sent it in that way.
replays()
{
	local name=$1 db=$2 encoding=$3 viewer

	rm -f "$work/replay.ppm"
	"$tools/replay" "$name" "$port" "$work/replay.ppm" \
		> "$work/viewer.log" 2>&1 &
	viewer=$!
	pids+=("$viewer")
	if ! eventually alike "$work/replay.ppm" "$db"; then
		not_ok "like $name" "$(cat "$work/likeness" "$work/viewer.log")"
	elif ! sends_as "$encoding"; then
		not_ok "like $name" "not sent as $encoding: $(grep encoding "$work/status")"
	else
		ok "like $name, $encoding: $(< "$work/likeness")"
	fi
	leave "$viewer"
}

# Type a line into the window of that name.
type_into()
{
	local id

	eventually screen_is_alike 20
	id=$(timeout 10 xdotool search --onlyvisible --name "$1" | tail -n 1)
	timeout 10 xdotool mousemove 300 300 windowfocus "$id" type --delay 30 "$2"
	timeout 10 xdotool key --delay 30 Return mousemove 1599 1199
}

mode_is()
{
	probe connect "$port" && probe wait-size "$1" 10000
}

# types NAME WINDOW SIZE THEN COMMAND...: a mode command typed into the
# viewer's window is obeyed; THEN tells what the viewer does about it.
types()
{
	local name=$1 window=$2 size=$3 then=$4 viewer

	shift 4
	"$@" > "$work/viewer.log" 2>&1 &
	viewer=$!
	pids+=("$viewer")
	type_into "$window" "mode $size"
	if ! mode_is "$size"; then
		not_ok "$name" "$answer"
	elif "$then" "$viewer"; then
		ok "$name"
	else
		not_ok "$name" "it did not: $(< "$work/likeness")"
	fi
	probe close
	leave "$viewer"
}

# TigerVNC may tell of the pointer's last move only now: the picture changes.
is_up_to_date()
{
	take_reference && screen_is_alike 99
}

follows()
{
	eventually is_up_to_date
}

# A viewer that knows no resizing is told good-bye.
is_gone()
{
	! kill -0 "$1" 2> /dev/null
}

goes()
{
	eventually is_gone "$1" &&
		grep -q "cannot follow the screen's new size" "$work/rackhandd.log"
}

refuses()
{
	local name=$1 words=$2

	shift 2
	timeout 10 "$@" > "$work/viewer.log" 2>&1
	if grep -qi "$words" "$work/viewer.log"; then
		ok "$name"
	else
		not_ok "$name" "$(< "$work/viewer.log")"
	fi
}

# ---- the viewers --------------------------------------------------------------

tigervnc()
{
	local words=(-AlertOnFatalError=0 -ReconnectOnError=0 -Shared
		-MenuKey=None -AutoSelect=0 -FullScreen=0)

	exec vncviewer "${words[@]}" "$@" "127.0.0.1::$port"
}

tightvnc()
{
	exec xtightvncviewer -owncmap "$@" "127.0.0.1::$port"
}

# remmina_vnc QUALITY KEY=VALUE...: a profile of its own, in a window that is
# large enough for the picture and Remmina's own buttons.
remmina_vnc()
{
	local profile=$work/remmina/rackhand.remmina

	mkdir -p "$work/remmina"
	printf '%s\n' "[remmina]" "name=rackhand" "protocol=VNC" \
		"server=127.0.0.1:$port" "quality=$1" "viewmode=1" \
		"${2:-colordepth=32}" "${@:3}" > "$profile"
	timeout 20 xdotool search --sync --onlyvisible --name rackhand \
		windowsize 900 700 &
	HOME=$work/remmina exec remmina -c "$profile"
}

# Remmina is an application of GNOME's.
start_bus()
{
	export DBUS_SESSION_BUS_ADDRESS=unix:path=$work/bus
	dbus-daemon --session --nofork --nopidfile \
		--address="$DBUS_SESSION_BUS_ADDRESS" 2> "$work/bus.log" &
	pids+=($!)
	eventually test -S "$work/bus" || die "dbus-daemon does not start"
}

virt_viewer()
{
	exec remote-viewer "vnc://127.0.0.1:$port"
}

# alice in virt-viewer, which looks for certificates in the home that the
# password file names, or that HOME does.
virt_viewer_alice()
{
	mkdir -p "$work/home/.pki/CA"
	cp "$work/state/tls/certificate.pem" "$work/home/.pki/CA/cacert.pem"
	printf '%s\n' "[virt-viewer]" "type=vnc" "host=127.0.0.1" \
		"port=$port" "username=alice" "password=$alice" \
		> "$work/alice.vv"
	printf '%s:x:%d:%d::%s:/bin/sh\n' "$(id -un)" "$(id -u)" "$(id -g)" \
		"$work/home" > "$work/passwd"
	: > "$work/group"
	HOME=$work/home LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_PASSWD=$work/passwd \
		NSS_WRAPPER_GROUP=$work/group exec remote-viewer "$work/alice.vv"
}

# Remmina keeps passwords in a form of its own.
remmina_alice()
{
	local profile=$work/remmina/rackhand.remmina

	mkdir -p "$work/remmina"
	printf '%s\n' "[remmina]" "name=rackhand" "protocol=VNC" > "$profile"
	HOME=$work/remmina remmina --update-profile "$profile" \
		--set-option username=alice --set-option password="$alice"
	remmina_vnc 9 colordepth=32 username=alice \
		"$(grep ^password= "$profile")" \
		"cacert=$work/state/tls/certificate.pem"
}

tigervnc_alice()
{
	VNC_USERNAME=alice VNC_PASSWORD=${2-$alice} exec vncviewer \
		-SecurityTypes="$1" -X509CA="$work/state/tls/certificate.pem" \
		-AlertOnFatalError=0 -ReconnectOnError=0 -Shared -MenuKey=None \
		-AutoSelect=0 -FullScreen=0 -PreferredEncoding=Tight -NoJPEG \
		-FullColor "127.0.0.1::$port"
}

ssvnc()
{
	exec ssvncviewer -x11cursor -encodings "$1" "127.0.0.1::$port"
}

export -f tigervnc tigervnc_alice tightvnc
export work
start_daemon
export port
start_probe
start_screen
start_bus
prepare_picture 800x600

saves "gvnccapture (gtk-vnc), lossless" 99 "$work/gtk.png" pngtopnm \
	gvnccapture -q "127.0.0.1:$((port - 5900))" "$work/gtk.png"
saves "vncsnapshot" 25 "$work/snapshot.jpg" jpegtopnm \
	vncsnapshot -quiet -quality 95 "127.0.0.1:$((port - 5900))" "$work/snapshot.jpg"

shows "vncviewer, Tight without JPEG" 99 \
	tigervnc -PreferredEncoding=Tight -NoJPEG -FullColor
shows "vncviewer, Tight quality 8" 30 \
	tigervnc -PreferredEncoding=Tight -QualityLevel=8 -FullColor
shows "vncviewer, ZRLE" 99 tigervnc -PreferredEncoding=ZRLE -FullColor
shows "vncviewer, Hextile" 99 tigervnc -PreferredEncoding=Hextile -FullColor
shows "vncviewer, Raw" 99 tigervnc -PreferredEncoding=Raw -FullColor
shows "vncviewer, 64 colours" 40 \
	tigervnc -PreferredEncoding=Tight -FullColor=0 -LowColorLevel=1

for encoding in tight zlib hextile corre rre raw; do
	shows "xtightvncviewer, $encoding" 99 \
		tightvnc -nojpeg -encodings "$encoding"
done
shows "xtightvncviewer, as it comes" 25 tightvnc
shows "xtightvncviewer, 8 bit colours" 40 tightvnc -bgr233

shows "Remmina, poor" 30 remmina_vnc 0
shows "Remmina, medium" 25 remmina_vnc 1
shows "Remmina, good" 30 remmina_vnc 2
shows "Remmina, best" 99 remmina_vnc 9
shows "Remmina, 16 bits" 40 remmina_vnc 2 colordepth=16
shows "virt-viewer" 99 virt_viewer
shows "ssvncviewer, tight" 25 ssvnc tight
shows "ssvncviewer, zrle" 99 ssvnc zrle

while IFS=$'\t' read -r name db encoding rfb; do
	replays "$name" "$db" "$encoding"
done < <("$tools/replay")

types "vncviewer types a mode and follows" "demo" 1024x768 follows \
	tigervnc -PreferredEncoding=Tight -NoJPEG -FullColor
types "xtightvncviewer types a mode that it cannot follow" "demo" 800x600 goes \
	tightvnc -nojpeg

# ---- a password ---------------------------------------------------------------

port=$locked_port
export port
probe connect "$port" || die "the probe cannot connect: $answer"
take_reference
probe close
shows "vncviewer with the password" 99 env VNC_PASSWORD="$RFB_PASSWORD" \
	bash -c 'tigervnc -SecurityTypes=VncAuth -NoJPEG -FullColor'
shows "xtightvncviewer with the password" 99 \
	bash -c 'tightvnc -nojpeg -autopass <<< "$RFB_PASSWORD"'
refuses "vncviewer with a wrong password" "wrong user name or password" \
	env VNC_PASSWORD=wrong bash -c 'tigervnc -SecurityTypes=VncAuth'

# ---- users, and TLS -------------------------------------------------------------

port=$users_port
stop_probe
RFB_USER=alice RFB_PASSWORD=$alice RFB_AUTHORITY=$work/state/tls/certificate.pem \
	start_probe
prepare_picture 800x600
for type in X509Plain TLSPlain; do
	shows "vncviewer, alice by $type" 99 tigervnc_alice $type
done
for type in X509Vnc TLSVnc; do
	shows "vncviewer, the password by $type" 99 \
		tigervnc_alice $type "$RFB_PASSWORD"
done
shows "Remmina, alice by X509Plain" 99 remmina_alice
refuses "vncviewer, alice with a wrong password" "wrong user name or password" \
	bash -c 'tigervnc_alice X509Plain "incorrect horse battery"'
refuses "vncviewer that wants no encryption" "no matching security types" \
	bash -c 'tigervnc_alice VncAuth'
# Since 1.4, gtk-vnc asks for the authority, and virt-viewer has no answer.
if dpkg --compare-versions "$(dpkg-query -W -f '${Version}' libgvnc-1.0-0)" \
	lt 1.4; then
	shows "virt-viewer, alice by X509Plain" 99 virt_viewer_alice
fi

port=$anonymous_port
prepare_picture 800x600
shows "virt-viewer, alice by TLSPlain" 99 virt_viewer_alice

sum_up
