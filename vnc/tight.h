/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/simd.h"
#include "video/frame.h"
#include "video/rect.h"
#include "vnc/encoder.h"

/*
 * Encodes rectangles as Tight for viewers with 8-8-8 pixels. Every rectangle
 * stands alone: its zlib stream is new and the decoder is told to reset that
 * stream, so the same bytes are right for any viewer at any time.
 *
 * What stands in the strip is told apart in cells of 16 pixels, and may become
 * several rectangles: a fill where there is one colour, a bitmap for two, a
 * palette for few; what is left is JPEG where the class allows it, else zlib
 * over R G B. Text stays lossless in every class, but for what lies between
 * photographs and would cost more than they do.
 *
 * Threads: any; one codec belongs to one thread at a time.
 * Errors:  -ENOMEM; -EINVAL for a rectangle larger than a strip.
 */
struct vnc_tight;

/* What encoding one rectangle gave. */
struct vnc_encoded {
	struct core_bytes *bytes;  /* rectangle headers included */
	uint32_t rects;            /* RFB rectangles in them */
	bool lossy;                /* any of them is JPEG: */
	struct video_rect blurred; /* all those lie in here */
};

/* The level of vectors must run here. */
int vnc_tight_create(struct vnc_tight **out, enum core_simd simd);

/* NULL is allowed. */
void vnc_tight_destroy(struct vnc_tight *tight);

/* On success the caller owns encoded->bytes. */
int vnc_tight_encode(struct vnc_tight *tight, const struct video_frame *frame,
		const struct video_rect *rect, const struct vnc_class *class_,
		struct vnc_encoded *encoded);
