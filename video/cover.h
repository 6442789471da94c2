/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "video/frame.h"

/*
 * Covers the marked cells of a grid with few good rectangles. A rectangle has
 * a price of its own beside that of its cells, for what every encoding of a
 * rectangle carries: tables, the start of a zlib stream. So a gap is covered
 * too where that is cheaper than another rectangle.
 *
 * Threads: any.
 * Errors:  none.
 */

#define VIDEO_CELL_PX 16

#define VIDEO_COLUMNS_MAX (VIDEO_WIDTH_MAX_PX / VIDEO_CELL_PX)
#define VIDEO_ROWS_MAX (VIDEO_HEIGHT_MAX_PX / VIDEO_CELL_PX)

#define VIDEO_GRID_WORDS (VIDEO_COLUMNS_MAX / 64)

/* A bit per cell, of each row the leftmost first. All zeros: none marked. */
struct video_grid {
	uint64_t rows[VIDEO_ROWS_MAX][VIDEO_GRID_WORDS];
};

/* A rectangle of cells; right and bottom lie just outside. */
struct video_cells {
	uint32_t left;
	uint32_t top;
	uint32_t right;
	uint32_t bottom;
};

/*
 * Cover what is marked inside `area` with at most `rects_n` rectangles, which
 * is not 0, each inside `area`. Returns how many. They are disjoint and sorted
 * by top, then left; equal marks give equal rectangles.
 */
size_t video_cover(const struct video_grid *grid,
		const struct video_cells *area, struct video_cells *rects,
		size_t rects_n);
