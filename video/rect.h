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
