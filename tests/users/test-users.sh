#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test-users.sh BUILD
#
# "rackhand user" as people and scripts meet it: what it takes, what it says,
# what then stands in the file, and that it reads passwords unseen.
set -uo pipefail

build=$1
work=$(mktemp -d)
state=$work/state

# shellcheck source=tests/lib.sh
. tests/lib.sh
trap 'finish; rm -rf "$work"' EXIT

good='correct horse battery'
other='staple of another kind'

rackhand()
{
	"$build/rackhand" -d "$state" "$@"
}

# says CODE TEXT COMMAND...: ends with that code, and prints that.
says()
{
	local code=$1 text=$2 got

	shift 2
	"$@" > "$work/out" 2>&1
	got=$?
	[[ $got == "$code" ]] || echo "exit code $got instead of $code"
	[[ $got == "$code" && $(< "$work/out") == *"$text"* ]]
}

check()
{
	local name=$1

	shift
	if "$@"; then
		ok "$name"
	else
		not_ok "$name" "$(cat "$work/out" 2> /dev/null)"
	fi
}

# field NAME N: the Nth word of that user's line.
field()
{
	awk -v name="$1" -v n="$2" '$1 == name { print $n }' "$state/users"
}

is()
{
	[[ $1 == "$2" ]] || { echo "$1 is not $2"; false; }
}

# ---- what is missing -------------------------------------------------------------

check "no directory: says how there comes one" \
	says 1 "$state/users: No such file or directory; start rackhandd once, or name its state directory by -d" \
	rackhand user list
mkdir -m 700 "$state"
check "no file: no users" says 0 "NAME" rackhand user list
check "no such user" \
	says 1 "there is no user alice; rackhand user list shows them" \
	rackhand user passwd alice
check "no name" says 2 "an operand is missing after 'user add'" rackhand user add
check "a name that cannot be" says 2 "a user's name has 1 to 32" \
	rackhand user add a:b
check "no verb" says 2 "there is no verb 'user'" rackhand user
check "an option that is another verb's" says 2 "user list has no option --off" \
	rackhand user list --off

# ---- add ----------------------------------------------------------------------

add_with() # PASSWORD NAME ARGUMENT...
{
	local password=$1

	shift
	rackhand user add "$@" <<< "$password"
}

check "no password" says 1 "no password was given" \
	rackhand user add alice < /dev/null
check "a short password" says 1 "at least 12 characters" \
	add_with "elevenchars" alice
check "a long password" says 1 "at most 256 bytes" \
	add_with "$(printf '%0257d' 0)" alice
check "a password that everybody tries" says 1 "tried first" \
	add_with "Password-2024!" alice
check "the name as a password" says 1 "tried first" \
	add_with "christopherine" christopherine
check "a role that there is not" says 1 "a role is viewer, operator or admin" \
	add_with "$good" alice --role root
check "and nothing was written" is "$(ls -A "$state")" ""
check "add" says 0 "" add_with "$good" alice
check "a viewer unless said otherwise" is "$(field alice 2)" viewer
check "without codes" is "$(field alice 4)" -
check "not twice" says 1 "user alice is there already" \
	add_with "$good" alice
check "add with roles" says 0 "" \
	add_with "$good" bob --role operator@rack1,viewer
check "these roles" is "$(field bob 2)" operator@rack1,viewer
check "the same password, another hash" \
	eval '[[ $(field alice 3) == \$y\$* && $(field alice 3) != "$(field bob 3)" ]]'
check "for its owner only" is "$(stat -c %a "$state/users")" 600
check "nothing else is left" is "$(ls -A "$state")" users

# ---- change ---------------------------------------------------------------------

is_not()
{
	[[ $1 != "$2" ]] || { echo "$1 is still that"; false; }
}

