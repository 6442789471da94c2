/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/merge.h"

#include <assert.h>
#include <string.h>

#include "core/min-max.h"

/*
 * Costs in bytes, processor time counted in. A JPEG has 600 bytes of tables
 * and is long to set up; a plain cell in it costs next to nothing, one with
 * text is dearer there than elsewhere, and loses.
 */
#define COST_JPEG 2000
#define COST_PLAIN 50
#define COST_TEXT 250

/* A gap in a row of JPEG that is always filled. */
#define COST_GAP 400

/* What another row may cost that joins a JPEG. */
#define COST_ROW 250

/* Less than so many cells are not worth a JPEG. */
#define JPEG_CELLS_MIN 6

/* Smaller rectangles of two colours are joined with their neighbours. */
#define TWO_CELLS_MIN 16

/* So many rectangles are tried with each other. */
#define PAIRS_MAX 48

static struct vnc_cell *cell_at(
		struct vnc_cells *cells, uint32_t column, uint32_t row)
{
	return &cells->cells[row * cells->columns + column];
}

static bool *taken_at(struct vnc_merger *merger, const struct vnc_cells *cells,
		uint32_t column, uint32_t row)
{
	return &merger->taken[row * cells->columns + column];
}

static void take(struct vnc_merger *merger, const struct vnc_cells *cells,
		const struct vnc_piece *piece)
{
	for (uint32_t row = 0; row < piece->rows; row++)
		memset(taken_at(merger, cells, piece->column, piece->row + row),
				true, piece->columns);
}

/* ---- JPEG ---- */

static uint32_t cost_of(const struct vnc_cell *cell)
{
	if (cell->kind == VNC_CELL_MANY)
		return 0;
	return cell->kind == VNC_CELL_TWO && cell->keys[0] == cell->keys[1]
			? COST_PLAIN
			: COST_TEXT;
}

/* costs[(r, c)]: of all cells above r and left of c; rows of columns + 1. */
static void sum_costs(struct vnc_merger *merger, struct vnc_cells *cells)
{
	const size_t stride = cells->columns + 1;
	uint32_t *sums = merger->costs;

	assert(stride * (cells->rows + 1) <=
			sizeof(merger->costs) / sizeof(merger->costs[0]));
	memset(sums, 0, stride * sizeof(*sums));
	for (uint32_t row = 0; row < cells->rows; row++) {
		const uint32_t *above = sums;
		uint32_t line = 0;

		sums += stride;
		sums[0] = 0;
		for (uint32_t column = 0; column < cells->columns; column++) {
			line += cost_of(cell_at(cells, column, row));
			sums[column + 1] = above[column + 1] + line;
		}
	}
}

/* What it costs to have all of the piece in one JPEG. */
static uint32_t waste(const struct vnc_merger *merger,
		const struct vnc_cells *cells, const struct vnc_piece *piece)
{
	const size_t stride = cells->columns + 1;
	const uint32_t *upper = merger->costs + piece->row * stride;
	const uint32_t *lower = upper + piece->rows * stride;
	const size_t left = piece->column;
	const size_t right = left + piece->columns;

	return lower[right] - lower[left] - upper[right] + upper[left];
}

static struct vnc_piece bounds(
		const struct vnc_piece *a, const struct vnc_piece *b)
{
	struct vnc_piece both = *a;

	both.column = core_min_u32(a->column, b->column);
	both.row = core_min_u32(a->row, b->row);
	both.columns = core_max_u32(a->column + a->columns,
				       b->column + b->columns) -
			both.column;
	both.rows = core_max_u32(a->row + a->rows, b->row + b->rows) - both.row;
	return both;
}

static bool holds(const struct vnc_piece *outer, const struct vnc_piece *inner)
{
	return inner->column >= outer->column && inner->row >= outer->row &&
			inner->column + inner->columns <=
			outer->column + outer->columns &&
			inner->row + inner->rows <= outer->row + outer->rows;
}

