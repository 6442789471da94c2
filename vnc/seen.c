/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/seen.h"

#include <errno.h>
#include <stdlib.h>

/* Of the newest picture, once the moves that wait have been made. */
struct state {
	struct video_grid missing;
	struct video_grid inexact; /* whatever is missing, and more */
};

struct vnc_seen {
	struct video_screen *screen;
	uint32_t geometry;   /* that is followed, */
	uint32_t generation; /* up to here */
	uint32_t width_px;
	uint32_t height_px;
	uint32_t rows;
	uint32_t words; /* of each row that have cells */
	bool allow_moves;
	bool begun;
	struct state now;  /* if what has begun is dropped */
	struct state next; /* if it is done */
	struct vnc_moves waiting;
	struct vnc_moves going;   /* part of what has begun */
	struct video_grid unsure; /* begun: perhaps it will be inexact */
	/* With loss since the last tick, and since the one before. */
	struct video_grid fresh[VNC_SEEN_STILL_TICKS];
	struct video_grid settled; /* to be made exact */
};

int vnc_seen_create(struct vnc_seen **out, struct video_screen *screen)
{
	struct vnc_seen *seen = calloc(1, sizeof(*seen));

	*out = seen;
	if (!seen)
		return -ENOMEM;
	seen->screen = screen;
	vnc_seen_reset(seen);
	return 0;
}

void vnc_seen_destroy(struct vnc_seen *seen)
{
	if (!seen)
		return;
	vnc_seen_allow_moves(seen, false);
	free(seen);
}

static void add_rect(const struct vnc_seen *seen, struct video_grid *grid,
		const struct video_rect *rect)
{
	const struct video_cells cells = video_cells_touched(
			rect, seen->width_px, seen->height_px);

	video_grid_add(grid, &cells);
}

static void remove_rect(const struct vnc_seen *seen, struct video_grid *grid,
		const struct video_rect *rect)
{
	const struct video_cells cells = video_cells_inside(
			rect, seen->width_px, seen->height_px);

	video_grid_remove(grid, &cells);
}

void vnc_seen_reset(struct vnc_seen *seen)
{
	struct video_screen *screen = seen->screen;
	struct video_rect all = {0};

	video_screen_get_size(screen, &all.width_px, &all.height_px);
	*seen = (struct vnc_seen){
			.screen = screen,
			.geometry = video_screen_get_geometry(screen),
			.generation = video_screen_get_generation(screen),
			.width_px = all.width_px,
			.height_px = all.height_px,
			.rows = video_cells_across(all.height_px),
			.words = (video_cells_across(all.width_px) + 63) / 64,
			.allow_moves = seen->allow_moves,
	};
	add_rect(seen, &seen->now.missing, &all);
	add_rect(seen, &seen->now.inexact, &all);
}

static void add(const struct vnc_seen *seen, struct video_grid *grid,
		const struct video_grid *more)
{
	for (uint32_t row = 0; row < seen->rows; row++)
		for (uint32_t i = 0; i < seen->words; i++)
			grid->rows[row][i] |= more->rows[row][i];
}

static void remove(const struct vnc_seen *seen, struct video_grid *grid,
		const struct video_grid *less)
{
	for (uint32_t row = 0; row < seen->rows; row++)
		for (uint32_t i = 0; i < seen->words; i++)
			grid->rows[row][i] &= ~less->rows[row][i];
}

/* ---- what moves ---- */

/* The rows of cells that those of one row of a move's destination were in. */
static void source_rows(const struct vnc_seen *seen,
		const struct video_move *move, uint32_t row, uint32_t *first,
		uint32_t *last)
{
	const uint32_t y_px = row * VIDEO_CELL_PX;
	const uint32_t from_px = move->from_y_px + (y_px - move->to.y_px);
	uint32_t end_px = y_px + VIDEO_CELL_PX;

	if (end_px > seen->height_px)
		end_px = seen->height_px;
	*first = from_px / VIDEO_CELL_PX;
	*last = (from_px + (end_px - y_px) - 1) / VIDEO_CELL_PX;
}

