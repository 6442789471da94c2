#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Do tests/run-checks.sh and run-units.sh count and show what ran, and is
# nothing that went wrong taken for a success? A stand-in for make plays each
# kind of check.
set -uo pipefail
runner=$PWD/tests/run-checks.sh
units=$PWD/tests/run-units.sh
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
passed=0
failed=0

cat > make <<'END'
#!/bin/bash
case ${!#} in
silent-good) ;;
silent-bad) exit 2 ;;
broken) kill -9 $PPID ;;
cmocka-good) printf '[  PASSED  ] %d test(s).\n' 3 4 ;;
cmocka-bad)
	echo '[  PASSED  ] 2 test(s).'
	echo '[  FAILED  ] tests: 1 test(s), listed below:'
	echo '[  FAILED  ] adds_up'
	exit 2 ;;
crash) echo '[  PASSED  ] 5 test(s).'; exit 2 ;;
sums) echo '10 passed, 0 failed' ;;
lies) echo '10 passed, 2 failed' ;;
skips) echo 'skipped: no such machine' ;;
esac
END
chmod +x make

expect() # SUM STATUS TARGET...
{
	local said status=0

	said=$(MAKE=$scratch/make "$runner" "${@:3}") || status=$?
	if [[ ${said##*$'\n'} == "$1" && $status -eq $2 ]]; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "FAILED: ${*:3}: not '$1' and $2 but $status after:"
	echo "$said"
}

expect '1 passed, 0 failed' 0 silent-good
expect '0 passed, 1 failed' 1 silent-bad
expect '7 passed, 0 failed' 0 cmocka-good
expect '2 passed, 1 failed' 1 cmocka-bad
expect '5 passed, 1 failed' 1 crash
expect '10 passed, 0 failed' 0 sums
expect '10 passed, 2 failed' 1 lies
expect '0 passed, 0 failed' 0 skips
expect '8 passed, 1 failed' 1 silent-good silent-bad cmocka-good
expect '18 passed, 0 failed' 0 silent-good+cmocka-good sums
expect '15 passed, 2 failed' 1 crash+silent-bad+sums
expect '0 passed, 1 failed' 1 broken

# Programs of unit tests: each one's words together, and who failed at the end.
program() # NAME COMMANDS
{
	printf '#!/bin/bash\n%s\n' "$2" > "$1"
	chmod +x "$1"
}

program good 'echo a; echo b'
program bad 'echo c; exit 3'
program hangs 'echo d; exec sleep 1000'
said=$("$units" 'timeout 1' ./bad ./good ./hangs ./good) && status=0 || status=$?
if [[ $status -eq 1 && $said == *$'== ./good\na\nb'* && $said == *$'\nd\n'* &&
	$said == *$'\nfailed: ./bad:3 ./hangs:124 ' ]] &&
	"$units" 'timeout 60' ./good ./good > /dev/null; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "FAILED: unit tests: $status after: $said"
fi

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