static bool overlap(const struct vnc_piece *a, const struct vnc_piece *b)
{
	return a->column < b->column + b->columns &&
			b->column < a->column + a->columns &&
			a->row < b->row + b->rows && b->row < a->row + a->rows;
}

/* Is the run below the piece, or in its last row? */
static bool touches(const struct vnc_piece *piece, const struct vnc_piece *run)
{
	const uint32_t end = piece->row + piece->rows;

	return (end == run->row || end == run->row + 1) &&
			piece->column < run->column + run->columns &&
			run->column < piece->column + piece->columns;
}

/* A run of cells of one row joins a JPEG above it, or begins one. */
static void stack_run(struct vnc_merger *merger, const struct vnc_cells *cells,
		const struct vnc_piece *run)
{
	for (size_t i = 0; i < merger->pieces_n; i++) {
		struct vnc_piece *piece = &merger->pieces[i];
		const struct vnc_piece both = bounds(piece, run);

		if (touches(piece, run) &&
				waste(merger, cells, &both) <=
						waste(merger, cells, piece) +
								COST_ROW) {
			*piece = both;
			return;
		}
	}
	merger->pieces[merger->pieces_n++] = *run;
}

/* The next run of MANY in the row, over small gaps; false: there is none. */
static bool next_run(const struct vnc_merger *merger, struct vnc_cells *cells,
		struct vnc_piece *run)
{
	uint32_t column = run->column + run->columns;
	struct vnc_piece longer;

	while (column < cells->columns &&
			cell_at(cells, column, run->row)->kind != VNC_CELL_MANY)
		column++;
	if (column == cells->columns)
		return false;
	run->column = column;
	run->columns = 1;
	longer = *run;
	while (longer.column + longer.columns < cells->columns) {
		longer.columns++;
		if (waste(merger, cells, &longer) - waste(merger, cells, run) >
				COST_GAP)
			break;
		if (cell_at(cells, longer.column + longer.columns - 1, run->row)
						->kind == VNC_CELL_MANY)
			run->columns = longer.columns;
	}
	return true;
}

static bool try_pair(struct vnc_merger *merger, const struct vnc_cells *cells,
		size_t i, size_t j)
{
	struct vnc_piece *pieces = merger->pieces;
	const struct vnc_piece both = bounds(&pieces[i], &pieces[j]);
	size_t kept = 0;

	if (waste(merger, cells, &both) > waste(merger, cells, &pieces[i]) +
					waste(merger, cells, &pieces[j]) +
					COST_JPEG)
		return false;
	for (size_t k = 0; k < merger->pieces_n; k++)
		if (overlap(&both, &pieces[k]) && !holds(&both, &pieces[k]))
			return false;
	pieces[i] = both;
	for (size_t k = 0; k < merger->pieces_n; k++)
		if (k == i || !holds(&both, &pieces[k]))
			pieces[kept++] = pieces[k];
	merger->pieces_n = kept;
	return true;
}

static bool join_pair(struct vnc_merger *merger, const struct vnc_cells *cells)
{
	for (size_t i = 0; i < merger->pieces_n; i++)
		for (size_t j = i + 1; j < merger->pieces_n; j++)
			if (try_pair(merger, cells, i, j))
				return true;
	return false;
}

/* What is too small for a JPEG goes; its cells stay to be taken. */
static void take_jpegs(struct vnc_merger *merger, struct vnc_cells *cells)
{
	size_t kept = 0;

	for (size_t i = 0; i < merger->pieces_n; i++) {
		const struct vnc_piece piece = merger->pieces[i];

		if (piece.columns * piece.rows < JPEG_CELLS_MIN)
			continue;
		take(merger, cells, &piece);
		merger->pieces[kept++] = piece;
	}
	merger->pieces_n = kept;
}

