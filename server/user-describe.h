/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

#include "server/users-table.h"

/*
 * What may be told of a user, to programs: no hash, no secret.
 *
 * Threads: any. Errors: NULL where memory is short.
 */

/* {"name":"alice","roles":"admin","totp":false}; new. */
json_t *server_user_describe(const struct server_user *user);
