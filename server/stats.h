/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/histogram.h"
#include "server/caller.h"
#include "server/daemon.h"
#include "server/loop.h"
#include "vnc/figures.h"

/*
 * What the daemon has counted and timed, as JSON: the reply to the verb
 * "stats" of the control socket. docs/man/rackhand.1 describes it.
 *
 * Threads: loop thread only.
 * Errors:  NULL, with the reason in `why`, or "" if memory is short.
 */

#define SERVER_STATS_WHY_BYTES 1024

/* The parts of a picture's way to the viewers, and of a key's to the host. */
enum server_timing {
	SERVER_TIMING_CAPTURE_AGE,
	SERVER_TIMING_DAMAGE,
	SERVER_TIMING_QUEUE_WAIT,
	SERVER_TIMING_ENCODE,
	SERVER_TIMING_FRAME_TO_SENT,
	SERVER_TIMING_KEY_TO_HIDG,
	SERVER_TIMINGS
};

/* The figures of one target, from all of its parts; borrowed. */
struct server_stats {
	const char *name;
	uint64_t since_s;
	uint64_t viewers;
	uint64_t frames;
	uint64_t dropped;
	uint64_t copied;
	const struct vnc_figures *figures;
	const struct core_histogram *timings[SERVER_TIMINGS]; /* or NULL */
};

void server_stats_collect(
		struct server_stats *stats, const struct server_target *target);

json_t *server_stats_describe(const struct server_stats *stats);

json_t *server_stats_describe_loop(const struct server_loop *loop);

/*
 * {"target":"NAME"} in `request` asks for one target; without it for all on
 * which the caller has a role.
 */
json_t *server_stats_create(const struct server_daemon *daemon,
		const struct server_loop *loop,
		const struct server_caller *caller, const json_t *request,
		char why[SERVER_STATS_WHY_BYTES]);
