#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Does tests/run-checks.sh count what ran, and is nothing that went wrong
# taken for a success? A stand-in for make plays each kind of check.
set -uo pipefail
runner=$PWD/tests/run-checks.sh
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

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
