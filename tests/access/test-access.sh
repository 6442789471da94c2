#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test-access.sh BUILD PROBE
#
# Users, roles and passwords as viewers and admins meet them: a real daemon,
# viewers over X509Plain and X509Vnc, and what log and audit say afterwards.
set -uo pipefail

build=$1
probe_program=$2

work=$(mktemp -d)
conf=$work/rackhand.conf
log=$work/rackhandd.log
state=$work/state

# shellcheck source=tests/lib.sh
. tests/lib.sh
trap 'finish; rm -rf "$work"' EXIT

# No password of anybody may be seen anywhere: all have this in them.
canary=cAnArY
viewer_password=$canary-of-victor
operator_password=$canary-of-olga
admin_password=$canary-of-ada
target_password=${canary}99

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

rackhand()
{
	"$build/rackhand" -s "$work/control.sock" -d "$state" "$@"
}

logged()
{
	grep -q "$1" "$log"
}

audited()
{
	grep -q "$1" "$state/audit.jsonl"
}

# ---- viewers: a probe each, by name --------------------------------------------

declare -A to from visitor

# visit NAME USER PASSWORD [SOURCE]
visit()
{
	local in=$work/$1.in out=$work/$1.out fd

	rm -f "$in" "$out"
	mkfifo "$in" "$out"
	RFB_USER=$2 RFB_PASSWORD=$3 RFB_SOURCE=${4-127.0.0.1} RFB_SAY=1 \
		RFB_AUTHORITY=$state/tls/certificate.pem \
		"$probe_program" < "$in" > "$out" 2> "$work/$1.log" &
	visitor[$1]=$!
	pids+=("$!")
	exec {fd}> "$in"
	to[$1]=$fd
	exec {fd}< "$out"
	from[$1]=$fd
	tell "$1" connect "${port-}"
}

# tell NAME COMMAND...: the answer is left in $answer.
tell()
{
	local name=$1

	shift
	echo "$*" >&"${to[$name]}"
	IFS= read -r -t 30 answer <&"${from[$name]}" || answer="no answer"
	[[ $answer == ok* ]]
}

gone()
{
	local fd=${to[$1]}

	exec {fd}>&-
	fd=${from[$1]}
	exec {fd}<&-
	kill "${visitor[$1]}" 2> /dev/null
	wait "${visitor[$1]}" 2> /dev/null
}

# refused NAME USER PASSWORD WORDS [SOURCE]: and told these words.
refused()
{
	local rc=1

	visit "$1" "$2" "$3" "${5-127.0.0.1}" || rc=0
	gone "$1"
	((rc == 0)) && grep -qF "$4" "$work/$1.log"
}

here()
{
	tell "$1" refresh
}

# What the target's host has been sent: keys and pointer.
reports()
{
	rackhand --json status | sed -n 's/.*"reports": \([0-9]*\).*/\1/p'
}

reports_are()
{
	[[ $(reports) == "$1" ]]
}

reports_exceed()
{
	(($(reports) > $1))
}

session_of()
{
	rackhand sessions | awk -v user="$1" '$3 == user { print $1 }'
}

no_session()
{
	[[ -z $(session_of "$1") ]]
}

now_ms()
{
	echo $((${EPOCHREALTIME/[.,]/} / 1000))
}

# sends_away NAME USER COMMAND...: within a second; twice that and more for a
# busy machine. How long it took is printed.
sends_away()
{
	local name=$1 user=$2 began took

	shift 2
	began=$(now_ms)
	"$@" || return
	until no_session "$user"; do
		(($(now_ms) - began < 5000)) || return
	done
	took=$(($(now_ms) - began))
	echo "   $took ms from the command's start" >&3
	! here "$name"
}

add_user()
{
	rackhand user add "$1" --role "$2" <<< "$3"
}

change_password()
{
	rackhand user passwd "$1" <<< "$2"
}

exec 3>&1

