#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test-cli.sh BUILD PROBE
#
# rackhand against a real daemon with the demo target, by the control socket
# and by https: what it prints, how it ends, whom it trusts.
set -uo pipefail

build=$(cd "$1" && pwd)
probe_program=$2
work=$(mktemp -d)
state=$work/state

# shellcheck source=tests/lib.sh
. tests/lib.sh
trap 'finish; rm -rf "$work"' EXIT

# says CODE TEXT COMMAND...: ends with that code, and prints that.
says()
{
	local code=$1 text=$2 got

	shift 2
	echo "$way$*" >> "$work/tried"
	"$@" > "$work/out" 2>&1
	got=$?
	cat "$work/out" >> "$work/all"
	[[ $got == "$code" ]] || echo "exit code $got instead of $code"
	[[ $got == "$code" && $(< "$work/out") == *"$text"* ]]
}

check()
{
	local name="$way$1"

	shift
	if "$@" > "$work/why" 2>&1; then
		ok "$name"
	else
		not_ok "$name" "$(tail -n 5 "$work/why" "$work/out" 2> /dev/null)"
	fi
}
way=

# ---- nobody is there -----------------------------------------------------------------

rackhand=("$build/rackhand" -s "$work/control.sock")
check "no daemon" says 3 "is rackhandd running?" "${rackhand[@]}" targets
check "no verb" says 2 "a verb is missing" "${rackhand[@]}"
check "an operand too many" says 2 "it is: rackhand status" "${rackhand[@]}" status x
check "an option of another verb" says 2 "status has no option --layout" \
	"${rackhand[@]}" status --layout de
check "a snapshot to nowhere" says 2 "-o FILE.png" "${rackhand[@]}" snapshot
check "a snapshot of no format" says 2 "-o FILE.png" \
	"${rackhand[@]}" snapshot -o x.gif

web_port=$(free_port 18300)
vnc_port=$(free_port 18450)
cat > "$work/rackhand.conf" << END
web { listen = "127.0.0.1:$web_port" }
target "rack1" {
    capture { source = "demo" }
    vnc { listen = "127.0.0.1:$vnc_port" security = "none" }
}
END

start_daemon()
{
	"$build/rackhandd" -c "$work/rackhand.conf" -s "$work/control.sock" \
		-d "$state" 2>> "$work/rackhandd.log" &
	daemon=$!
	pids+=("$daemon")
	eventually "${rackhand[@]}" status > /dev/null 2>&1 ||
		die "rackhandd does not start"
}

start_daemon
url=https://127.0.0.1:$web_port
pin=$("$build/rackhand" -d "$state" tls fingerprint | awk '$1 == "pin" { print $2 }')

# ---- tokens ---------------------------------------------------------------------------

check "a token" says 0 rh_ "${rackhand[@]}" token add ci \
	--role operator@rack1 --expires 30d
ci=$(< "$work/out")
check "is 256 bits of chance" eval '[[ $ci =~ ^rh_[0-9a-f]{64}$ ]]'
check "not twice" says 5 "there is a token of that name" \
	"${rackhand[@]}" token add ci
check "no such role" says 1 "a role is" "${rackhand[@]}" token add x --role root
check "no such time" says 2 "such as 90d" "${rackhand[@]}" token add x --expires 9
viewer=$("${rackhand[@]}" token add looker --role viewer@rack1)
admin=$("${rackhand[@]}" token add boss --role admin)
check "a list" says 0 "operator@rack1" "${rackhand[@]}" token list
check "without what they are" eval '! grep -q rh_ "$work/out"'
check "nor in the file" eval '! grep -q "${ci#rh_}" "$state/tokens"'

# ---- by either way ----------------------------------------------------------------------

is_image() # FILE MAGIC
{
	[[ $(head -c 4 "$1" | od -An -tx1 | tr -d ' ') == "$2" ]]
}

