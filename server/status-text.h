/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

/*
 * The daemon's status (server/status.h) as a table for people: one line for
 * each target, and below it why a picture is missing.
 *
 * Threads: any.
 * Errors:  NULL if memory is short. What is missing in the status is shown
 *          as "-", what could confuse a terminal as "?".
 */

/* The caller frees it. */
char *server_status_format(const json_t *status);
