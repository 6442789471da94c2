#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Are the units sound for systemd, and is each as confined as promised? The
# exposure is systemd's own figure; 20 means 2.0 of 10. Needs no systemd that
# runs and no installed programs.
set -euo pipefail

cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

report() { # NAME STATUS DETAIL
	if (($2 == 0)); then
		echo "ok $1"
		passed=$((passed + 1))
	else
		printf 'FAIL %s\n%s\n' "$1" "$3"
		failed=$((failed + 1))
	fi
}

# systemd asks that what a unit starts is there: a stand-in for each program.
for program in rackhandd rackhand-gadget; do
	install -m 755 /dev/null "$work/$program"
done
for unit in *.service *.socket; do
	sed "s,/usr/sbin/,$work/,g" "$unit" > "$work/$unit"
done

rc=0
out=$(SYSTEMD_UNIT_PATH="$work:" systemd-analyze verify --man=no \
	"$work"/*.service "$work"/*.socket 2>&1) || rc=$?
# Complaints about these units only: those of the system are not ours.
out=$(grep rackhand <<<"$out" || true)
[[ -z $out ]] || rc=1
report "units are sound" "$rc" "$out"

while read -r unit threshold; do
	rc=0
	out=$(systemd-analyze security --offline=true --no-pager \
		--threshold="$threshold" "$work/$unit" 2>&1) || rc=$?
	out=$(grep -E '^✗|Overall' <<<"$out" || true)
	report "$unit: exposure at most $threshold of 100" "$rc" "$out"
	grep -o 'Overall.*' <<<"$out" || true
done <<-END
	rackhandd.service 20
	rackhand-gadget.service 20
END

echo "$passed passed, $failed failed"
((failed == 0))
