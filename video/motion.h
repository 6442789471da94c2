/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "video/frame.h"

/*
 * Guesses by how many rows a part of the picture moved up or down. A few
 * narrow samples are taken of each row; those of the new picture vote for the
 * distances at which the old one has the like. A sample that is like its
 * neighbours, like many others, or was there before, says nothing. A guess may
 * be wrong.
 *
 * Threads: one object is for one thread at a time.
 * Errors:  -ENOMEM at creation.
 */
struct video_motion;

int video_motion_create(struct video_motion **out);

/* NULL is allowed. */
void video_motion_destroy(struct video_motion *motion);

#define VIDEO_MOTION_SAMPLES 3
#define VIDEO_MOTION_SAMPLE_BYTES 64

/* Where to look in two comparable frames. */
struct video_motion_area {
	uint32_t y_px;
	uint32_t height_px;
	/* In the first plane's rows, which have that many bytes from there. */
	size_t samples[VIDEO_MOTION_SAMPLES];
};

/*
 * Write the likeliest distances, likeliest first, at most `guesses_n`, and
 * return how many. A row at y was at y plus the distance, inside the area too.
 */
size_t video_motion_guess(struct video_motion *motion,
		const struct video_frame *before,
		const struct video_frame *after,
		const struct video_motion_area *area, int32_t *guesses,
		size_t guesses_n);
