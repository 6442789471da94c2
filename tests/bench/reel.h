/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tests/bench/content.h"
#include "video/frame.h"

/*
 * The pictures that one kind of content is measured with, drawn beforehand
 * into a file that is mapped: so drawing is not part of what is measured.
 *
 * Threads: one.
 * Errors:  -errno; -EINVAL for a file that does not hold them.
 */
struct reel {
	size_t frames_n;
	struct video_frame *frames; /* nobody frees them before reel_close */
	void *memory;
	size_t memory_bytes;
};

/* The first is there to begin with; the others are measured. */
uint32_t reel_first(enum content_kind kind);
uint32_t reel_count(enum content_kind kind);

int reel_draw(enum content_kind kind, enum content_layout layout,
		const char *path);
int reel_open(struct reel *reel, enum content_layout layout, const char *path);

/* A zeroed one is allowed. */
void reel_close(struct reel *reel);
