/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

#include "server/daemon.h"

/*
 * What the daemon tells about itself, as JSON: the reply to the verb
 * "status" of the control socket. docs/man/rackhand.1 describes it.
 *
 * Threads: loop thread only.
 * Errors:  NULL if memory is short.
 */
json_t *server_status_create(const struct server_daemon *daemon);
