/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/simd.h"
#include "video/frame.h"

/*
 * Which cells of a picture changed: two frames compared where they lie, in
 * their own layout, without conversion. What no pixel shows (padding of rows,
 * the fourth byte of BGRX) is not compared.
 *
 * Threads: any.
 * Errors:  0 or -errno where there can be any.
 */

/* The same bytes mean the same pixels in both; strides may differ. */
bool video_damage_comparable(
		const struct video_layout *a, const struct video_layout *b);

/*
 * Write `generation`, which no cell has yet, into `cells`, the grid row by
 * row, for each cell in which a sample of two comparable frames differs by
 * more than `threshold`. Returns whether any does.
 */
bool video_damage_find(enum core_simd simd, uint8_t threshold,
		const struct video_frame *before,
		const struct video_frame *after, uint32_t generation,
		uint32_t *cells);

/*
 * Make the picture that has the content of `after` in the cells of that
 * `generation` and that of `before` elsewhere, captured when `after` was.
 * -ENOMEM.
 */
int video_damage_merge(struct video_frame **out,
		const struct video_frame *before,
		const struct video_frame *after, uint32_t generation,
		const uint32_t *cells);
