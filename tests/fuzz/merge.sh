#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# merge.sh BUILD NAME...
#
# Of what hunts have found, add to the stored inputs those that reach code
# which the stored ones do not; not those that only run through it more often.
set -euo pipefail
here=$(dirname "$0")

build=$1
shift
for name; do
	mkdir -p "$build/found/$name"
	"$build/fuzz-$name" -merge=1 -use_counters=0 -max_len=8192 \
		"$here/corpus/$name" "$build/found/$name" \
		> "$build/merge-$name.log" 2>&1 ||
		{ tail -n 40 "$build/merge-$name.log"; exit 1; }
	printf '%-14s %d inputs\n' "$name" \
		"$(find "$here/corpus/$name" -type f | wc -l)"
done
