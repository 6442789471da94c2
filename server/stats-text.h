/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

/*
 * The daemon's figures (server/stats.h) as text for people: for each target a
 * table of what was timed, and below it what was counted.
 *
 * Threads: any.
 * Errors:  NULL if memory is short. What is missing is shown as "-", what
 *          could confuse a terminal as "?".
 */

/* The caller frees it. */
char *server_stats_format(const json_t *stats);
