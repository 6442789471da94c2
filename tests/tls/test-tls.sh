#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test-tls.sh BUILD THROUGH
#
# A real daemon, asked by OpenSSL and GnuTLS what TLS it speaks: exactly what it
# should, with the right certificate, which changes when it is told to.
set -uo pipefail

build=$1
through=$2

work=$(mktemp -d)
conf=$work/rackhand.conf
log=$work/rackhandd.log
state=$work/state
own=$state/tls/certificate.pem

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
		not_ok "$name" "$(tail -n 5 "$work/check.out" "$log")"
	fi
}

fails()
{
	! "$@"
}

says()
{
	grep -q -- "$1" "$2"
}

# ---- the daemon, and a way to it for each kind of TLS ----------------------------

certified=$(free_port 5980)
anonymous=$(free_port $((certified + 1)))
to_certified=$(free_port $((anonymous + 1)))
to_anonymous=$(free_port $((to_certified + 1)))

configure()
{
	cat > "$conf" <<- END
		log_level = "debug"
		$1
		target "certified" {
			capture { source = "demo" }
			vnc { listen = "127.0.0.1:$certified" }
		}
		target "anonymous" {
			capture { source = "demo" }
			vnc { listen = "127.0.0.1:$anonymous"  security = "tlsplain" }
		}
	END
}

configure ""
mkdir "$state"
"$build/rackhandd" -c "$conf" -s "$work/socket" -d "$state" 2> "$log" &
daemon=$!
pids+=("$daemon")
"$through" "$to_certified" "$certified" 262 2>> "$work/through.log" &
pids+=("$!")
"$through" "$to_anonymous" "$anonymous" 259 2>> "$work/through.log" &
pids+=("$!")
for port in "$certified" "$anonymous" "$to_certified" "$to_anonymous"; do
	eventually answers "$port" || die "nobody listens on port $port"
done

# ask PORT OPTION...: one handshake by OpenSSL, old ciphers and all.
ask()
{
	local port=$1

	shift
	timeout 20 openssl s_client -connect "127.0.0.1:$port" "$@" \
		< /dev/null > "$work/ask.out" 2>&1
}

# Which cipher came about; empty: none.
agreed()
{
	ask "$@" || return
	sed -n 's/^New, .*, Cipher is \([^(].*\)/\1/p' "$work/ask.out"
}

# speaks PORT CIPHER OPTION...
speaks()
{
	local port=$1 cipher=$2 got

	shift 2
	got=$(agreed "$port" "$@")
	if [[ $got == "$cipher" ]]; then
		ok "$cipher is spoken"
	else
		not_ok "$cipher is spoken" "'$got': $(tail -n 3 "$work/ask.out")"
	fi
}

# ---- ciphers and versions ---------------------------------------------------------