png=89504e47
both_ways()
{
	check "targets" says 0 "1280x720@60.00" "${rackhand[@]}" targets
	check "targets in JSON" says 0 '"name": "rack1"' \
		"${rackhand[@]}" targets --json
	check "stats" says 0 "frames dropped" "${rackhand[@]}" stats
	check "stats of one" says 0 "rack1: 0 viewers" "${rackhand[@]}" stats rack1
	check "who has the keyboard" says 0 "rack1: nobody" "${rackhand[@]}" control
	check "sessions" says 0 OPERATOR "${rackhand[@]}" sessions
	check "no such session" says 1 "no session of that number" \
		"${rackhand[@]}" disconnect 4711

	check "a PNG" says 0 "" "${rackhand[@]}" snapshot -o "$work/a.png"
	check "is one" is_image "$work/a.png" $png
	check "a JPEG" says 0 "" "${rackhand[@]}" snapshot -o "$work/a.JPG"
	check "is one" is_image "$work/a.JPG" ffd8ffe0
	check "of another width" says 0 "" \
		"${rackhand[@]}" snapshot -o "$work/b.png" --width 320
	check "has it" eval '[[ $(od -An -tx1 -j 16 -N 4 "$work/b.png") == " 00 00 01 40" ]]'
	"${rackhand[@]}" snapshot -o - > "$work/c.png"
	check "on standard output" is_image "$work/c.png" $png
	check "no such folder" says 1 "No such file or directory" \
		"${rackhand[@]}" snapshot -o "$work/none/a.png"
	check "no such width" says 2 "--width wants a number" \
		"${rackhand[@]}" snapshot -o "$work/a.png" --width wide
	check "not so wide" says 1 "from 16 to" \
		"${rackhand[@]}" snapshot -o "$work/a.png" --width 9

	check "type" says 0 "" "${rackhand[@]}" type help
	check "type what comes" eval 'says 0 "\"characters\": 12," \
		"${rackhand[@]}" type --json <<< "echo hello!"'
	check "what cannot be typed" says 1 "nothing was typed" \
		"${rackhand[@]}" type 'aß€'
	check "is named with its place" grep -q "U+00DF.* at 2" "$work/out"
	check "by another layout" says 0 "" "${rackhand[@]}" type 'aß' --layout de
	check "only a look" says 0 '"characters": 2' \
		"${rackhand[@]}" type -n --json 'aß' --layout de
	check "no such layout" says 1 "" "${rackhand[@]}" type a --layout zz
	check "nothing" says 2 "there is no text" eval '"${rackhand[@]}" type < /dev/null'
	check "no UTF-8" says 1 "no UTF-8" eval 'printf "a\377" | "${rackhand[@]}" type'
	check "too much" says 1 "longer than 64 KiB" \
		eval 'head -c 65537 /dev/zero | tr "\0" a | "${rackhand[@]}" type'
	check "the largest" says 0 "" \
		eval 'head -c 65536 /dev/zero | tr "\0" a | "${rackhand[@]}" type -n'
	check "keys" says 0 "" "${rackhand[@]}" key enter shift-a enter
	check "the pointer" says 0 "" "${rackhand[@]}" pointer 0.5 0.5 --click left
	check "beyond the picture" says 2 "from 0 to 1" "${rackhand[@]}" pointer 2 0
	check "no such button" says 1 "left" \
		"${rackhand[@]}" pointer 0 0 --click wrong
	check "no EDID" says 0 "no EDID" "${rackhand[@]}" edid
	check "none to save" says 1 "no EDID to save" \
		"${rackhand[@]}" edid -o "$work/edid"
	check "no such key" says 1 "no such key" "${rackhand[@]}" key nope-nope
	check "macros" says 0 "ctrl-alt-del" "${rackhand[@]}" macro list
	check "run one" says 0 "" "${rackhand[@]}" macro run alt-tab
	check "no such macro" says 1 "no such macro" "${rackhand[@]}" macro run x
	check "a layout" says 0 "de nodeadkeys" "${rackhand[@]}" layout de nodeadkeys
	check "stays" says 0 "de nodeadkeys" "${rackhand[@]}" layout
	check "no such one" says 1 "" "${rackhand[@]}" layout zz
	check "the old one" says 0 us "${rackhand[@]}" layout us
	check "layouts" says 0 "German (no dead keys)" "${rackhand[@]}" layouts

	for verb in targets layouts metrics "stats --follow"; do
		# shellcheck disable=SC2086 # words
		check "a full disk stops $verb" says 1 "standard output" \
			eval '"${rackhand[@]}" $verb > /dev/full'
	done

	timeout -s INT 2.3 "${rackhand[@]}" stats --follow > "$work/out"
	check "stats --follow" grep -qE "^rack1 +0 " "$work/out"
	timeout -s INT 2.3 "${rackhand[@]}" stats --follow --json > "$work/out"
	check "stats --follow in JSON" eval '(($(grep -c "^{.*}$" "$work/out") >= 2))'
	check "another target" says 1 "no target of that name" \
		"${rackhand[@]}" control -t nope
	check "nothing to cancel" says 0 "" "${rackhand[@]}" text cancel
	check "one target" says 0 rack1 "${rackhand[@]}" targets rack1
	check "its text" says 0 "typed " "${rackhand[@]}" text
	check "figures for Prometheus" says 0 'rackhand_signal_ok{target="rack1"} 1' \
		"${rackhand[@]}" metrics
	check "what the interface is" says 0 '"operationId": "openapi"' \
		"${rackhand[@]}" openapi
	check "what changes" follows "target    rack1  ok 1280x720@60.00, usb ready" \
		"${rackhand[@]}" events
	check "and in JSON" follows '"event":"text","data":{"active":false' \
		"${rackhand[@]}" events --json
}

