/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/histogram.h"
#include "server/caller.h"
#include "server/daemon.h"
#include "server/loop.h"
#include "server/stats.h"

/*
 * The daemon's figures in the text format of Prometheus, version 0.0.4. Names
 * and units are by its conventions: base units, counters end with _total. What
 * is counted of a target begins at 0 when it is served anew.
 *
 * Threads: loop thread only. Errors: -ENOMEM.
 */
#define SERVER_METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Of each target; server/metrics.c has their names. */
enum server_metric {
	SERVER_METRIC_SERVED,
	SERVER_METRIC_SIGNAL,
	SERVER_METRIC_USB,
	SERVER_METRIC_UP,
	SERVER_METRIC_VIEWERS,
	SERVER_METRIC_FRAMES,
	SERVER_METRIC_FRAMES_DROPPED,
	SERVER_METRIC_FRAMES_COPIED,
	SERVER_METRIC_RESTARTS,
	SERVER_METRIC_ENCODES,
	SERVER_METRIC_ENCODES_SHARED,
	SERVER_METRIC_UPDATES,
	SERVER_METRIC_REFINEMENTS,
	SERVER_METRIC_RECTANGLES,
	SERVER_METRIC_COPIES,
	SERVER_METRIC_FORBIDDEN,
	SERVER_METRIC_HID_REPORTS,
	SERVER_METRIC_HID_COALESCED,
	SERVER_METRIC_HID_DROPPED,
	SERVER_METRIC_HID_RETRIES,
	SERVER_METRICS
};

struct server_metrics_target {
	const char *name;
	uint64_t values[SERVER_METRICS];
	uint64_t sent_bytes[VNC_KINDS];
	const struct core_histogram *timings[SERVER_TIMINGS]; /* or NULL */
};

/* All borrowed. */
struct server_metrics {
	uint64_t up_s;
	uint64_t sessions;
	uint64_t logins;
	uint64_t logins_failed;
	const struct core_histogram *hold; /* of the loop */
	const struct core_histogram *cpu;
	size_t targets_n;
	struct server_metrics_target targets[CONFIG_TARGETS_MAX];
};

int server_metrics_format(
		struct core_bytes **out, const struct server_metrics *metrics);

/* Of the targets on which the caller has a role. */
void server_metrics_collect(struct server_metrics *metrics,
		const struct server_daemon *daemon,
		const struct server_loop *loop,
		const struct server_caller *caller);
