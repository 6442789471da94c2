#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run-checks.sh TARGET...
#
# Make each target in turn, its output in build/checks/TARGET.log; show the
# log of what fails, go on, and end with "N passed, M failed" over all. A
# check's log may hold cmocka's sums or lines "N passed, M failed" of its
# own; a check with neither counts as one. A line "skipped: why" is repeated.
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

for target; do
	log=$logs/$target.log
	start=$SECONDS
	status=0
	"$make" --no-print-directory --output-sync=target "$target" \
		> "$log" 2>&1 < /dev/null || status=$?
	read -r good bad < <(count "$log" "$status")
	passed=$((passed + good))
	failed=$((failed + bad))

	word=ok
	[[ $bad -eq 0 ]] || word=FAIL
	printf '%-4s %-24s %4d passed, %d failed, %d s\n' "$word" "$target" \
		"$good" "$bad" $((SECONDS - start))
	sed -n 's/^skipped: /     skipped: /p' "$log"
	if [[ $bad -ne 0 ]]; then
		echo "---- the end of $log"
		tail -n "$tail_lines" "$log"
		echo "----"
	fi
done

echo
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
