#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test-completion.sh BUILD
#
# What a Tab makes of command lines of rackhand, in this bash and in one at a
# terminal: every verb and option, names that the daemon knows, files.
set -uo pipefail

build=$(cd "$1" && pwd)
work=$(mktemp -d)
PATH=$build:$PATH

# shellcheck source=tests/lib.sh
. tests/lib.sh
trap 'finish; rm -rf "$work"' EXIT
# shellcheck source=systemd/rackhand.bash-completion
. systemd/rackhand.bash-completion

# offers LINE WORD...: at the end of LINE these are offered, no more.
offers()
{
	local name=$1 wanted got

	COMP_LINE=$1
	COMP_POINT=${#COMP_LINE}
	COMPREPLY=()
	shift
	_rackhand
	wanted=$(printf '%s\n' "$@" | sort)
	got=$(printf '%s\n' "${COMPREPLY[@]}" | sort)
	if [[ $got == "$wanted" ]]; then
		ok "$name"
	else
		not_ok "$name" "${COMPREPLY[*]}"
	fi
}

# ---- verbs and options, as --help has them --------------------------------------

mapfile -t verbs < <(rackhand --help | sed -n '/^Verbs:/,/^$/p' |
	grep -oE '^  [a-z]+( [a-z]+)?')
mapfile -t options < <(rackhand --help | grep -oE -- '--[a-z][a-z-]*' | sort -u)

unread=()
for verb in "${verbs[@]}"; do
	read -ra words <<< "$verb"
	COMP_LINE="rackhand ${words[*]}"
	COMP_POINT=${#COMP_LINE}
	_rackhand
	[[ " ${COMPREPLY[*]} " == *" ${words[-1]} "* ]] || unread+=("$verb")
done
if ((${#verbs[@]} > 15 && ${#unread[@]} == 0)); then
	ok "each of ${#verbs[@]} verbs of --help is offered"
else
	not_ok "verbs of --help are offered" "not ${unread[*]}"
fi
offers "rackhand --" "${options[@]}"
offers "rackhand user " add list passwd remove role totp
offers "rackhand user p" passwd
offers "rackhand us" user
offers "rackhand nothing"
offers "rackhand --json --so" --socket
offers "rackhand user add eva --ro" --role
offers "rackhand status --ro"
offers "rackhand user add eva --role " admin operator viewer
offers "rackhand user add eva --role op" operator
offers "rackhand user role eva viewer " admin operator viewer
offers "rackhand -- user li" list
offers "rackhand -d /tmp user li" list

# What readline keeps of a word that it parts itself.
offers "rackhand user add eva --role=op" operator
COMP_WORDBREAKS=${COMP_WORDBREAKS//=/}
offers "rackhand user add eva --role=op" --role=operator
COMP_WORDBREAKS+='='

COMP_LINE="rackhand status --json"
COMP_POINT=15
COMPREPLY=()
_rackhand
if [[ ${COMPREPLY[*]} == status ]]; then
	ok "in the middle of a line, what stands before counts"
else
	not_ok "in the middle of a line" "${COMPREPLY[*]}"
fi

offers "rackhand -- --ver" # no options behind it

# ---- names that the daemon knows ---------------------------------------------------

offers "rackhand -s $work/control.sock stats "
port=$(free_port 17300)
other_port=$(free_port $((port + 1)))
cat > "$work/rackhand.conf" << END
target "rack1" {
    capture { source = "demo" }
    vnc { listen = "127.0.0.1:$port"  security = "none" }
}
target "rack-2" {
    capture { source = "demo" }
    vnc { listen = "127.0.0.1:$other_port"  security = "none" }
}
END
rackhandd -c "$work/rackhand.conf" -s "$work/control.sock" -d "$work/state" \
	2> "$work/rackhandd.log" &
pids+=($!)
eventually rackhand -s "$work/control.sock" status > /dev/null 2>&1 ||
	die "rackhandd does not start"
offers "rackhand -s $work/control.sock stats " rack1 rack-2
offers "rackhand --socket=$work/control.sock stats rack1" rack1
offers "rackhand -s $work/control.sock --url https://127.0.0.1:1 stats "

# ---- at a terminal ---------------------------------------------------------------------

cat > "$work/bashrc" << END
. systemd/rackhand.bash-completion
PATH=$build:/usr/bin:/bin
PS1='ready\$ '
END
: > "$work/a-file.pem"
at_terminal "bash --rcfile '$work/bashrc' -i"
if asked 'ready$ ' && printf 'rackhand aud\tver\t--ex\t' >&5 &&
	asked "audit verify --expect "; then
	ok "a Tab completes verb and option"
else
	not_ok "a Tab completes verb and option" "$shown"
fi
printf '\025rackhand tls fing\t%s/a-f\t' "$work" >&5
if asked "tls fingerprint $work/a-file.pem"; then
	ok "a Tab completes the name of a file"
else
	not_ok "a Tab completes the name of a file" "$shown"
fi
printf '\025exit\r' >&5
leave_terminal

sum_up
