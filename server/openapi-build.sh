#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# openapi-build.sh FILE: C that holds the file's bytes, for server/openapi.h.

set -eu

echo '/* Made by server/openapi-build.sh. */'
echo '#include "server/openapi.h"'
echo 'const uint8_t server_openapi[] = {'
od -An -v -tu1 -w20 "$1" | sed 's/  *\([0-9]\)/\1/; s/  */,/g; s/$/,/'
echo '};'
echo 'const size_t server_openapi_bytes = sizeof(server_openapi);'
