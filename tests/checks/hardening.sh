#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# hardening.sh PROGRAM...: does every program have what the build promises:
# PIE, full RELRO, no executable stack, stack protector, FORTIFY? A program
# built without any of them proves that each question can be answered "no".
# And only rackhand can connect to another machine by the library for that.
set -uo pipefail
passed=0
failed=0

# Does readelf's answer about PROGRAM have a line like PATTERN?
shows() # PROGRAM OPTION PATTERN
{
	readelf -W "$2" "$1" | grep -E "$3" > /dev/null
}

# Each check prints nothing and succeeds when PROGRAM has the property.
position_independent()
{
	shows "$1" -h 'Type: +DYN' && shows "$1" -d 'FLAGS_1.* PIE'
}

full_relro()
{
	shows "$1" -l GNU_RELRO && shows "$1" -d 'BIND_NOW|FLAGS_1.* NOW'
}

stack_not_executable()
{
	shows "$1" -l 'GNU_STACK.* RW +0x'
}

stack_protector()
{
	shows "$1" -s __stack_chk_fail
}

fortified()
{
	shows "$1" -s '__[a-z]+_chk(@|$)'
}

checks=(position_independent full_relro stack_not_executable stack_protector
	fortified)

expect() # WANTED CHECK PROGRAM
{
	local found=no

	if "$2" "$3"; then
		found=yes
	fi
	if [[ $found == "$1" ]]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $3: $2: $found"
	fi
}

for program; do
	for check in "${checks[@]}"; do
		expect yes "$check" "$program"
	done
done

asks_by_curl()
{
	shows "$1" -d 'NEEDED.*libcurl'
}

for program; do
	wanted=no
	[[ ${program##*/} != rackhand ]] || wanted=yes
	expect "$wanted" asks_by_curl "$program"
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
echo '#include <stdio.h>
int main(void) { char line[64]; return !fgets(line, 64, stdin); }' |
	${CC:-gcc} -O2 -no-pie -fno-pie -fno-stack-protector \
		-U_FORTIFY_SOURCE -Wl,-z,norelro -Wl,-z,lazy \
		-Wl,-z,execstack -x c -o "$scratch/soft" - 2> /dev/null
for check in "${checks[@]}"; do
	expect no "$check" "$scratch/soft"
done

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
