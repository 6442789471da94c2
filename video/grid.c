/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/grid.h"

/* Where a span ends, cut to the picture. */
static uint32_t end_of(uint32_t start_px, uint32_t length_px, uint32_t end_px)
{
	uint64_t end = (uint64_t)start_px + length_px;

	return end < end_px ? (uint32_t)end : end_px;
}

static bool is_outside(const struct video_rect *rect, uint32_t width_px,
		uint32_t height_px)
{
	return rect->width_px == 0 || rect->height_px == 0 ||
			rect->x_px >= width_px || rect->y_px >= height_px;
}

struct video_cells video_cells_touched(const struct video_rect *rect,
		uint32_t width_px, uint32_t height_px)
{
	if (is_outside(rect, width_px, height_px))
		return (struct video_cells){0};
	return (struct video_cells){
			rect->x_px / VIDEO_CELL_PX,
			rect->y_px / VIDEO_CELL_PX,
			video_cells_across(end_of(
					rect->x_px, rect->width_px, width_px)),
			video_cells_across(end_of(rect->y_px, rect->height_px,
					height_px)),
	};
}

/* Cells before an end; the last one of a picture may be cut short. */
static uint32_t cells_before(uint32_t end_px, uint32_t picture_px)
{
	return end_px == picture_px ? video_cells_across(end_px)
				    : end_px / VIDEO_CELL_PX;
}

struct video_cells video_cells_inside(const struct video_rect *rect,
		uint32_t width_px, uint32_t height_px)
{
	struct video_cells cells;

	if (is_outside(rect, width_px, height_px))
		return (struct video_cells){0};
	cells.left = video_cells_across(rect->x_px);
	cells.top = video_cells_across(rect->y_px);
	cells.right = cells_before(
			end_of(rect->x_px, rect->width_px, width_px), width_px);
	cells.bottom = cells_before(
			end_of(rect->y_px, rect->height_px, height_px),
			height_px);
	if (cells.right <= cells.left || cells.bottom <= cells.top)
		return (struct video_cells){0};
	return cells;
}

uint64_t video_cells_word(const struct video_cells *cells, uint32_t word)
{
	const uint32_t first = word * 64;
	uint64_t bits = UINT64_MAX;

	if (cells->right <= first || cells->left >= first + 64)
		return 0;
	if (cells->left > first)
		bits <<= cells->left - first;
	if (cells->right < first + 64)
		bits &= UINT64_MAX >> (first + 64 - cells->right);
	return bits;
}

void video_grid_add(struct video_grid *grid, const struct video_cells *cells)
{
	for (uint32_t i = cells->left / 64; i * 64 < cells->right; i++) {
		const uint64_t bits = video_cells_word(cells, i);

		for (uint32_t row = cells->top; row < cells->bottom; row++)
			grid->rows[row][i] |= bits;
	}
}

void video_grid_remove(struct video_grid *grid, const struct video_cells *cells)
{
	for (uint32_t i = cells->left / 64; i * 64 < cells->right; i++) {
		const uint64_t bits = video_cells_word(cells, i);

		for (uint32_t row = cells->top; row < cells->bottom; row++)
			grid->rows[row][i] &= ~bits;
	}
}
