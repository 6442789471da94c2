/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/cells.h"

static uint32_t rows_of(const struct vnc_cells *cells)
{
	return video_cells_across(cells->height_px);
}

void vnc_cells_init(
		struct vnc_cells *cells, uint32_t width_px, uint32_t height_px)
{
	*cells = (struct vnc_cells){
			.width_px = width_px,
			.height_px = height_px,
	};
}

void vnc_cells_clear(struct vnc_cells *cells)
{
	cells->any = false;
}

static void start(struct vnc_cells *cells)
{
	static const struct video_grid none;

	if (!cells->any)
		video_grid_copy(&cells->grid, &none, rows_of(cells));
	cells->any = true;
}

void vnc_cells_add_touched(
		struct vnc_cells *cells, const struct video_rect *rect)
{
	const struct video_cells touched = video_cells_touched(
			rect, cells->width_px, cells->height_px);

	start(cells);
	video_grid_add(&cells->grid, &touched);
}

void vnc_cells_remove_inside(
		struct vnc_cells *cells, const struct video_rect *rect)
{
	const struct video_cells inside = video_cells_inside(
			rect, cells->width_px, cells->height_px);

	if (cells->any)
		video_grid_remove(&cells->grid, &inside);
}

void vnc_cells_add(struct vnc_cells *cells, const struct video_grid *more)
{
	if (cells->any)
		video_grid_unite(&cells->grid, more, rows_of(cells));
	else
		video_grid_copy(&cells->grid, more, rows_of(cells));
	cells->any = true;
}

void vnc_cells_remove(struct vnc_cells *cells, const struct video_grid *less)
{
	if (cells->any)
		video_grid_subtract(&cells->grid, less, rows_of(cells));
}

void vnc_cells_copy(struct vnc_cells *cells, const struct vnc_cells *from)
{
	cells->any = false;
	vnc_cells_unite(cells, from);
}

void vnc_cells_unite(struct vnc_cells *cells, const struct vnc_cells *more)
{
	if (more->any)
		vnc_cells_add(cells, &more->grid);
}

void vnc_cells_settle(struct vnc_cells *cells)
{
	if (cells->any)
		cells->any = !video_grid_is_empty(&cells->grid, rows_of(cells));
}

uint32_t vnc_cells_count(const struct vnc_cells *cells)
{
	return cells->any ? video_grid_count(&cells->grid, rows_of(cells)) : 0;
}

/* The rows of cells that those of one row of a move's destination were in. */
static void source_rows(const struct vnc_cells *cells,
		const struct video_move *move, uint32_t row, uint32_t *first,
		uint32_t *last)
{
	const uint32_t y_px = row * VIDEO_CELL_PX;
	const uint32_t from_px = move->from_y_px + (y_px - move->to.y_px);
	uint32_t end_px = y_px + VIDEO_CELL_PX;

	if (end_px > cells->height_px)
		end_px = cells->height_px;
	*first = from_px / VIDEO_CELL_PX;
	*last = (from_px + (end_px - y_px) - 1) / VIDEO_CELL_PX;
}

static void move_row(struct vnc_cells *cells, const struct video_move *move,
		const struct video_cells *to, uint32_t row)
{
	struct video_grid *grid = &cells->grid;
	uint32_t first, last;

	source_rows(cells, move, row, &first, &last);
	for (uint32_t i = to->left / 64; i * 64 < to->right; i++) {
		const uint64_t bits = video_cells_word(to, i);
		const uint64_t source = grid->rows[first][i] |
				grid->rows[last][i];

		grid->rows[row][i] &= ~bits;
		grid->rows[row][i] |= source & bits;
	}
}

/*
 * No row is read that was written: the side where the rows come from is last.
 */
void vnc_cells_move(struct vnc_cells *cells, const struct video_move *move)
{
	const struct video_cells to = video_cells_touched(
			&move->to, cells->width_px, cells->height_px);

	if (!cells->any)
		return;
	if (move->from_y_px > move->to.y_px)
		for (uint32_t row = to.top; row < to.bottom; row++)
			move_row(cells, move, &to, row);
	else
		for (uint32_t row = to.bottom; row > to.top; row--)
			move_row(cells, move, &to, row - 1);
}
