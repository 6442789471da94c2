#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check.sh [ROOT]: does every source file keep to the house's rules: folders
# include only what tests/layers/layers.mk grants them, a library's headers
# stay in its folder, a .c starts with its own header, #pragma once, licence?
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-.}" || exit 1
status=0

mapfile -t sources < <(find . \( -path ./build -o -name .git -o \
	-name node_modules \) -prune -o -name '*.[ch]' -printf '%P\n' | sort)
awk -f "$here/check.awk" "$here/layers.mk" "${sources[@]}" || status=1

# The licence of all that is not C: below a #! or an opening comment mark.
while read -r file; do
	head -n 3 "$file" |
		grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' && continue
	echo "$file:1: the SPDX line is missing"
	status=1
done < <(find . \( -path ./build -o -name .git -o -name node_modules \) \
	-prune -o -type f \( -name Makefile -o -name '*.mk' -o -name '*.sh' \
	-o -name '*.awk' -o -name '*.py' -o -name '*.js' -o -name '*.mjs' \
	-o -name '*.service' -o -name '*.socket' -o -name '*.rules' \
	-o -path './.ci/run' \) -printf '%P\n' | sort)

exit "$status"