hash=$(field alice 3)
generation=$(field alice 5)
check "another password" says 0 "" rackhand user passwd alice <<< "$other"
check "changes the hash" is_not "$(field alice 3)" "$hash"
check "and the generation" is_not "$(field alice 5)" "$generation"
generation=$(field alice 5)
check "other roles" says 0 "" rackhand user role alice admin viewer@rack2
check "these" is "$(field alice 2)" admin,viewer@rack2
check "need no new generation" is "$(field alice 5)" "$generation"
check "wrong roles" says 1 "there are two roles for target a" \
	rackhand user role alice viewer@a admin@a
check "change nothing" is "$(field alice 2)" admin,viewer@rack2

check "codes" says 0 "otpauth://totp/rackhand:alice@" rackhand user totp alice
secret=$(sed -n 2p "$work/out")
check "their secret, twice" \
	grep -qF "?secret=$secret&issuer=rackhand" "$work/out"
check "is the one in the file" is "$(field alice 4)" "$secret"
check "a new generation" is_not "$(field alice 5)" "$generation"
check "no codes" says 0 "" rackhand user totp alice --off
check "none in the file" is "$(field alice 4)" -
rackhand user totp bob > /dev/null 2>&1

check "the list" says 0 "alice  no    admin,viewer@rack2" \
	rackhand user list
check "the list for programs" says 0 '"name": "bob",' rackhand user list --json
shows_no_secret() # ARGUMENT...
{
	rackhand user list "$@" > "$work/out"
	! grep -qF -e '$y$' -e "$(field bob 4)" "$work/out"
}
check "shows no secret" shows_no_secret
check "nor to programs" shows_no_secret --json
check "remove" says 0 "" rackhand user remove alice
check "is gone" is "$(field alice 1)" ""
check "the others are not" is "$(field bob 1)" bob

# ---- many at once ------------------------------------------------------------------

jobs=()
for i in 1 2 3 4 5 6 7 8; do
	add_with "$good" "many$i" > "$work/many$i" 2>&1 &
	jobs+=($!)
done
wait "${jobs[@]}"
check "eight at once: none is lost" is "$(grep -c ^many "$state/users")" 8

# ---- what is wrong with the file -------------------------------------------------

cp "$state/users" "$work/users"
echo "carl viewer" >> "$state/users"
check "a wrong line is named" says 1 "$state/users: line $(wc -l < "$state/users"): a user is" \
	rackhand user remove bob
check "and left alone" is "$(tail -n 1 "$state/users")" "carl viewer"
cp "$work/users" "$state/users"
chmod 640 "$state/users"
check "others may read it" says 1 "others may read it; chmod 600 the file" \
	rackhand user list
chmod 600 "$state/users"

full() # Not more than a kilobyte has room.
{
	(
		trap '' XFSZ
		ulimit -f 1
		rackhand user role bob admin
	)
}
check "a full disk" says 1 "$state/users: File too large" full
check "keeps what there was" cmp -s "$work/users" "$state/users"
check "and leaves nothing behind" is "$(ls -A "$state")" users

if ((EUID == 0)); then
	as_nobody()
	{
		setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
	}
	chmod 755 "$work"
	cp "$build/rackhand" "$work/rackhand"
	check "who may not" says 1 "run as root, or as the user that the directory belongs to" \
		as_nobody "$work/rackhand" -d "$state" user list
	chown nobody:nogroup "$state" "$state/users"
	check "root changes it" says 0 "" rackhand user role bob admin
	check "and it stays its owner's" is "$(stat -c %U "$state/users")" nobody
	check "who reads it" says 0 "bob" \
		as_nobody "$work/rackhand" -d "$state" user list
	chown root:root "$state" "$state/users"
fi

# ---- at a terminal -----------------------------------------------------------------

command="'$build/rackhand' -d '$state' user add"

at_terminal "$command dora"
asked "New password: " && type_line "$good" && asked "once more: " &&
	type_line "$good"
leave_terminal
check "asks twice at a terminal" is "$?" 0
check "and shows nothing typed" \
	eval '[[ $before != *"$good"* ]] && ! grep -qF "$good" "$work/out"'
check "the user is there" is "$(field dora 1)" dora

