/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

/*
 * What the daemon says of its sessions (server/session-list.h), for people.
 *
 * Threads: any.
 * Errors:  NULL if memory is short. What is missing is shown as "-", what could
 *          confuse a terminal as "?".
 */

/* The caller frees them. */
char *server_sessions_format(const json_t *result);
char *server_disconnect_format(const json_t *result);
