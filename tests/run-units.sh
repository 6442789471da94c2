#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run-units.sh RUNNER PROGRAM...
#
# Start each unit test program with the words of RUNNER, as many at a time as
# there are processors. What one says comes in one piece when it has ended;
# those that failed are named at the end, with their status.
set -uo pipefail

if [[ $1 == --one ]]; then
	scratch=$2 program=$4 status=0
	said=$(mktemp "$scratch/said-XXXXXX") || exit
	read -ra runner <<< "$3"
	"${runner[@]}" "$program" > "$said" 2>&1 || status=$?
	[[ $status -eq 0 ]] || echo "$program:$status" >> "$scratch/failed"
	{ flock 9; echo "== $program"; cat "$said"; } 9> "$scratch/lock"
	exit
fi

runner=$1
shift
scratch=$(mktemp -d) || exit
trap 'rm -rf "$scratch"' EXIT
printf '%s\0' "$@" | xargs -0 -r -P "$(nproc)" -I PROGRAM \
	"$0" --one "$scratch" "$runner" PROGRAM || exit
[[ ! -e $scratch/failed ]] || {
	echo "failed: $(sort "$scratch/failed" | tr '\n' ' ')"
	exit 1
}
