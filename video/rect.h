/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

/* A rectangle of pixels; x and y from the top left corner. Plain data. */
struct video_rect {
	uint32_t x_px;
	uint32_t y_px;
	uint32_t width_px;
	uint32_t height_px;
};

/*
 * What `to` shows was shown, a picture earlier, by the rectangle of the same
 * columns and size that begins at from_y_px. Plain data.
 */
struct video_move {
	struct video_rect to;
	uint32_t from_y_px;
};
