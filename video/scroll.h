/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "video/frame.h"
#include "video/rect.h"

/*
 * Finds what scrolled: a rectangle of the new picture that the old one shows,
 * byte by byte the same, some rows higher or lower. The distance is guessed;
 * the rectangle is compared, and nothing is reported that is not equal.
 *
 * Threads: one object is for one thread at a time.
 * Errors:  -ENOMEM at creation.
 */
struct video_scroll;

int video_scroll_create(struct video_scroll **out);

/* NULL is allowed. */
void video_scroll_destroy(struct video_scroll *scroll);

/*
 * Of two comparable frames, where `cells`, the grid row by row, has
 * `generation` in each cell that differs. False: nothing scrolled, or too
 * little. The move's rectangle is made of whole cells, up to the picture's
 * edges, and is the one that has the most changed cells in it.
 */
bool video_scroll_find(struct video_scroll *scroll,
		const struct video_frame *before,
		const struct video_frame *after, const uint32_t *cells,
		uint32_t generation, struct video_move *move);
