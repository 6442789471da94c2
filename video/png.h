/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"

/*
 * PNG through libpng: exact, and made for consoles. Up to 256 colours become a
 * palette, which is quicker and smaller by far.
 *
 * Threads: any.
 * Errors:  -ENOMEM; -EINVAL for a size out of range.
 */

/* Full-range B G R x pixels, as video_convert_bgrx makes them: x is 0. */
int video_png_encode(struct core_bytes **out, const uint8_t *bgrx,
		size_t stride_bytes, uint32_t width_px, uint32_t height_px);
