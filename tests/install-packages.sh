#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# install-packages.sh [PACKAGE | FILE]...
#
# Install the Debian packages that are missing, and do nothing, without a
# network too, where none is. A FILE is a list of packages as tests/packages.
set -euo pipefail

needed=()

need() # PACKAGE [PROGRAM that serves as well]
{
	[[ $# -gt 1 && -x $2 ]] || needed+=("$1")
}

for argument; do
	if [[ $argument != */* ]]; then
		need "$argument"
		continue
	fi
	while read -ra words; do
		[[ ${#words[@]} -eq 0 || ${words[0]} == '#'* ]] ||
			need "${words[@]}"
	done < "$argument"
done

if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
	echo "$0: no apt-get here: only Debian's packages are installed by" \
		"itself. Install what these packages hold, then run make:" \
		"${needed[*]}" >&2
	exit 1
fi

missing=()
for package in "${needed[@]}"; do
	status=$(dpkg-query -W -f '${db:Status-Status}\n' "$package" \
		2> /dev/null || true)
	grep -qx installed <<< "$status" || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0
echo "Debian packages to install: ${missing[*]}"

as_root=(env DEBIAN_FRONTEND=noninteractive)
if [[ $(id -u) -ne 0 ]]; then
	if ! command -v sudo > /dev/null; then
		echo "$0: neither root nor sudo; as root:" \
			"apt-get install ${missing[*]}" >&2
		exit 1
	fi
	as_root=(sudo "${as_root[@]}")
fi

install()
{
	"${as_root[@]}" apt-get -qq -y -o DPkg::Lock::Timeout=600 \
		--no-install-recommends install "${missing[@]}"
}

# Lists may be absent, as in a fresh image, or too old for the mirror.
known=$(apt-cache --no-all-versions show "${missing[@]}" 2> /dev/null |
	grep -c '^Package: ' || true)
if [[ $known -lt ${#missing[@]} ]] || ! install; then
	"${as_root[@]}" apt-get -qq -o DPkg::Lock::Timeout=600 update
	install
fi
