/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * docs/openapi.json, as it is; made by server/openapi-build.sh.
 *
 * Threads: any. Errors: none.
 */
extern const uint8_t server_openapi[];
extern const size_t server_openapi_bytes;
