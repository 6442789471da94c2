/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "core/histogram.h"
#include "net/stream.h"
#include "video/screen.h"

/*
 * How long one viewer's pictures take, from the moment when a frame was
 * captured to the moment when the last byte of the update that shows it was
 * handed to the kernel. A frame counts once, and only if it changed the
 * picture: what is sent again (a request for all, a sharper version) says
 * nothing about speed.
 *
 * Threads: loop thread only. Errors: none.
 */
struct vnc_latency {
	struct core_histogram *histogram; /* borrowed, of all viewers */
	uint64_t encoding_us; /* when the frame being encoded was captured */
	uint64_t queued_us;   /* the same of the one in the queue; 0: none */
	uint64_t counted_us;  /* of the newest frame that needs no counting */
};

/* What the screen shows now is not counted: it may be old. */
void vnc_latency_init(struct vnc_latency *latency,
		struct core_histogram *histogram,
		const struct video_screen *screen);

/* An update of what the screen shows now is begun. */
void vnc_latency_begin(
		struct vnc_latency *latency, const struct video_screen *screen);

/* Its last byte was written to the stream. */
void vnc_latency_queued(
		struct vnc_latency *latency, const struct net_stream *stream);

/* The queue may have become empty. */
void vnc_latency_sent(
		struct vnc_latency *latency, const struct net_stream *stream);
