/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/simd.h"
#include "video/frame.h"
#include "video/grid.h"
#include "video/rect.h"

/*
 * The newest picture of one target, as a grid of 16-pixel cells, each with the
 * generation in which it last changed. Readers remember which generation they
 * follow and ask for what has changed since. The screen holds one
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
 * From now on a sample that differs by no more than this from the one that was
 * shown is taken for noise; 0, as at first, is exact. What comes to be shown is
 * the old picture with new content in those cells that have more than noise, so
 * that a slow drift adds up until it is seen, and what was shown stays right.
 */
void video_screen_set_threshold(struct video_screen *screen, uint8_t threshold);

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

/* The newest picture, borrowed; NULL before the first. */
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

/* Of the newest change; 0 before the first frame. */
uint32_t video_screen_get_generation(const struct video_screen *screen);

/* When the frame was captured that made it; 0 before the first. */
uint64_t video_screen_get_changed_us(const struct video_screen *screen);

/*
 * The cells that have changed since that generation; or with the newest one,
 * without those that moved. Borrowed until the next question or picture.
 */
const struct video_grid *video_screen_get_changed(
		const struct video_screen *screen, uint32_t generation);
const struct video_grid *video_screen_get_changed_beside(
		const struct video_screen *screen);

/*
 * The rectangles, clipped to the picture, that cover the marked cells touched
 * by `area` (NULL: everywhere). Whole cells, disjoint, sorted by top, then
 * left, at most `rects_n`; returns how many. They cover other cells of `area`
 * too where that is cheaper than one more rectangle (see video/cover.h), and
 * always all that are marked (unless `rects_n` is 0). Equal cells to cover give
 * equal rectangles.
 */
size_t video_screen_cover(const struct video_screen *screen,
		const struct video_grid *marked, const struct video_rect *area,
		struct video_rect *rects, size_t rects_n);

/*
 * The newest generation inside `rect`. With the geometry it names the content:
 * the same rectangle of the same generation has the same pixels.
 */
uint32_t video_screen_generation(const struct video_screen *screen,
		const struct video_rect *rect);
