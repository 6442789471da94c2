#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# replay.sh [--lines] BUILD NAME...
#
# Give every stored input once to its target, then see how many lines of the
# parsers in tests/fuzz/parsers that has reached; --lines prints the others.
set -uo pipefail
here=$(dirname "$0")
lines=
if [[ $1 == --lines ]]; then
	lines=yes
	shift
fi
build=$1
shift
seen=$build/replay
passed=0
failed=0


replay() # NAME
{
	local inputs=("$here/corpus/$1"/*)

	LLVM_PROFILE_FILE=$seen/$1.raw "$build/fuzz-$1" -timeout=20 \
		-rss_limit_mb=1024 -artifact_prefix="$seen/" "${inputs[@]}" \
		> "$seen/$1.log" 2>&1 || return 1
	llvm-profdata merge -o "$seen/$1.profile" "$seen/$1.raw" &&
		llvm-cov export -format=lcov -instr-profile="$seen/$1.profile" \
			"$build/fuzz-$1" > "$seen/$1.lcov"
}

rm -rf "$seen"
mkdir -p "$seen"
for name; do
	if replay "$name"; then
		passed=$((passed + 1))
		continue
	fi
	failed=$((failed + 1))
	grep -a '^Running: ' "$seen/$name.log" | tail -n 1
	grep -av '^\(Running\|Executed\|INFO\)' "$seen/$name.log" | tail -n 40
	echo "$name: a stored input, the last one above, is not survived"
done

if [[ $failed -eq 0 ]]; then
	awk -v lines="$lines" -v seen="$seen" -f "$here/coverage.awk" \
		"$here/unreached" "$here/parsers"
	wrong=$?
	passed=$((passed + (wrong == 0)))
	failed=$((failed + (wrong != 0)))
fi
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