static void move_row(const struct vnc_seen *seen, struct video_grid *grid,
		const struct video_move *move, const struct video_cells *to,
		uint32_t row)
{
	uint32_t first, last;

	source_rows(seen, move, row, &first, &last);
	for (uint32_t i = 0; i < seen->words; i++) {
		const uint64_t bits = video_cells_word(to, i);
		const uint64_t source = grid->rows[first][i] |
				grid->rows[last][i];

		grid->rows[row][i] &= ~bits;
		grid->rows[row][i] |= source & bits;
	}
}

/*
 * Where a cell came from cells of which one is marked, mark it. No row is read
 * that was written: the side where the rows come from is last.
 */
static void move_marks(const struct vnc_seen *seen, struct video_grid *grid,
		const struct video_move *move, const struct video_cells *to)
{
	if (move->from_y_px > move->to.y_px)
		for (uint32_t row = to->top; row < to->bottom; row++)
			move_row(seen, grid, move, to, row);
	else
		for (uint32_t row = to->bottom; row > to->top; row--)
			move_row(seen, grid, move, to, row - 1);
}

/* What it has of these cells is not known any more, or of no use. */
static void lose(struct vnc_seen *seen, const struct video_grid *lost)
{
	add(seen, &seen->now.missing, lost);
	add(seen, &seen->now.inexact, lost);
	if (!seen->begun)
		return;
	add(seen, &seen->next.missing, lost);
	add(seen, &seen->next.inexact, lost);
}

static void move_state(const struct vnc_seen *seen, struct state *state,
		const struct video_move *move, const struct video_cells *to)
{
	move_marks(seen, &state->missing, move, to);
	move_marks(seen, &state->inexact, move, to);
}

static uint32_t count(
		const struct vnc_seen *seen, const struct video_grid *grid)
{
	uint32_t marked = 0;

	for (uint32_t row = 0; row < seen->rows; row++)
		for (uint32_t i = 0; i < seen->words; i++)
			marked += (uint32_t)__builtin_popcountll(
					grid->rows[row][i]);
	return marked;
}

/* Whether the viewer lacks less when it moves what it has. */
static bool move_helps(const struct vnc_seen *seen,
		const struct video_move *move, const struct video_cells *to,
		const struct video_grid *changed)
{
	const struct state *state = seen->begun ? &seen->next : &seen->now;
	struct video_grid stays = state->missing;
	struct video_grid moves = state->missing;
	struct video_grid beside = *changed;

	add(seen, &stays, changed);
	video_grid_remove(&beside, to);
	move_marks(seen, &moves, move, to);
	add(seen, &moves, &beside);
	return count(seen, &moves) < count(seen, &stays);
}

static void follow_move(struct vnc_seen *seen, const struct video_move *move,
		struct video_grid *changed)
{
	const struct video_cells to = video_cells_touched(
			&move->to, seen->width_px, seen->height_px);
	struct video_grid lost = {0};

	if (!move_helps(seen, move, &to, changed))
		return;
	move_state(seen, &seen->now, move, &to);
	if (seen->begun) {
		move_state(seen, &seen->next, move, &to);
		move_marks(seen, &seen->unsure, move, &to);
	}
	video_grid_add(&seen->fresh[0], &to);
	video_grid_remove(&seen->settled, &to);
	video_grid_remove(changed, &to);
	vnc_moves_add(&seen->waiting, move, &lost);
	lose(seen, &lost);
}

void vnc_seen_follow(struct vnc_seen *seen)
{
	const struct video_screen *screen = seen->screen;
	const uint32_t generation = video_screen_get_generation(screen);
	const struct video_move *move = video_screen_get_move(screen);
	struct video_grid changed = {0};

	if (video_screen_get_geometry(screen) != seen->geometry ||
			generation == seen->generation)
		return;
	video_screen_list_changed(screen, seen->generation, &changed);
	if (move && seen->allow_moves && generation - seen->generation == 1)
		follow_move(seen, move, &changed);
	seen->generation = generation;
	remove(seen, &seen->settled, &changed);
	lose(seen, &changed);
}

