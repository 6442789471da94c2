/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "video/rect.h"
#include "video/screen.h"

/*
 * What one viewer has of the screen, and which part of it exactly, without
 * JPEG's losses. An update is first begun, then either done or dropped, in
 * which case the viewer still has what it had.
 *
 * Threads: loop thread only.
 * Errors:  -ENOMEM.
 */
struct vnc_seen;

/* `screen` is borrowed. The viewer has nothing yet. */
int vnc_seen_create(struct vnc_seen **out, const struct video_screen *screen);

/* NULL is allowed. */
void vnc_seen_destroy(struct vnc_seen *seen);

/* Start anew with the screen's present size; on failure nothing changes. */
int vnc_seen_reset(struct vnc_seen *seen);

/* What it lacks inside `area`; see video_screen_list_damage. */
size_t vnc_seen_list_missing(const struct vnc_seen *seen,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n);

/* `rects` of the newest picture are on their way. Adds to what has begun. */
void vnc_seen_begin(struct vnc_seen *seen, const struct video_rect *rects,
		size_t rects_n);

/* They are there; those parts touched by `lossy` not exactly. */
void vnc_seen_done(struct vnc_seen *seen, const struct video_rect *lossy,
		size_t lossy_n);
void vnc_seen_drop(struct vnc_seen *seen);

/*
 * Parts that are not had exactly and have stood still for VNC_SEEN_STILL_TICKS
 * from tick to tick. Ticks are for the caller to space; one answers whether
 * another is needed, because some part may still settle.
 */
#define VNC_SEEN_STILL_TICKS 2
bool vnc_seen_tick(struct vnc_seen *seen);
size_t vnc_seen_list_blurred(const struct vnc_seen *seen,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n);
