/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "core/bytes.h"
#include "video/frame.h"

/*
 * One picture as a file, for people and programs that want just that.
 *
 * Threads: any that holds a reference to the frame.
 * Errors:  -ENOMEM.
 */
enum video_still {
	VIDEO_STILL_PNG,  /* exact */
	VIDEO_STILL_JPEG, /* quality 85, chroma halved */
	VIDEO_STILLS
};

/* "image/png", "image/jpeg". */
const char *video_still_type(enum video_still still);

/* A width of 0, or beyond the frame's, stands for the frame's own. */
int video_still_encode(struct core_bytes **out, const struct video_frame *frame,
		enum video_still still, uint32_t width_px);
