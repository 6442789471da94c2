/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/*
 * What happened between two answers to "stats" (server/stats.h), a second of
 * it, for people: a line for each target. "-" where it cannot be said, as for a
 * target that is served anew meanwhile.
 *
 * Threads: any. Errors: none.
 */
void server_stats_rates_print_heading(FILE *out);
void server_stats_rates_print(FILE *out, const json_t *before,
		const json_t *after, uint64_t between_us);
