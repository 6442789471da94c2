#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run-checks.sh TARGET[+TARGET...]...
#
# Make each target in turn, those with + between them at once, its output in
# build/checks/TARGET.log; show the log of what fails, go on, and end with
# "N passed, M failed" over all. A check's log may hold cmocka's sums or lines
# "N passed, M failed" of its own; a check with neither counts as one. A line
# "skipped: why" is repeated. What two at once would both make must be there.
set -uo pipefail

make=${MAKE:-make}
logs=build/checks
tail_lines=200
passed=0
failed=0

mkdir -p "$logs"

# Prints "PASSED FAILED" of one log; the check's own exit status decides
# whether a log without any number is a success.
count()
{
	awk -v status="$2" '
	/^\[  (PASSED|FAILED)  \] .*[0-9]+ test\(s\)/ {
		match($0, /[0-9]+ test\(s\)/)
		tests = substr($0, RSTART) + 0
		if ($2 == "PASSED")
			passed += tests
		else
			failed += tests
	}
	/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 }
	/^skipped: / { skipped = 1 }
	END {
		if (status && !failed)
			failed = 1
		if (!passed && !failed && !skipped)
			passed = 1
		print passed + 0, failed + 0
	}' "$1"
}

# All processors build what a check makes first.
check() # TARGET
{
	local log=$logs/$1.log start=$SECONDS status=0

	"$make" --no-print-directory --output-sync=target -j"$(nproc)" "$1" \
		> "$log" 2>&1 < /dev/null || status=$?
	echo "$(count "$log" "$status") $((SECONDS - start))" > "$logs/$1.sum"
}

report() # TARGET
{
	local log=$logs/$1.log word=ok good=0 bad=1 seconds=0

	[[ ! -e $logs/$1.sum ]] || read -r good bad seconds < "$logs/$1.sum"
	passed=$((passed + good))
	failed=$((failed + bad))
	[[ $bad -eq 0 ]] || word=FAIL
	printf '%-4s %-24s %4d passed, %d failed, %d s\n' "$word" "$1" \
		"$good" "$bad" "$seconds"
	sed -n 's/^skipped: /     skipped: /p' "$log"
	[[ $bad -ne 0 ]] || return
	echo "---- the end of $log"
	tail -n "$tail_lines" "$log"
	echo "----"
}

if [[ $1 == --one ]]; then
	check "$2"
	exit
fi

rm -f "$logs"/*.sum
for together; do
	IFS=+ read -ra targets <<< "$together"
	printf '%s\n' "${targets[@]}" |
		xargs -P "${#targets[@]}" -I TARGET "$0" --one TARGET
	for target in "${targets[@]}"; do
		report "$target"
	done
done

echo
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
