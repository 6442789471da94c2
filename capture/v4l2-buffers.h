/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "capture/v4l2-device.h"
#include "capture/v4l2-format.h"
#include "video/frame.h"

/*
 * The driver's buffers, mapped, each handed on as a frame without a copy. A
 * frame that is let go goes back to the driver; one that is still held when
 * the buffers are abandoned keeps its pixels, in memory of its own, so that
 * nothing of the device stays open or mapped for it.
 *
 * Threads: loop thread only; pixels as in video/frame.h.
 * Errors:  -errno of the driver, with the step that failed.
 */
struct capture_buffers;

/* What one take did. */
struct capture_take {
	struct video_frame *newest; /* a reference, or NULL */
	uint64_t stamped_us; /* by the driver; 0: by another clock than ours */
	unsigned arrived;    /* buffers that the driver gave, good or not */
	unsigned bad;        /* flagged as damaged, too short or empty */
	unsigned stale;      /* good, but not the newest */
};

/* No stream may be on. The device must stay open until they are abandoned. */
int capture_buffers_create(struct capture_buffers **out,
		const struct capture_device *device,
		const struct capture_format *format, const char **step);

/* Give all free buffers to the driver and start the stream. */
int capture_buffers_start(struct capture_buffers *buffers, const char **step);

/* Stop the stream and keep the buffers for another start. */
void capture_buffers_stop(struct capture_buffers *buffers);

/* Take all that is ready, keep the newest. */
int capture_buffers_take(
		struct capture_buffers *buffers, struct capture_take *take);

/* Buffers that the driver has and could fill. */
unsigned capture_buffers_queued(const struct capture_buffers *buffers);

/* Held by others in such numbers that the driver will soon lack one. */
bool capture_buffers_are_short(const struct capture_buffers *buffers);

/* How many bytes the driver wrote into a frame's first plane. */
size_t capture_buffers_frame_bytes(const struct video_frame *frame);

/* Stop, unmap, and let the driver forget them. NULL is allowed. */
void capture_buffers_abandon(struct capture_buffers *buffers);
