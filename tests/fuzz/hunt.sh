#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# hunt.sh BUILD SECONDS NAME...
#
# Look for inputs that break a target, for so many seconds each, two targets at
# a time. What reaches something new is kept below BUILD/found for the next
# hunt and for fuzz-merge; what breaks something below BUILD/findings.
set -uo pipefail
here=$(dirname "$0")

hunt() # BUILD SECONDS NAME
{
	local build=$1 seconds=$2 name=$3
	local log=$build/hunt-$name.log finding
	local options=(-timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=256
		-max_len=8192 -print_final_stats=1)

	[[ ! -e $here/$name.dict ]] || options+=("-dict=$here/$name.dict")
	mkdir -p "$build/found/$name" "$build/findings"
	if nice -n 19 "$build/fuzz-$name" "${options[@]}" \
		"-max_total_time=$seconds" \
		"-artifact_prefix=$build/findings/$name-" \
		"$build/found/$name" "$here/corpus/$name" > "$log" 2>&1; then
		awk -v name="$name" '
		$2 == "DONE" { edges = $4; kept = $8 }
		/^stat::number_of_executed_units/ { runs = $2 }
		END { printf "%-14s %10d runs, %5d edges, inputs %s\n",
			name, runs, edges, kept }' "$log"
		return
	fi
	finding=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
	grep -av '^#' "$log" | tail -n 40
	echo "$name: a finding; again with: $build/fuzz-$name $finding"
	return 1
}

if [[ ${1:-} == --one ]]; then
	shift
	hunt "$@"
	exit
fi

build=$1 seconds=$2
shift 2
printf '%s\n' "$@" |
	xargs -P 2 -I NAME "$0" --one "$build" "$seconds" NAME