# ---- before there is a user ----------------------------------------------------

port=$(free_port 16500)
install -m 600 /dev/stdin "$work/password" <<< "$target_password"
configure()
{
	cat > "$conf" <<- END
		target "rack1" {
		  capture { source = "demo" }
		  vnc {
		    listen = "127.0.0.1:$port"
		    $1
		  }
		}
	END
}
configure ""
mkdir -m 700 "$state"
"$build/rackhandd" -c "$conf" -s "$work/control.sock" -d "$state" 2>> "$log" &
daemon=$!
pids+=("$daemon")

check "it listens before the first user exists" eventually answers "$port"
check "and makes its certificate" test -s "$state/tls/certificate.pem"
check "nobody gets in" refused first olga "$operator_password" \
	"Wrong user name or password"
check "and the log says why" logged "rack1: nobody can log in so: there are no users"
check "the audit, too" eventually audited '"login-failed".*"no-users"'

# ---- roles ---------------------------------------------------------------------

add_user victor viewer "$viewer_password"
add_user olga operator "$operator_password"
add_user ada admin@rack1 "$admin_password"
add_user rita operator@rack2 "$operator_password-too"

check "a viewer gets in as soon as there is one" \
	eventually visit victor victor "$viewer_password"
check "and sees the screen" tell victor status
check "an operator gets in, too" visit olga olga "$operator_password"
check "and an admin" visit ada ada "$admin_password" 127.0.0.2
check "sessions tell who is there" \
	eval '[[ $(rackhand sessions | awk "{ print \$2, \$3, \$4, \$6 }" | sort) == "$(printf "%s\n" "TARGET USER ROLE HOW" "rack1 ada admin x509plain" "rack1 olga operator x509plain" "rack1 victor viewer x509plain" | sort)" ]]'
check "and so does the status" \
	eval 'rackhand status | grep -q "^rack1: viewer 127.0.0.1:[0-9]*, olga, operator: "'

before=$(reports)
tell victor key 97 down
tell victor key 97 up
tell victor point 10 10 1
tell victor point 10 10 0
here victor
check "a viewer types and points, and the target notices nothing" \
	reports_are "$before"
tell olga key 97 down
tell olga key 97 up
check "an operator's keys come through" eventually reports_exceed "$before"
check "sessions tell who has the keyboard" \
	eval '[[ $(rackhand sessions | awk "\$NF == \"yes\" { print \$3 }") == olga ]]'

check "a user of another target only is refused like a wrong password" \
	refused rita rita "$operator_password-too" "Wrong user name or password" \
	127.0.0.3
check "but the audit knows better" \
	eventually audited '"login-failed".*"rita".*"no-role-here"'

# ---- sent away -----------------------------------------------------------------

check "another role sends away who has the old one" \
	sends_away victor victor rackhand user role victor operator
gone victor
check "and lets in with the new one" visit victor victor "$viewer_password"
check "the operator was left alone meanwhile" here olga
check "another password sends away who came by the old one" \
	sends_away olga olga change_password olga "$operator_password-new"
gone olga
check "the old one is good for nothing" \
	refused olga olga "$operator_password" "Wrong user name or password"
check "the new one is" visit olga olga "$operator_password-new"
check "who is removed is sent away" \
	sends_away victor victor rackhand user remove victor
gone victor
check "and does not come back" refused victor victor "$viewer_password" \
	"Wrong user name or password"
check "an admin sends a session away" \
	sends_away olga olga rackhand disconnect "$(session_of olga)" maintenance
gone olga
check "and the audit says why" \
	eventually audited '"disconnect".*"olga".*uid [0-9]* disconnected it: maintenance'
check "a number that is none is complained of" \
	eval '! rackhand disconnect 999 2> "$work/none" && grep -q "no session of that number" "$work/none"'
check "who is none of all this has stayed" here ada

# ---- penalties -----------------------------------------------------------------

