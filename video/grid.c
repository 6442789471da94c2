/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/grid.h"

#include <string.h>

/* A row at once: every compiler here makes vectors of it. */
typedef uint64_t row_bits __attribute__((
		vector_size(VIDEO_GRID_WORDS * 8), aligned(8), may_alias));

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

void video_grid_copy(struct video_grid *grid, const struct video_grid *from,
		uint32_t rows)
{
	memcpy(grid->rows, from->rows, rows * sizeof(grid->rows[0]));
}

void video_grid_unite(struct video_grid *grid, const struct video_grid *more,
		uint32_t rows)
{
	row_bits *to = (row_bits *)grid->rows;
	const row_bits *from = (const row_bits *)more->rows;

	for (uint32_t row = 0; row < rows; row++)
		to[row] |= from[row];
}

void video_grid_subtract(struct video_grid *grid, const struct video_grid *less,
		uint32_t rows)
{
	row_bits *to = (row_bits *)grid->rows;
	const row_bits *from = (const row_bits *)less->rows;

	for (uint32_t row = 0; row < rows; row++)
		to[row] &= ~from[row];
}

bool video_grid_is_empty(const struct video_grid *grid, uint32_t rows)
{
	const row_bits *bits = (const row_bits *)grid->rows;
	row_bits all = {0};
	uint64_t any = 0;

	for (uint32_t row = 0; row < rows; row++)
		all |= bits[row];
	for (unsigned i = 0; i < VIDEO_GRID_WORDS; i++)
		any |= all[i];
	return any == 0;
}

uint32_t video_grid_count(const struct video_grid *grid, uint32_t rows)
{
	uint32_t marked = 0;

	for (uint32_t row = 0; row < rows; row++)
		for (unsigned i = 0; i < VIDEO_GRID_WORDS; i++)
			marked += (uint32_t)__builtin_popcountll(
					grid->rows[row][i]);
	return marked;
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
