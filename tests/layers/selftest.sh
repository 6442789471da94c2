#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The checks of this folder must pass a good tree and fail a bad one: each
# violation is planted by itself into a small tree that is otherwise good.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
passed=0
failed=0
licence='SPDX-License-Identifier: GPL-2.0-or-later'

write() # FILE LINE...: a C source with the licence on top
{
	mkdir -p "$tree/$(dirname "$1")"
	printf '%s\n' "/* $licence */" "${@:2}" > "$tree/$1"
}

plant_good_tree()
{
	rm -rf "${tree:?}"/*
	write core/log.h '#pragma once' '' '#include <stdint.h>'
	write core/log.c '#include "core/log.h"' '' '#include <errno.h>'
	write video/jpeg.h '#pragma once' '' '#include "core/log.h"'
	write video/jpeg.c '#include "video/jpeg.h"' '' \
		'#include <turbojpeg.h>' '' '#include "core/log.h"'
	write vnc/library.c '#include <rfb/rfb.h>' '#include <nettle/des.h>'
	write tests/video/test-jpeg.c '#include <cmocka.h>' \
		'#include "video/jpeg.h"'
	write tests/rack/probe.c '#include <linux/videodev2.h>' \
		'#include "video/jpeg.h"'
}

report() # WHAT STATUS
{
	if [[ $2 -eq 0 ]]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

good() # CHECK
{
	plant_good_tree
	"$here/$1" "$tree"
	report "$1 complains about a good tree" $?
}

# What was planted last must be found, in words that hold WORDS.
bad() # CHECK WORDS
{
	local said
	local status=0

	if said=$("$here/$1" "$tree"); then
		status=1
	fi
	grep -qF -- "$2" <<< "$said" || status=1
	report "$1 does not say: $2"$'\n'"$said" "$status"
	plant_good_tree
}

good check.sh
write core/log.c '#include "core/log.h"' '#include "video/jpeg.h"'
bad check.sh "core/log.c:3: core/ may not include 'video/jpeg.h'"
write tests/core/test-log.c '#include "video/jpeg.h"'
bad check.sh "core/ may not include 'video/jpeg.h'"
write core/log.c '#include "core/log.h"' '#include <turbojpeg.h>'
bad check.sh "<turbojpeg.h> may not stand in core/"
write video/jpeg.c '#include "video/jpeg.h"' '#include <unheard-of.h>'
bad check.sh "<unheard-of.h> may not stand in video/"
write vnc/viewer.c '#include <rfb/rfb.h>'
bad check.sh "<rfb/rfb.h> may not stand in vnc/"
write video/jpeg.c '#include <stdint.h>' '#include "video/jpeg.h"'
bad check.sh 'the first #include must be "video/jpeg.h"'
write video/jpeg.h '#include "core/log.h"'
bad check.sh '#pragma once must stand before the first #include'
write core/clock.c '#include "../video/jpeg.h"'
bad check.sh "include '../video/jpeg.h' from the root"
write core/clock.c '#include "core/nowhere.h"'
bad check.sh "no such header: 'core/nowhere.h'"
write core/clock.c 'extern int clocks;'
bad check.sh "declare it in a header"
write core/clock.c '#pragma GCC diagnostic ignored "-Wshadow"'
bad check.sh "a warning is mended"
write util/misc.c 'int misc;'
bad check.sh "folder 'util' is not in"
echo 'int clocks;' > "$tree/core/clock.c"
bad check.sh "core/clock.c:1: the first line is not the SPDX line"
echo 'true' > "$tree/core/clock.sh"
bad check.sh "core/clock.sh:1: the SPDX line is missing"

good metrics.sh
mapfile -t filler < <(seq -f 'int line_%g;' 600)
write core/clock.c "${filler[@]}"
bad metrics.sh "core/clock.c: 601 lines, 600 is the limit"
mapfile -t filler < <(seq -f '	line(%g);' 58)
write core/clock.c 'int clock_get(void)' '{' "${filler[@]}" '}'
bad metrics.sh "core/clock.c:2: clock_get has 61 lines, 60 is the limit"

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