# Three of this source have failed until now: no users, old password, removed.
for try in 4 5; do
	check "try $try is still looked at" refused guess olga "$canary-$try" \
		"Wrong user name or password"
done
check "then the source has to wait" refused guess olga "$operator_password-new" \
	"Too many failed logins from your address: wait "
check "which the audit knows" eventually audited '"login-failed".*"waiting"'
check "a legitimate user from another source gets in" \
	visit olga olga "$operator_password-new" 127.0.0.4
gone olga

# Forty at once from twenty sources, each with a password to be looked at.
guess_all_at_once()
{
	local i

	for ((i = 0; i < 40; i++)); do
		RFB_USER=guess$i RFB_PASSWORD=$canary RFB_SAY=1 \
			RFB_SOURCE=127.0.1.$((i / 2 + 1)) \
			RFB_AUTHORITY=$state/tls/certificate.pem \
			"$probe_program" <<< "connect $port" \
			> "$work/crowd$i.out" 2> "$work/crowd$i.log" &
		guesses+=("$!")
	done
	eventually eval 'grep -lq "handshake done" "$work"/crowd*.log'
}

guesses=()
check "many guess at once" guess_all_at_once
check "a legitimate user gets in meanwhile" \
	visit olga olga "$operator_password-new" 127.0.0.7
gone olga
wait "${guesses[@]}"
check "and nobody else does" \
	eval '[[ $(cat "$work"/crowd*.out | grep -c "^error connect") == 40 ]]'

# ---- the target's password -----------------------------------------------------

configure "security = \"x509vnc\" password_file = \"$work/password\" password_role = viewer"
kill -HUP "$daemon"
check "a target that is offered otherwise sends everybody away" \
	eventually no_session ada
gone ada
check "its password lets in" \
	eventually visit any "" "$target_password" 127.0.0.5
check "in the role of the configuration" \
	eval 'rackhand sessions | grep -qE " \(password\) +viewer .* x509vnc "'
check "a wrong one does not" refused other "" "${canary}00" \
	"Wrong user name or password" 127.0.0.6
check "and the audit says so" eventually audited '"login-failed".*"not-proved"'
echo "${canary}88" > "$work/password"
check "another password in its file sends away who came by the old one" \
	sends_away any "(password)" kill -HUP "$daemon"
gone any
check "the new one lets in" \
	eventually visit any "" "${canary}88" 127.0.0.5
gone any

# ---- afterwards ----------------------------------------------------------------

check "the audit knows from where" \
	audited '"login".*"olga".*"127.0.0.1:[0-9]*".*"x509plain"'
check "comings and goings are in the audit" \
	eventually eval '[[ $(grep -c "\"login\"" "$state/audit.jsonl") == 9 && $(grep -c "\"disconnect\"" "$state/audit.jsonl") == 9 ]]'
check "who was made a user, changed and removed, too" \
	eval 'audited "users-changed.*reason.:.added.*victor" && audited "users-changed.*other roles.*victor" && audited "users-changed.*other password.*olga" && audited "users-changed.*removed.*victor"'
check "when it started and read its configuration again" \
	eval 'audited "\"start\"" && audited "\"reload\".*rackhand.conf"'
check "and which certificate it shows" \
	audited "certificate.*$(rackhand tls fingerprint | grep -oE '([0-9A-F]{2}:){31}[0-9A-F]{2}')"
check "which nobody has changed" rackhand audit verify
rackhand audit show > "$work/audit.txt"
rackhand sessions > "$work/sessions.txt"
rackhand status > "$work/status.txt"
kill -TERM "$daemon"
wait "$daemon"
check "the last that the audit knows is who had to go" \
	eval 'tail -n 2 "$state/audit.jsonl" | grep -q "\"stop\".*Terminated"'
check "no password was written anywhere" \
	eval '! grep -aF "$canary" "$log" "$state/audit.jsonl" "$state/users" "$work"/*.txt'

sum_up