weak=@SECLEVEL=0
good=ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384
good=$good:ECDHE-ECDSA-CHACHA20-POLY1305
for cipher in ${good//:/ }; do
	speaks "$to_certified" "$cipher" -tls1_2 -cipher "$cipher"
done
for cipher in TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 \
	TLS_CHACHA20_POLY1305_SHA256; do
	speaks "$to_certified" "$cipher" -tls1_3 -ciphersuites "$cipher"
done
adh=ADH-AES128-GCM-SHA256:ADH-AES256-GCM-SHA384
for cipher in ${adh//:/ }; do
	speaks "$to_anonymous" "$cipher" -tls1_2 -cipher "$cipher:$weak"
done

# All others together: there are no more than those.
all=ALL:COMPLEMENTOFALL
check "no other cipher of TLS 1.2" fails ask "$to_certified" -tls1_2 \
	-cipher "$all:!${good//:/:!}:$weak"
check "no other cipher of TLS 1.3" fails ask "$to_certified" -tls1_3 \
	-ciphersuites TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256
check "no other anonymous cipher" fails ask "$to_anonymous" -tls1_2 \
	-cipher "$all:!${adh//:/:!}:$weak"
for version in -tls1 -tls1_1; do
	for port in "$to_certified" "$to_anonymous"; do
		check "not $version on $port" fails ask "$port" "$version" \
			-cipher "$all:$weak"
	done
done

# Of many who are turned away in a few seconds it names the first.
log_names_the_old()
{
	ask "$to_certified" -tls1_1 -cipher "$all:$weak"
	says 'it offers only versions before 1.2' "$log"
}
check "the log says why" eventually log_names_the_old

ask "$to_certified" -tls1_2
check "no compression" says '^Compression: NONE' "$work/ask.out"
check "no session is kept for later" fails says 'TLS session ticket:' \
	"$work/ask.out"
check "a safe renegotiation is understood" says \
	'^Secure Renegotiation IS supported' "$work/ask.out"
is_refused_another()
{
	: > "$work/again.out"
	(
		eventually says 'Cipher is' "$work/again.out"
		echo R
		sleep 1
	) | timeout 20 openssl s_client -tls1_2 \
		-connect "127.0.0.1:$to_certified" > "$work/again.out" 2>&1
	((PIPESTATUS[1] != 0)) && says '^RENEGOTIATING' "$work/again.out"
}
check "but none is done" is_refused_another

# ---- the certificate --------------------------------------------------------------

fingerprint()
{
	"$build/rackhand" -d "$state" tls fingerprint "$@" |
		sed -n 's/^SHA-256 //p'
}

# Of what is shown to who comes now.
shown()
{
	ask "$to_certified" &&
		openssl x509 -noout -fingerprint -sha256 < "$work/ask.out" |
		sed 's/.*=//'
}

shows()
{
	[[ -n $1 && $(shown) == "$1" ]]
}

# The same with all names and addresses that a viewer may know us by.
trusts()
{
	ask "$to_certified" -CAfile "$own" -verify_return_error "$@"
}

first=$(fingerprint)
check "its own certificate is shown" shows "$first"
check "the log has its fingerprint" says "$first" "$log"
check "OpenSSL trusts it for an address" trusts -verify_ip 127.0.0.1
check "OpenSSL trusts it for a name" trusts -verify_hostname "$(hostname)"
check "not for others" fails trusts -verify_hostname example.com
check "GnuTLS trusts it" timeout 20 gnutls-cli --x509cafile "$own" \
	--port "$to_certified" --verify-hostname "$(hostname)" 127.0.0.1 \
	< /dev/null

# ---- another one, while somebody is connected ----------------------------------------

mkfifo "$work/stay"
timeout 60 openssl s_client -connect "127.0.0.1:$to_certified" \
	< "$work/stay" > "$work/stay.out" 2>&1 &
stayer=$!
pids+=("$stayer")
exec {keep}> "$work/stay"
eventually says 'Cipher is' "$work/stay.out" || die "nobody can stay"

# make_pair NAME ALGORITHM...
make_pair()
{
	openssl req -x509 -newkey "${@:2}" -nodes -days 365 -subj "/CN=$1" \
		-keyout "$work/$1.key" -out "$work/$1.crt" 2> /dev/null
	chmod 600 "$work/$1.key"
}

reload()
{
	configure "tls_certificate = \"$work/$1\"
		tls_key = \"$work/$2\""
	kill -HUP "$daemon"
}

make_pair rsa rsa:2048
make_pair other ec -pkeyopt ec_paramgen_curve:P-256
reload rsa.crt rsa.key
second=$(fingerprint "$work/rsa.crt")
check "a certificate of RSA takes its place" eventually shows "$second"
check "who was there stays" kill -0 "$stayer"
speaks "$to_certified" ECDHE-RSA-AES128-GCM-SHA256 -tls1_2 \
	-cipher ECDHE-RSA-AES128-GCM-SHA256
reload rsa.crt other.key
check "a key of another is refused" eventually says 'not that of the' "$log"
check "and the old one stays" shows "$second"
check "--check-config refuses it, too" fails "$build/rackhandd" -c "$conf" \
	--check-config
reload other.crt other.key
check "a good one is taken" eventually shows \
	"$(fingerprint "$work/other.crt")"
check "--check-config likes it" "$build/rackhandd" -c "$conf" --check-config
check "who was there stays all the time" kill -0 "$stayer"
exec {keep}>&-

sum_up
