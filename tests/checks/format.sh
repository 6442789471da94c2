#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The layout of all C sources is what clang-format makes of them. Versions
# differ in details, so one of them decides: the one that CONTRIBUTING.md
# names. With another one nothing is checked, and that is said.
set -euo pipefail
version=14

tool=clang-format-$version
command -v "$tool" > /dev/null || tool=clang-format
found=$("$tool" --version | sed -n 's/.*version \([0-9]*\)\..*/\1/p')
if [[ $found != "$version" ]]; then
	echo "skipped: clang-format $version decides the layout, not $found"
	exit 0
fi

find . \( -path ./build -o -name .git -o -name node_modules \) -prune -o \
	-name '*.[ch]' -printf '%P\0' |
	xargs -0 "$tool" --dry-run -Werror