static void forget_moves(struct vnc_seen *seen)
{
	struct video_grid lost = {0};

	if (seen->waiting.n == 0)
		return;
	vnc_moves_forget(&seen->waiting, &lost);
	lose(seen, &lost);
}

void vnc_seen_allow_moves(struct vnc_seen *seen, bool allow)
{
	if (seen->allow_moves == allow)
		return;
	seen->allow_moves = allow;
	video_screen_look_for_moves(seen->screen, allow);
	forget_moves(seen);
}

void vnc_seen_limit_moves(struct vnc_seen *seen, const struct video_rect *area)
{
	if (!vnc_moves_lie_inside(&seen->waiting, area))
		forget_moves(seen);
}

bool vnc_seen_has_moves(const struct vnc_seen *seen)
{
	return seen->waiting.n > 0;
}

const struct vnc_moves *vnc_seen_get_moves(const struct vnc_seen *seen)
{
	return &seen->going;
}

/* ---- updates ---- */

size_t vnc_seen_list_missing(const struct vnc_seen *seen,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n)
{
	const struct state *state = seen->begun ? &seen->next : &seen->now;

	return video_screen_cover(
			seen->screen, &state->missing, area, rects, rects_n);
}

void vnc_seen_begin(struct vnc_seen *seen, const struct video_rect *rects,
		size_t rects_n)
{
	if (!seen->begun) {
		seen->next = seen->now;
		seen->going = seen->waiting;
		seen->waiting.n = 0;
		seen->unsure = (struct video_grid){0};
	}
	seen->begun = true;
	for (size_t i = 0; i < rects_n; i++) {
		remove_rect(seen, &seen->next.missing, &rects[i]);
		remove_rect(seen, &seen->next.inexact, &rects[i]);
		remove_rect(seen, &seen->settled, &rects[i]);
		add_rect(seen, &seen->unsure, &rects[i]);
	}
}

/* What was lossy may have moved since it was begun, with what was not. */
static void blur(struct vnc_seen *seen, const struct video_rect *lossy,
		size_t lossy_n)
{
	for (size_t i = 0; i < lossy_n; i++) {
		add_rect(seen, &seen->next.inexact, &lossy[i]);
		add_rect(seen, &seen->fresh[0], &lossy[i]);
	}
	if (lossy_n == 0 || seen->waiting.n == 0)
		return;
	add(seen, &seen->next.inexact, &seen->unsure);
	add(seen, &seen->fresh[0], &seen->unsure);
}

void vnc_seen_done(struct vnc_seen *seen, const struct video_rect *lossy,
		size_t lossy_n)
{
	blur(seen, lossy, lossy_n);
	seen->now = seen->next;
	seen->going.n = 0;
	seen->begun = false;
}

void vnc_seen_drop(struct vnc_seen *seen)
{
	struct video_grid lost = {0};

	if (!seen->begun)
		return;
	seen->begun = false;
	vnc_moves_put_back(&seen->waiting, &seen->going, &lost);
	seen->going.n = 0;
	lose(seen, &lost);
}

/* ---- what stands still ---- */

bool vnc_seen_tick(struct vnc_seen *seen)
{
	uint64_t settling = 0;

	for (uint32_t row = 0; row < seen->rows; row++)
		for (uint32_t i = 0; i < seen->words; i++) {
			uint64_t blurred = seen->now.inexact.rows[row][i] &
					~seen->now.missing.rows[row][i];
			uint64_t fresh = 0;

			for (unsigned j = 0; j < VNC_SEEN_STILL_TICKS; j++)
				fresh |= seen->fresh[j].rows[row][i];
			seen->settled.rows[row][i] = blurred & ~fresh;
			settling |= blurred & fresh;
		}
	for (unsigned j = VNC_SEEN_STILL_TICKS - 1; j > 0; j--)
		seen->fresh[j] = seen->fresh[j - 1];
	seen->fresh[0] = (struct video_grid){0};
	return settling != 0;
}

size_t vnc_seen_list_blurred(const struct vnc_seen *seen,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n)
{
	return video_screen_cover(
			seen->screen, &seen->settled, area, rects, rects_n);
}