# follows TEXT COMMAND...: what it prints until then has that text; Ctrl-C ends
# it, and that is no failure.
follows()
{
	local text=$1 pid

	shift
	echo "$way$*" >> "$work/tried"
	"$@" > "$work/out" 2>&1 &
	pid=$!
	pids+=("$pid")
	eventually grep -q 'rack1' "$work/out" || return 1
	"${rackhand[@]}" type hi || return 1
	eventually grep -qF "$text" "$work/out" || return 1
	kill -INT "$pid"
	wait "$pid"
}

# What wants an admin of all.
admin_both_ways()
{
	local good="seven small green parrots"

	check "a configuration" says 0 "is good" \
		"${rackhand[@]}" config check "$work/rackhand.conf"
	check "a wrong one" says 1 "configuration:2: " \
		"${rackhand[@]}" config check "$work/wrong.conf"
	check "what comes" says 1 '"good": false' \
		eval '"${rackhand[@]}" config check --json < "$work/wrong.conf"'
	check "none" says 1 "No such file" "${rackhand[@]}" config check "$work/none"
	check "too large a one" says 1 "too large" \
		"${rackhand[@]}" config check /dev/zero

	check "a macro of one's own" says 0 "" \
		"${rackhand[@]}" macro put greet "text 'hi'," enter
	check "is in the list" says 0 "text 'hi', enter" "${rackhand[@]}" macro list
	check "runs" says 0 "" "${rackhand[@]}" macro run greet
	check "a wrong one" says 1 "no such key" \
		"${rackhand[@]}" macro put greet nope-nope
	check "is removed" says 0 "" "${rackhand[@]}" macro remove greet
	check "once" says 1 "no macro of that name" "${rackhand[@]}" macro remove greet

	check "no EDID to put" says 5 "no EDID" "${rackhand[@]}" edid set 720p60

	check "a user" eval 'says 0 "" "${rackhand[@]}" user add eva --role admin <<< "'"$good"'"'
	check "once" says 5 "eva is there already" "${rackhand[@]}" user add eva
	check "no weak password" eval 'says 1 "characters" "${rackhand[@]}" user add ada <<< short'
	check "no name" says 1 "name" eval '"${rackhand[@]}" user add a:b <<< "'"$good"'"'
	check "no such role" says 1 "a role is" "${rackhand[@]}" user role eva root
	check "others" says 0 "" "${rackhand[@]}" user role eva viewer operator@rack1
	check "the list" says 0 "eva   no    viewer,operator@rack1" \
		"${rackhand[@]}" user list
	check "for programs" says 0 '"totp": false' "${rackhand[@]}" user list --json
	check "another password" eval 'says 0 "" "${rackhand[@]}" user passwd eva <<< "an${good}"'
	check "of nobody" says 1 "there is no user adam" \
		"${rackhand[@]}" user passwd adam
	check "a secret for codes" says 0 "otpauth://totp/rackhand:eva@" \
		"${rackhand[@]}" user totp eva
	check "as the daemon has it" says 0 "eva   yes" "${rackhand[@]}" user list
	check "none any more" says 0 "" "${rackhand[@]}" user totp eva --off
	check "as the daemon has it" says 0 "eva   no" "${rackhand[@]}" user list
	check "remove" says 0 "" "${rackhand[@]}" user remove eva
	check "once" says 1 "there is no user eva" "${rackhand[@]}" user remove eva

	check "who did that" says 0 "user-edit" \
		"${rackhand[@]}" audit show --since 1h --event user-edit
	check "and nothing else" eval '! grep -q macro- "$work/out"'
	check "in JSON" says 0 '"event":"macro-removed"' \
		"${rackhand[@]}" audit show --json
	check "a wrong time" says 2 "--since takes" \
		"${rackhand[@]}" audit show --since then
	check "status" says 0 rack1 "${rackhand[@]}" status
	check "a token" says 0 rh_ "${rackhand[@]}" token add short --expires 1d
	check "tokens" says 0 short "${rackhand[@]}" token list
	check "no token any more" says 0 "" "${rackhand[@]}" token remove short
}

