/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "video/grid.h"
#include "video/rect.h"
#include "vnc/cells.h"

/*
 * What a viewer is to move on its screen, in this order, before it is sent
 * anything new. There are never many: whoever asks seldom has moves of the
 * same columns made one, or is sent the picture itself.
 *
 * Threads: any. Errors: none.
 */
#define VNC_MOVES_MAX 4

struct vnc_moves {
	size_t n;
	struct video_move list[VNC_MOVES_MAX];
};

/*
 * Add one. Cells that nobody moves any more, because two moves became one or
 * all were given up, are added to `lost`: what the viewer has there is then
 * unknown. Returns whether there are such cells.
 */
bool vnc_moves_add(struct vnc_moves *moves, const struct video_move *move,
		struct video_grid *lost);

/* Those of `first` come before. What was lost before moves on with the rest. */
void vnc_moves_put_back(struct vnc_moves *moves, const struct vnc_moves *first,
		struct vnc_cells *lost);

/* Give all up. */
bool vnc_moves_forget(struct vnc_moves *moves, struct video_grid *lost);

/* Everything is moved from within `area` to within it. */
bool vnc_moves_lie_inside(
		const struct vnc_moves *moves, const struct video_rect *area);
