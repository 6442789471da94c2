/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "video/rect.h"
#include "vnc/rfb-read.h"

/*
 * Parts of the screen that a viewer speaks of. Nothing is a width or height of
 * 0.
 *
 * Threads: any. Errors: none.
 */
bool vnc_area_is_empty(const struct video_rect *area);

/* The smallest that holds both. */
struct video_rect vnc_area_union(
		const struct video_rect *a, const struct video_rect *b);

/*
 * As a viewer wrote it, grown to whole cells, in which changes are counted,
 * and cut to a screen of that size.
 */
struct video_rect vnc_area_from_wire(const struct vnc_area *area,
		uint32_t width_px, uint32_t height_px);

/*
 * Keep rectangles, in order, until they hold `budget_px`; the last may be cut
 * to fewer rows of cells, or a part of a row. At least one cell is kept.
 * Returns how many are.
 */
size_t vnc_area_limit(
		struct video_rect *rects, size_t rects_n, uint64_t budget_px);
