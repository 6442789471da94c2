/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "video/grid.h"

/*
 * Covers the marked cells of a grid with few good rectangles. A rectangle has
 * a price of its own beside that of its cells, for what every encoding of a
 * rectangle carries: tables, the start of a zlib stream. So a gap is covered
 * too where that is cheaper than another rectangle.
 *
 * Threads: any.
 * Errors:  none.
 */

/*
 * Cover what is marked inside `area` with at most `rects_n` rectangles, which
 * is not 0, each inside `area`. Returns how many. They are disjoint and sorted
 * by top, then left; equal marks give equal rectangles.
 */
size_t video_cover(const struct video_grid *grid,
		const struct video_cells *area, struct video_cells *rects,
		size_t rects_n);
