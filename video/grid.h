/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "video/frame.h"
#include "video/rect.h"

/*
 * The grid of cells in which changes of a picture are counted, and sets of
 * them as a bit each. Plain data; zeros are the empty set.
 *
 * Threads: any. Errors: none.
 */
#define VIDEO_CELL_PX 16

#define VIDEO_COLUMNS_MAX (VIDEO_WIDTH_MAX_PX / VIDEO_CELL_PX)
#define VIDEO_ROWS_MAX (VIDEO_HEIGHT_MAX_PX / VIDEO_CELL_PX)

#define VIDEO_GRID_WORDS (VIDEO_COLUMNS_MAX / 64)

/* Of each row the leftmost 64 first, and of those the leftmost lowest. */
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

/* So many cells take that many pixels, or begin to. */
static inline uint32_t video_cells_across(uint32_t px)
{
	return (px + VIDEO_CELL_PX - 1) / VIDEO_CELL_PX;
}

/*
 * The cells of a picture of that size of which `rect` has a pixel, or every
 * pixel that they have. Perhaps none: then all is 0.
 */
struct video_cells video_cells_touched(const struct video_rect *rect,
		uint32_t width_px, uint32_t height_px);
struct video_cells video_cells_inside(const struct video_rect *rect,
		uint32_t width_px, uint32_t height_px);

/* The bits that some columns have in the word-th word of a row. */
uint64_t video_cells_word(const struct video_cells *cells, uint32_t word);

/* Of the first `rows` of two sets; the other rows are not looked at. */
void video_grid_copy(struct video_grid *grid, const struct video_grid *from,
		uint32_t rows);
void video_grid_unite(struct video_grid *grid, const struct video_grid *more,
		uint32_t rows);
void video_grid_subtract(struct video_grid *grid, const struct video_grid *less,
		uint32_t rows);
bool video_grid_is_empty(const struct video_grid *grid, uint32_t rows);
uint32_t video_grid_count(const struct video_grid *grid, uint32_t rows);

void video_grid_add(struct video_grid *grid, const struct video_cells *cells);
void video_grid_remove(
		struct video_grid *grid, const struct video_cells *cells);