printf 'target "a" {\n    capture { source = "demmo" }\n}\n' > "$work/wrong.conf"
way="by the socket: "
both_ways
admin_both_ways
way="by https: "
export RACKHAND_TOKEN=$ci
rackhand=("$build/rackhand" --url "$url" --pin "$pin")
both_ways
export RACKHAND_TOKEN=$admin
admin_both_ways
check "files are those of this machine" says 2 "files are those of this machine" \
	"${rackhand[@]}" audit show "$state/audit.jsonl"
export RACKHAND_TOKEN=$ci

# ---- roles and tokens -------------------------------------------------------------------

for verb in "user list" "user remove eva" "audit show" "macro remove x" \
	"config check $work/rackhand.conf"; do
	# shellcheck disable=SC2086 # words
	check "an operator does not $verb" says 4 "this needs the role admin" \
		"${rackhand[@]}" $verb
done
check "an operator is no admin" says 4 "this needs the role admin" \
	"${rackhand[@]}" status
check "nor makes tokens" says 4 "this needs the role admin" \
	"${rackhand[@]}" token list
RACKHAND_TOKEN=$viewer
check "a viewer looks" says 0 "" "${rackhand[@]}" snapshot -o "$work/a.png"
check "and types nothing" says 4 "this needs the role operator" \
	"${rackhand[@]}" type a
RACKHAND_TOKEN=$admin
check "an admin has the status" says 0 rack1 "${rackhand[@]}" status
check "and takes away tokens" says 0 "" "${rackhand[@]}" token remove looker
RACKHAND_TOKEN=$viewer
check "which are good for nothing then" says 4 "" "${rackhand[@]}" targets
RACKHAND_TOKEN=
check "no token" says 2 "a token is missing" "${rackhand[@]}" targets
RACKHAND_TOKEN=$'a\nb'
check "no token at all" says 2 "characters that no token has" \
	"${rackhand[@]}" targets
unset RACKHAND_TOKEN
(umask 077; echo "$ci" > "$work/token")
check "a token's file" says 0 rack1 \
	"${rackhand[@]}" --token-file "$work/token" targets
chmod 644 "$work/token"
check "that others may read" says 1 "chmod o=" \
	"${rackhand[@]}" --token-file "$work/token" targets
check "that is not there" says 1 "No such file" \
	"${rackhand[@]}" --token-file "$work/none" targets
