/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "video/frame.h"

/*
 * A picture that changes as a console's does, at random but the same for the
 * same seed: text is written, areas scroll up and down, pictures and windows
 * appear, the mode changes, and sometimes nothing happens.
 *
 * Threads: one.
 * Errors:  -ENOMEM.
 */
struct scene;

int scene_create(struct scene **out, uint32_t seed);

/* NULL is allowed. */
void scene_destroy(struct scene *scene);

/* What happens next. */
int scene_step(struct scene *scene);

/*
 * The picture as it is, in that layout: VIDEO_PIXEL_BGRX or VIDEO_PIXEL_YUYV
 * (full range BT.601). The caller owns a reference.
 */
int scene_take(const struct scene *scene, enum video_pixel pixel,
		struct video_frame **out);
