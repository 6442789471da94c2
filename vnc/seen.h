/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "video/rect.h"
#include "video/screen.h"
#include "vnc/moves.h"

/*
 * What one viewer has of the screen, and which part of it exactly, without
 * JPEG's losses. An update is first begun, then either done or dropped, in
 * which case the viewer still has what it had.
 *
 * Where the screen says that something moved, a viewer that may be told to
 * move it has it, as good as before, once the moves that it lacks are sent
 * ahead of anything else.
 *
 * Threads: loop thread only.
 * Errors:  -ENOMEM.
 */
struct vnc_seen;

/* `screen` is borrowed. The viewer has nothing yet, and moves nothing. */
int vnc_seen_create(struct vnc_seen **out, struct video_screen *screen);

/* NULL is allowed. */
void vnc_seen_destroy(struct vnc_seen *seen);

/* Start anew with the screen's present size. */
void vnc_seen_reset(struct vnc_seen *seen);

/*
 * The screen may show something new: to be called before anything else is
 * asked or said about it. Of what moved only the newest picture is known: a
 * viewer that misses a call lacks what moved then. Returns whether something
 * moved that it may not have exactly: then another tick is needed.
 */
bool vnc_seen_follow(struct vnc_seen *seen);

/* Whether the viewer may be told to move things; at first it may not. */
void vnc_seen_allow_moves(struct vnc_seen *seen, bool allow);

/* Lose the moves that would not stay inside `area`, and what they brought. */
void vnc_seen_limit_moves(struct vnc_seen *seen, const struct video_rect *area);

/* What it lacks inside `area`; see video_screen_cover. */
size_t vnc_seen_list_missing(const struct vnc_seen *seen,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n);

/* There are moves for it to make before it has what it does not lack. */
bool vnc_seen_has_moves(const struct vnc_seen *seen);

/*
 * `rects` of the newest picture are on their way, after the moves. Adds to
 * what has begun, but then nothing new may have moved.
 */
void vnc_seen_begin(struct vnc_seen *seen, const struct video_rect *rects,
		size_t rects_n);

/* Those that are part of what has begun. */
const struct vnc_moves *vnc_seen_get_moves(const struct vnc_seen *seen);

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