export RACKHAND_TOKEN=$ci

# ---- whom it trusts -----------------------------------------------------------------------

way="trust: "
at()
{
	"$build/rackhand" --url "$url" "$@"
}
wrong=${pin//[a-f]/g}
check "nobody by himself" says 3 "--pin" at targets
check "a certificate that was copied" says 0 rack1 \
	at --cacert "$state/tls/certificate.pem" targets
check "but not every one" says 2 "--cacert" at --cacert "$work/none" targets
check "another key" says 3 "not the key that --pin names" \
	at --pin "${wrong//[A-F]/G}" targets
check "half a key" says 2 "44 characters" at --pin abc targets
check "nothing in the clear" says 2 "say https://" \
	"$build/rackhand" --url "http://127.0.0.1:$web_port" targets
check "nobody there" says 3 "is rackhandd running there" \
	"$build/rackhand" --url https://127.0.0.1:1 --pin "$pin" targets
check "a viewer's port" says 3 "" \
	"$build/rackhand" --url "https://127.0.0.1:$vnc_port" --pin "$pin" targets
check "what is about files here" says 2 "audit verify has no option --url" \
	at audit verify
check "nor the first user" says 2 "setup has no option --url" at setup anna

# ---- somebody else operates ------------------------------------------------------------------

together()
{
	local session

	start_probe
	probe connect "$vnc_port" || die "the probe cannot connect: $answer"
	probe key 97 down
	probe key 97 up
	check "somebody else has the keyboard" eventually \
		says 0 ", has the keyboard" "${rackhand[@]}" control
	check "nobody types then" says 5 "has the keyboard" "${rackhand[@]}" type a
	"$build/rackhand" -s "$work/control.sock" control release rack1 > /dev/null
	check "a lock key that was typed" says 0 "" "${rackhand[@]}" key capslock
	check "shows at who looks" probe wait-leds 4
	check "and the next one" says 0 "" "${rackhand[@]}" key capslock
	check "too" probe wait-leds 0
	probe key 97 down
	probe key 97 up
	session=$("$build/rackhand" -s "$work/control.sock" sessions |
		awk '$2 == "rack1" { print $1 }')
	check "an admin gives it back" says 0 "rack1: nobody has the keyboard" \
		"${rackhand[@]}" control release rack1
	check "or gives it" says 0 "rack1: session $session," \
		"${rackhand[@]}" control give "$session"
	check "or sends away" says 0 "is disconnected" \
		"${rackhand[@]}" disconnect "$session" "going home"
	stop_probe
}

RACKHAND_TOKEN=$admin
by_https=("${rackhand[@]}")
rackhand=("$build/rackhand" -s "$work/control.sock")
way="by the socket: "
together
rackhand=("${by_https[@]}")
way="by https: "
together

# ---- each verb, both ways ------------------------------------------------------------------

# Those that may be asked from elsewhere, as --help and completion know them.
untried=()
verbs_n=0
while read -r verb; do
	# shellcheck disable=SC2086 # words
	"$build/rackhand" complete -- $verb --u | grep -q . || continue
	verbs_n=$((verbs_n + 1))
	for by in "by the socket: $build/rackhand -s $work/control.sock" \
		"by https: $build/rackhand --url $url --pin $pin"; do
		grep -qE "^${by//+/\\+} $verb( |$)" "$work/tried" || untried+=("${by%%:*} $verb,")
	done
done < <("$build/rackhand" --help | sed -n '/^Verbs:/,/^$/p' |
	grep -oE '^  [a-z]+( [a-z]+)?')
way=
check "each of $verbs_n verbs was tried by either way" \
	eval '((verbs_n > 30 && ${#untried[@]} == 0)) || { echo "not ${untried[*]}"; false; }'

# ---- several targets -----------------------------------------------------------------------

way="several: "
other_port=$(free_port $((vnc_port + 1)))
sed 's/rack1/rack2/; s/^web.*//; s/'"$vnc_port/$other_port"'/' \
	"$work/rackhand.conf" > "$work/more"
cat "$work/more" >> "$work/rackhand.conf"
kill -HUP "$daemon"
check "both are there" eventually says 0 rack2 "${rackhand[@]}" targets
check "which one?" says 2 "name one by --target: rack1, rack2" \
	"${rackhand[@]}" key enter
check "this one" says 0 "" "${rackhand[@]}" -t rack2 key enter
RACKHAND_TOKEN=$ci
check "where only one may be seen, that one" says 0 "" "${rackhand[@]}" key enter

# ---- a restart -----------------------------------------------------------------------------

way="restart: "
layout()
{
	"$build/rackhand" -s "$work/control.sock" -t rack1 layout "$@"
}
restart_daemon()
{
	kill "$daemon"
	wait "$daemon"
	rackhand=("$build/rackhand" -s "$work/control.sock")
	start_daemon
}
configure_layout() # LAYOUT
{
	sed -i "4s/\$/ keyboard { layout = \"$1\" }/" "$work/rackhand.conf"
}
check "a layout is chosen" says 0 "de nodeadkeys" layout de nodeadkeys
restart_daemon
check "and stays" eventually says 0 "de nodeadkeys" layout
check "for that target" says 0 us "$build/rackhand" -s "$work/control.sock" \
	-t rack2 layout
kill -HUP "$daemon"
check "a reload does not change it" says 0 "de nodeadkeys" layout
configure_layout fr
kill -HUP "$daemon"
check "another configuration does" eventually says 0 fr layout
restart_daemon
check "and stays" eventually says 0 fr layout
check "what is not there" says 1 "" layout zz
check "changes nothing" says 0 fr layout
rackhand=("${by_https[@]}")

# ---- at a terminal -----------------------------------------------------------------------

way="terminal: "
head -c 20000 /dev/zero | tr '\0' a > "$work/long"
at_terminal "'$build/rackhand' -s '$work/control.sock' -t rack1 type --delay 20 < '$work/long'"
asked " of 20000 characters"
check "shows how far it is" eval '[[ $before == *" of 20000 characters"* ]]'
printf '\003' >&5
leave_terminal
code=$?
check "Ctrl-C ends it" eval '[[ $code == 1 ]]'
check "and the typing" grep -qE "typed [0-9]+ of 20000 characters: .+" "$work/out"
check "at once" says 0 "" "$build/rackhand" -s "$work/control.sock" -t rack1 key enter
at_terminal "'$build/rackhand' -s '$work/control.sock' -t rack1 snapshot -o -"
leave_terminal
check "no picture for a terminal" grep -q "nothing for a terminal" "$work/out"

check "an audit that gets nowhere" says 1 "standard output" eval \
	'"$build/rackhand" -d "$state" audit show > /dev/full'

# ---- what is told to nobody ------------------------------------------------------------------

way=
told=0
for token in "$ci" "$viewer" "$admin"; do
	grep -qF "${token#rh_}" "$work/rackhandd.log" "$state/audit.jsonl" && told=1
done
check "no token in log or audit" eval '((told == 0))'
check "nor a text" eval '! grep -qE "hello|aaaaaaaa" "$work/rackhandd.log" "$state/audit.jsonl"'

kill "$daemon"
wait "$daemon"
check "no daemon any more" says 3 "is rackhandd running there" \
	"${rackhand[@]}" targets

# ---- the demo -----------------------------------------------------------------------------

sed -n '1,5p' "$work/rackhand.conf" > "$work/demo.conf"
config/demo.sh "$build" "$work/demo.conf" "$work/demo" "$work/demo.sock" \
	> "$work/demo.out" 2> "$work/demo.log" &
demo=$!
pids+=("$demo")
shows()
{
	grep -qF "$1" "$work/demo.out"
}
check "the demo says where it is" eventually shows "https://127.0.0.1:$web_port/"
check "and its setup code" eventually eval 'shows "$(< "$work/demo/setup-code")"'
check "and a viewer's line" shows "vncviewer 127.0.0.1::$vnc_port"
kill "$demo"
wait "$demo"

sum_up
