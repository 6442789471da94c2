/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "capture/file.h"
#include "capture/v4l2-format.h"
#include "video/frame.h"

/*
 * A file of raw frames in memory, and a few frames that point into it. It
 * lives until its owner and every holder of a frame have let go.
 *
 * Threads: loop thread only; pixels as in video/frame.h.
 * Errors:  -errno, and why, with what would help, in words.
 */
struct capture_file_map;

/* That many can be held by others at the same time. */
#define CAPTURE_FILE_FRAMES 6

/* `freed` is called whenever somebody lets go of a frame. */
int capture_file_map_create(struct capture_file_map **out,
		const struct capture_file_options *options,
		void (*freed)(void *context), void *context,
		char why[CAPTURE_FILE_WHY_BYTES]);

/* `freed` is not called any more. NULL is allowed. */
void capture_file_map_abandon(struct capture_file_map *map);

const struct capture_format *capture_file_map_format(
		const struct capture_file_map *map);
size_t capture_file_map_count(const struct capture_file_map *map);
unsigned capture_file_map_held(const struct capture_file_map *map);

/* A reference to frame `index` of the file; NULL while too many are held. */
struct video_frame *capture_file_map_take(
		struct capture_file_map *map, size_t index);