at_terminal "$command erna"
asked "New password: " && type_line "$good" && asked "once more: " &&
	type_line "$other" && asked "these were two different ones" &&
	asked "New password: " && type_line "$other" && asked "once more: " &&
	type_line "$other"
leave_terminal
check "asks again when they differ" is "$?" 0

# The shell between us and it has to outlive the signal, which it gets too.
at_terminal "trap : INT; $command frank; echo code \$?; stty -a | grep -o '[-]*echo '"
asked "New password: " && printf '\003' >&5
leave_terminal
check "Ctrl-C ends it" grep -q "^code 1" "$work/out"
check "and the terminal shows again what is typed" grep -q "^echo" "$work/out"
check "nobody was added" is "$(field frank 1)" ""

# ---- the first user of a new machine ------------------------------------------------

rm -rf "$state"
mkdir -m 700 "$work/run"
port=$(free_port 16300)
printf 'target "a" { capture { source = "demo" } vnc { listen = "127.0.0.1:%s" } }\n' \
	"$port" > "$work/rackhand.conf"

start_daemon()
{
	RUNTIME_DIRECTORY=$work/run "$build/rackhandd" \
		-c "$work/rackhand.conf" -s "$work/control.sock" -d "$state" \
		2>> "$work/rackhandd.log" &
	daemon=$!
	pids+=("$daemon")
	eventually "$build/rackhand" -s "$work/control.sock" status \
		> /dev/null 2>&1
}

stop_daemon()
{
	kill "$daemon"
	wait "$daemon"
}

setup() # NAME LINE...
{
	local name=$1

	shift
	printf '%s\n' "$@" |
		"$build/rackhand" -s "$work/control.sock" setup "$name"
}

logged()
{
	grep -qF "$1" "$work/rackhandd.log"
}

start_daemon
code=$(cat "$state/setup-code")
check "a new machine shows a code" is "${#code}" 19
check "to root" is "$(stat -c %a "$state/setup-code")" 600
check "on the console" grep -qF "$code" "$work/run/issue"
check "says so in the log" logged "there are no users: \"rackhand setup NAME\""
check "and not the code" eval '! logged "$code"'
# Where the system's getty can be asked, it prints what the unit's link gives it.
if agetty=$(PATH=$PATH:/usr/sbin:/sbin type -P agetty); then
	script -qec "'$agetty' --issue-file '$work/run/issue' --show-issue" \
		/dev/null < /dev/null > "$work/console"
	check "as getty prints it" grep -qF "    $code" "$work/console"
fi
check "a wrong code" says 4 "this is not the setup code" \
	setup ada AAAA-AAAA-AAAA-AAAA "$good"
check "a bad password" says 1 "at least 12 characters" setup ada "$code" short
check "no code" says 1 "no setup code was given" \
	eval 'setup ada < /dev/null | cat; "$build/rackhand" -s "$work/control.sock" setup ada < /dev/null'
check "the code makes an admin" says 0 "" setup ada "$code" "$good"
check "of everything" is "$(field ada 2)" admin
check "the code is gone" is "$(ls "$state/setup-code" "$work/run" 2> /dev/null)" \
	"$work/run:"
check "and good for nothing" says 5 "there are users already" \
	setup eve "$code" "$good"
check "the daemon knows her" eventually logged "$state/users: 1 users"
rackhand user role ada viewer
check "and what becomes of her" eventually eval \
	'(($(grep -cF "$state/users: 1 users" "$work/rackhandd.log") == 2))'
stop_daemon
start_daemon
check "another start shows none" is "$(ls "$state/setup-code" 2> /dev/null)" ""
stop_daemon

rm -rf "$state"
sed -i 's/listen = /security = none listen = /' "$work/rackhand.conf"
start_daemon
check "nor where no user could log in" \
	is "$(ls "$state/setup-code" 2> /dev/null)" ""
check "which setup says" says 5 "no target lets in users" setup ada
stop_daemon
check "the control socket must be there" says 3 "is rackhandd running?" \
	setup ada

sum_up
