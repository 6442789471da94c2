/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "video/frame.h"

/*
 * A smaller picture, for thumbnails: each pixel is the mean of those that it
 * stands for.
 *
 * Threads: any.
 * Errors:  -ENOMEM; -EINVAL for a size that is 0 or larger than the frame's.
 */

/* The height that keeps the frame's shape; 1 at least. */
uint32_t video_scale_height(
		const struct video_layout *layout, uint32_t width_px);

/*
 * The frame, of any layout, as full-range B G R 0 pixels of that size, rows
 * `stride_bytes` apart. Of the frame's own size it is video_convert_bgrx.
 */
int video_scale_bgrx(const struct video_frame *frame, uint32_t width_px,
		uint32_t height_px, uint8_t *bgrx, size_t stride_bytes);