static void merge_jpegs(struct vnc_merger *merger, struct vnc_cells *cells)
{
	sum_costs(merger, cells);
	for (uint32_t row = 0; row < cells->rows; row++) {
		struct vnc_piece run = {.row = row,
				.rows = 1,
				.kind = VNC_CELL_MANY,
				.jpeg = true};

		while (next_run(merger, cells, &run))
			stack_run(merger, cells, &run);
	}
	while (merger->pieces_n <= PAIRS_MAX && join_pair(merger, cells))
		;
	take_jpegs(merger, cells);
}

/* ---- lossless ---- */

static bool has_key(const struct vnc_piece *piece, uint32_t key)
{
	return piece->keys[0] == key || piece->keys[1] == key;
}

/* Two colours are enough for piece and cell: add the cell's. */
static bool join_colours(struct vnc_piece *piece, const struct vnc_cell *cell)
{
	for (unsigned i = 0; i < 2; i++) {
		if (has_key(piece, cell->keys[i]))
			continue;
		if (piece->keys[0] != piece->keys[1])
			return false;
		piece->keys[1] = cell->keys[i];
	}
	return true;
}

static bool join_cell(struct vnc_merger *merger, struct vnc_cells *cells,
		struct vnc_piece *piece, uint32_t column, uint32_t row)
{
	const struct vnc_cell *cell = cell_at(cells, column, row);

	return !*taken_at(merger, cells, column, row) &&
			cell->kind == piece->kind &&
			(cell->kind != VNC_CELL_TWO ||
					join_colours(piece, cell));
}

static bool join_row(struct vnc_merger *merger, struct vnc_cells *cells,
		struct vnc_piece *piece)
{
	struct vnc_piece longer = *piece;

	for (uint32_t i = 0; i < piece->columns; i++)
		if (!join_cell(merger, cells, &longer, piece->column + i,
				    piece->row + piece->rows))
			return false;
	*piece = longer;
	piece->rows++;
	return true;
}

/* As wide as it can be, then as high. */
static struct vnc_piece grow(struct vnc_merger *merger, struct vnc_cells *cells,
		uint32_t column, uint32_t row)
{
	const uint32_t cells_max =
			VNC_PIECE_AREA_MAX_PX / (VNC_CELL_PX * VNC_CELL_PX);
	const struct vnc_cell *first = cell_at(cells, column, row);
	struct vnc_piece piece = {.column = column,
			.row = row,
			.columns = 1,
			.rows = 1,
			.kind = first->kind,
			.keys = {first->keys[0], first->keys[1]}};

	while (column + piece.columns < cells->columns &&
			join_cell(merger, cells, &piece, column + piece.columns,
					row))
		piece.columns++;
	while (row + piece.rows < cells->rows &&
			piece.columns * (piece.rows + 1) <= cells_max &&
			join_row(merger, cells, &piece))
		;
	return piece;
}

/* Rectangles of what is not taken; small ones of two colours are put off. */
static void merge_lossless(struct vnc_merger *merger, struct vnc_cells *cells,
		bool put_off)
{
	for (uint32_t row = 0; row < cells->rows; row++) {
		for (uint32_t column = 0; column < cells->columns; column++) {
			struct vnc_piece piece;

			if (*taken_at(merger, cells, column, row))
				continue;
			piece = grow(merger, cells, column, row);
			if (put_off &&
					(piece.kind != VNC_CELL_TWO ||
							piece.columns * piece.rows <
									TWO_CELLS_MIN)) {
				if (piece.kind == VNC_CELL_TWO)
					cell_at(cells, column, row)->kind =
							VNC_CELL_FEW;
				continue;
			}
			take(merger, cells, &piece);
			merger->pieces[merger->pieces_n++] = piece;
			column += piece.columns - 1;
		}
	}
}

void vnc_merge(struct vnc_merger *merger, struct vnc_cells *cells,
		bool jpeg_allowed)
{
	merger->pieces_n = 0;
	memset(merger->taken, false, cells->columns * cells->rows);
	if (jpeg_allowed)
		merge_jpegs(merger, cells);
	merge_lossless(merger, cells, true);
	merge_lossless(merger, cells, false);
}
