/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/simd.h"
#include "video/cover.h"
#include "video/frame.h"
#include "video/rect.h"

/*
 * The newest picture of one target, as a grid of 16-pixel cells, each with the
 * generation in which it last changed. Readers remember per cell which
 * generation they have and ask for what they lack. The screen holds one
 * reference on its newest frame and compares the next one against it in place.
 *
 * A generation is one change of the picture; at 60 a second without a pause
 * they last for more than two years.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno.
 */
struct video_screen;

/* `simd` compares the frames: a level that runs here. */
int video_screen_create(struct video_screen **out, enum core_simd simd);
void video_screen_destroy(struct video_screen *screen);

/*
 * Take a reference on `frame` and make it the newest picture. *changed says
 * whether any pixel differs. A new size starts a new geometry: every cell is
 * new. They are new, too, in the old geometry, when the frame cannot be
 * compared because its pixel layout, matrix or range is another one. The frame
 * that is the newest already costs nothing. -EINVAL if
 * the layout does not pass video_layout_check, -ENOMEM: the old picture stays.
 */
int video_screen_show(struct video_screen *screen, struct video_frame *frame,
		bool *changed);

/* The newest frame, borrowed; NULL before the first. */
struct video_frame *video_screen_get_frame(const struct video_screen *screen);

/*
 * With each frame from now on, say what scrolled; false ends it again. Of many
 * who ask, the last ends it.
 */
void video_screen_look_for_moves(struct video_screen *screen, bool look);

/*
 * What moved with the newest generation, verified pixel by pixel; NULL: nothing
 * did, or nobody asked. The cells that it holds count as changed all the same.
 */
const struct video_move *video_screen_get_move(
		const struct video_screen *screen);

/* 0x0 before the first frame. */
void video_screen_get_size(const struct video_screen *screen,
		uint32_t *width_px, uint32_t *height_px);

/* Counts the changes of size; 0 before the first frame. */
uint32_t video_screen_get_geometry(const struct video_screen *screen);

/* Columns times rows of the grid in the current geometry. */
size_t video_screen_cells(const struct video_screen *screen);

/*
 * The rectangles, clipped to the picture, that cover the cells touched by
 * `area` (NULL: everywhere) whose generation is newer than in `seen`, an array
 * of video_screen_cells() generations; zeros mean "has nothing". Whole cells,
 * disjoint, sorted by top, then left, *covered_n of them, at most `rects_n`.
 * They cover other cells of `area` too where that is cheaper than one more
 * rectangle (see video/cover.h), and always all that are newer (unless
 * `rects_n` is 0). Equal cells to cover give equal rectangles.
 */
void video_screen_list_damage(const struct video_screen *screen,
		const uint32_t *seen, const struct video_rect *area,
		struct video_rect *rects, size_t rects_n, size_t *covered_n);

/*
 * Note in `seen` that the current content of `rect` is had: of the cells that
 * lie wholly in it, up to the picture's edges. What was listed can be marked.
 */
void video_screen_mark_seen(const struct video_screen *screen, uint32_t *seen,
		const struct video_rect *rect);

/* Of all cells that `rect` touches, nothing is had any more. */
void video_screen_forget_seen(const struct video_screen *screen, uint32_t *seen,
		const struct video_rect *rect);

/*
 * The newest generation inside `rect`. With the geometry it names the content:
 * the same rectangle of the same generation has the same pixels.
 */
uint32_t video_screen_generation(const struct video_screen *screen,
		const struct video_rect *rect);
