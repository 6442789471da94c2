/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "core/histogram.h"
#include "vnc/encoder.h"

/*
 * What is counted and timed of one target's pictures on their way from the
 * screen to its viewers, since the target is served. Workers write times into
 * their jobs, the loop adds them here: no lock, no atomic.
 *
 * Threads: loop thread only. Errors: none. Zero-initialised is empty.
 */
struct vnc_figures {
	struct core_histogram queue_wait; /* wanted -> a worker begins */
	struct core_histogram encode;     /* one job on its worker */
	/* See vnc/latency.h. */
	struct core_histogram frame_to_sent;
	uint64_t encodes;     /* jobs that were done */
	uint64_t shared;      /* wanted again: had, or under way */
	uint64_t updates;     /* FramebufferUpdates, to all viewers together */
	uint64_t refinements; /* of these, what had been lossy, sent exactly */
	uint64_t rectangles;  /* of pictures, in these */
	uint64_t copy_rects;  /* what was moved instead of sent */
	uint64_t bytes[VNC_KINDS]; /* of pictures, headers of rectangles too */
	uint64_t forbidden; /* messages of viewers that may not send them */
};

/* An update is handed to a viewer's stream. */
void vnc_figures_add_update(
		struct vnc_figures *figures, const struct vnc_update *update);

/* "lossless", "q50", "q80", "q92", "raw", "fallback". */
const char *vnc_kind_name(enum vnc_kind kind);
