/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "video/frame.h"
#include "video/rect.h"
#include "vnc/tight.h"

/*
 * Raw rectangles, for any format that vnc_pixel_format_is_888.
 *
 * Threads: any.
 * Errors:  -ENOMEM.
 */

/* On success the caller owns encoded->bytes. */
int vnc_raw_encode(const struct video_frame *frame,
		const struct video_rect *rect,
		const struct vnc_pixel_format *format,
		struct vnc_encoded *encoded);
