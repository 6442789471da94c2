#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# metrics.sh [ROOT]: how long files and functions are; fails where a file has
# more than 600 lines or a function more than 60.
set -euo pipefail
cd "${1:-.}"

mapfile -t sources < <(find . \( -path ./build -o -name .git -o \
	-name node_modules \) -prune -o -type f \( -name '*.[ch]' \
	-o -name '*.sh' -o -name '*.mk' -o -name Makefile -o -name '*.awk' \
	-o -name '*.py' -o -name '*.js' -o -name '*.mjs' \) \
	-printf '%P\n' | sort)

files=$(wc -l "${sources[@]}" | awk '
$2 == "total" { next }
$1 > 600 { printf "%s: %d lines, 600 is the limit\n", $2, $1 }')

functions=$(printf '%s\n' "${sources[@]}" | grep '\.c$' |
	ctags -L - --languages=C --kinds-C=f --fields=+ne -f - | awk -F '\t' '
{
	for (i = 4; i <= NF; i++) {
		if ($i ~ /^line:/) line = substr($i, 6)
		if ($i ~ /^end:/) end = substr($i, 5)
	}
	print end - line + 1, $2, line, $1
}' | sort -n)

awk '
NF { length_of[++n] = $1 }
END {
	if (n)
		printf "%d functions: median %d lines, 9 of 10 within %d, " \
			"longest %d\n", n, length_of[int((n + 1) / 2)],
			length_of[int((9 * n + 9) / 10)], length_of[n]
}' <<< "$functions"
long=$(awk '$1 > 60 {
	printf "%s:%d: %s has %d lines, 60 is the limit\n", $2, $3, $4, $1
}' <<< "$functions")

[[ -z $files ]] || echo "$files"
[[ -z $long ]] || echo "$long"
[[ -z $files && -z $long ]]
