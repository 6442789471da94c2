/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/seen.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "vnc/cells.h"

/* Of the newest picture, once the moves that wait have been made. */
struct state {
	struct vnc_cells missing;
	struct vnc_cells inexact; /* whatever is missing, and more */
};

struct vnc_seen {
	struct video_screen *screen;
	uint32_t geometry;   /* that is followed, */
	uint32_t generation; /* up to here */
	bool allow_moves;
	bool begun;
	struct state now;  /* if what has begun is dropped */
	struct state next; /* if it is done */
	struct vnc_moves waiting;
	struct vnc_moves going;  /* part of what has begun */
	struct vnc_cells unsure; /* begun: perhaps it will be inexact */
	/* With loss since the last tick, and since the one before. */
	struct vnc_cells fresh[VNC_SEEN_STILL_TICKS];
	struct vnc_cells settled; /* to be made exact */
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

void vnc_seen_reset(struct vnc_seen *seen)
{
	struct vnc_cells *sets[] = {
			&seen->now.missing,
			&seen->now.inexact,
			&seen->next.missing,
			&seen->next.inexact,
			&seen->unsure,
			&seen->fresh[0],
			&seen->fresh[1],
			&seen->settled,
	};
	struct video_rect all = {0};

	static_assert(VNC_SEEN_STILL_TICKS == 2, "all are set");
	seen->geometry = video_screen_get_geometry(seen->screen);
	seen->generation = video_screen_get_generation(seen->screen);
	seen->begun = false;
	seen->waiting.n = 0;
	seen->going.n = 0;
	video_screen_get_size(seen->screen, &all.width_px, &all.height_px);
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		vnc_cells_init(sets[i], all.width_px, all.height_px);
	vnc_cells_add_touched(&seen->now.missing, &all);
	vnc_cells_add_touched(&seen->now.inexact, &all);
}

/* ---- what changes and moves ---- */

/* What it has of these cells is not known any more, or of no use. */
static void lose(struct vnc_seen *seen, const struct video_grid *lost)
{
	vnc_cells_add(&seen->now.missing, lost);
	vnc_cells_add(&seen->now.inexact, lost);
	if (!seen->begun)
		return;
	vnc_cells_add(&seen->next.missing, lost);
	vnc_cells_add(&seen->next.inexact, lost);
}

/* Whether the viewer lacks less when it moves what it has. */
static bool move_helps(const struct vnc_seen *seen,
		const struct video_move *move, const struct video_grid *changed,
		const struct video_grid *beside)
{
	const struct state *state = seen->begun ? &seen->next : &seen->now;
	struct vnc_cells stays = state->missing;
	struct vnc_cells moves = state->missing;

	if (!state->missing.any)
		return true;
	vnc_cells_add(&stays, changed);
	vnc_cells_move(&moves, move);
	vnc_cells_add(&moves, beside);
	return vnc_cells_count(&moves) < vnc_cells_count(&stays);
}

/* Returns whether some of it may be inexact. */
static bool make_move(struct vnc_seen *seen, const struct video_move *move)
{
	const bool blurs = seen->now.inexact.any || seen->begun;
	struct video_grid lost = {0};

	vnc_cells_move(&seen->now.missing, move);
	vnc_cells_move(&seen->now.inexact, move);
	if (seen->begun) {
		vnc_cells_move(&seen->next.missing, move);
		vnc_cells_move(&seen->next.inexact, move);
		vnc_cells_move(&seen->unsure, move);
	}
	if (blurs)
		vnc_cells_add_touched(&seen->fresh[0], &move->to);
	vnc_cells_remove_inside(&seen->settled, &move->to);
	if (vnc_moves_add(&seen->waiting, move, &lost))
		lose(seen, &lost);
	return blurs;
}

/*
 * What changed and was not brought by a move is lost. Of frames that were not
 * followed nobody knows what moved.
 */
bool vnc_seen_follow(struct vnc_seen *seen)
{
	const struct video_screen *screen = seen->screen;
	const uint32_t generation = video_screen_get_generation(screen);
	const struct video_move *move = video_screen_get_move(screen);
	const struct video_grid *changed, *lost;
	bool blurs = false;

	if (video_screen_get_geometry(screen) != seen->geometry ||
			generation == seen->generation)
		return false;
	lost = changed = video_screen_get_changed(screen, seen->generation);
	if (move && seen->allow_moves && generation - seen->generation == 1) {
		const struct video_grid *beside =
				video_screen_get_changed_beside(screen);

		if (move_helps(seen, move, changed, beside)) {
			blurs = make_move(seen, move);
			lost = beside;
		}
	}
	seen->generation = generation;
	vnc_cells_remove(&seen->settled, lost);
	lose(seen, lost);
	return blurs;
}

static void forget_moves(struct vnc_seen *seen)
{
	struct video_grid lost = {0};

	if (seen->waiting.n > 0 && vnc_moves_forget(&seen->waiting, &lost))
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

static size_t list(const struct vnc_seen *seen, const struct vnc_cells *cells,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n)
{
	if (!cells->any)
		return 0;
	return video_screen_cover(
			seen->screen, &cells->grid, area, rects, rects_n);
}

size_t vnc_seen_list_missing(const struct vnc_seen *seen,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n)
{
	return list(seen,
			seen->begun ? &seen->next.missing : &seen->now.missing,
			area, rects, rects_n);
}

void vnc_seen_begin(struct vnc_seen *seen, const struct video_rect *rects,
		size_t rects_n)
{
	if (!seen->begun) {
		vnc_cells_copy(&seen->next.missing, &seen->now.missing);
		vnc_cells_copy(&seen->next.inexact, &seen->now.inexact);
		vnc_cells_clear(&seen->unsure);
		seen->going = seen->waiting;
		seen->waiting.n = 0;
	}
	seen->begun = true;
	for (size_t i = 0; i < rects_n; i++) {
		vnc_cells_remove_inside(&seen->next.missing, &rects[i]);
		vnc_cells_remove_inside(&seen->next.inexact, &rects[i]);
		vnc_cells_remove_inside(&seen->settled, &rects[i]);
		vnc_cells_add_touched(&seen->unsure, &rects[i]);
	}
	vnc_cells_settle(&seen->next.missing);
	vnc_cells_settle(&seen->next.inexact);
}

static void blur(struct vnc_seen *seen, const struct video_rect *lossy,
		size_t lossy_n)
{
	for (size_t i = 0; i < lossy_n; i++) {
		vnc_cells_add_touched(&seen->next.inexact, &lossy[i]);
		vnc_cells_add_touched(&seen->fresh[0], &lossy[i]);
	}
	if (lossy_n == 0 || seen->waiting.n == 0)
		return;
	/* What was lossy may have moved meanwhile, with what was not. */
	vnc_cells_unite(&seen->next.inexact, &seen->unsure);
	vnc_cells_unite(&seen->fresh[0], &seen->unsure);
}

void vnc_seen_done(struct vnc_seen *seen, const struct video_rect *lossy,
		size_t lossy_n)
{
	blur(seen, lossy, lossy_n);
	vnc_cells_copy(&seen->now.missing, &seen->next.missing);
	vnc_cells_copy(&seen->now.inexact, &seen->next.inexact);
	seen->going.n = 0;
	seen->begun = false;
}

void vnc_seen_drop(struct vnc_seen *seen)
{
	struct vnc_cells lost;

	if (!seen->begun)
		return;
	seen->begun = false;
	vnc_cells_init(&lost, seen->unsure.width_px, seen->unsure.height_px);
	vnc_moves_put_back(&seen->waiting, &seen->going, &lost);
	if (lost.any)
		lose(seen, &lost.grid);
	seen->going.n = 0;
}

/* ---- what stands still ---- */

bool vnc_seen_tick(struct vnc_seen *seen)
{
	struct vnc_cells *settled = &seen->settled;
	uint32_t blurred_n;

	vnc_cells_copy(settled, &seen->now.inexact);
	if (seen->now.missing.any)
		vnc_cells_remove(settled, &seen->now.missing.grid);
	blurred_n = vnc_cells_count(settled);
	for (unsigned i = 0; i < VNC_SEEN_STILL_TICKS; i++)
		if (seen->fresh[i].any)
			vnc_cells_remove(settled, &seen->fresh[i].grid);
	vnc_cells_settle(settled);
	for (unsigned i = VNC_SEEN_STILL_TICKS - 1; i > 0; i--)
		vnc_cells_copy(&seen->fresh[i], &seen->fresh[i - 1]);
	vnc_cells_clear(&seen->fresh[0]);
	return vnc_cells_count(settled) < blurred_n;
}

size_t vnc_seen_list_blurred(const struct vnc_seen *seen,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n)
{
	return list(seen, &seen->settled, area, rects, rects_n);
}
