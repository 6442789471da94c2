/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "video/frame.h"
#include "video/rect.h"

/*
 * From any layout to full-range R'G'B'. The matrix and range of the layout are
 * honoured; each channel is within 1 of the exact real-number result, and
 * chroma is taken from the sample that covers the pixel (no interpolation).
 *
 * Threads: any.
 * Errors:  none; the rectangle must lie inside the frame.
 */

/* Write `rect` of the frame as B G R 0 bytes, rows `stride_bytes` apart. */
void video_convert_bgrx(const struct video_frame *frame,
		const struct video_rect *rect, uint8_t *bgrx,
		size_t stride_bytes);

/*
 * Single colours of a Y'CbCr layout, Y' | Cb << 8 | Cr << 16 each, as R G B
 * bytes: what video_convert_bgrx makes of pixels of that colour.
 */
void video_convert_keys(const struct video_layout *layout, const uint32_t *keys,
		size_t keys_n, uint8_t *rgb);
