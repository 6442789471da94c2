/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tests/vnc/tight-decode.h"
#include "video/frame.h"

/*
 * A viewer that knows the truth: it decodes what it is sent and compares each
 * rectangle with the frame that the server had. What is sent without loss must
 * be equal; the JPEG of an update must be within half a decibel of what
 * libjpeg-turbo makes of the same pixels at the same quality; and what was not
 * sent must not have changed. A difference ends the test.
 *
 * Threads: one. Errors: cmocka's.
 */
struct judge {
	struct tight_decoder decoder;
	const uint32_t *truth; /* of the update that is judged; borrowed */
	uint32_t *told;        /* the truth when each pixel was sent last */
	int jpeg_quality;
	int jpeg_subsampling; /* turbojpeg's */
	/* Of the JPEG in one update, squared and summed: */
	double jpeg_error;
	double jpeg_limit;
	/* Rectangles so far: */
	size_t exact_n;
	size_t jpeg_n;
	size_t copied_n;
};

void judge_init(struct judge *judge, int jpeg_quality, int jpeg_subsampling);
void judge_finish(struct judge *judge);

/* A frame as 0xRRGGBB, for free(). */
uint32_t *judge_learn_truth(const struct video_frame *frame);

/* `bytes` are whole FramebufferUpdates about the frame whose truth that is. */
void judge_updates(struct judge *judge, const uint32_t *truth,
		const uint8_t *bytes, size_t size);
