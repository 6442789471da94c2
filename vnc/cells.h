/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "video/grid.h"
#include "video/rect.h"

/*
 * Some cells of a screen. What is kept of a viewer is mostly nothing, and there
 * can be many viewers: the bits of an empty set are neither written nor read.
 *
 * Threads: any. Errors: none.
 */
struct vnc_cells {
	uint32_t width_px; /* of the screen */
	uint32_t height_px;
	bool any; /* there may be some; else `grid` is not to be looked at */
	struct video_grid grid;
};

/* None, of a screen of that size. */
void vnc_cells_init(
		struct vnc_cells *cells, uint32_t width_px, uint32_t height_px);

void vnc_cells_clear(struct vnc_cells *cells);

/* Those of which `rect` has a pixel. */
void vnc_cells_add_touched(
		struct vnc_cells *cells, const struct video_rect *rect);

/* Those of which `rect` has every pixel. */
void vnc_cells_remove_inside(
		struct vnc_cells *cells, const struct video_rect *rect);

void vnc_cells_add(struct vnc_cells *cells, const struct video_grid *more);
void vnc_cells_remove(struct vnc_cells *cells, const struct video_grid *less);

/* Of sets of one screen. */
void vnc_cells_copy(struct vnc_cells *cells, const struct vnc_cells *from);
void vnc_cells_unite(struct vnc_cells *cells, const struct vnc_cells *more);

/* Find out whether there are any after all. */
void vnc_cells_settle(struct vnc_cells *cells);
uint32_t vnc_cells_count(const struct vnc_cells *cells);

/* Cells of a move's destination are in the set if one was that they show. */
void vnc_cells_move(struct vnc_cells *cells, const struct video_move *move);
