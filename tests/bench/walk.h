/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What an RFB server sends after its ServerInit, followed but not decoded:
 * just far enough to know where each rectangle ends and what kind it was. So
 * a hundred viewers cost the machine that is measured next to nothing.
 *
 * Threads: one. Errors: WALK_ERROR, after which there is no way on.
 */
enum walk_event {
	WALK_MORE,       /* give more; first drop skip_bytes of it, if any */
	WALK_BEGIN,      /* an update's first bytes */
	WALK_END,        /* its last ones */
	WALK_FENCE,      /* see fence_flags and fence */
	WALK_CONTINUOUS, /* the server knows continuous updates */
	WALK_ERROR,
};

#define WALK_FENCE_BYTES 64
/* All that is looked at at once: a palette and what stands before it. */
#define WALK_PIECE_BYTES 1024

struct walk_counts {
	uint64_t rects;
	uint64_t pixels;
	uint64_t copied_pixels; /* by CopyRect; not in pixels */
	uint64_t copies, fills, palettes, colours, jpegs, raws;
	uint64_t jpeg_bytes;
};

struct walk_rect {
	uint32_t width_px, height_px;
	uint8_t control; /* of Tight: its upper half */
};

struct walk {
	/* The step that takes the next bytes. */
	enum walk_event (*step)(struct walk *walk, const uint8_t *data,
			size_t bytes, size_t *used);
	uint64_t skip_bytes; /* of the picture itself, nobody's business */
	uint32_t width_px, height_px;
	uint32_t rects_left;
	bool until_last_rect;
	bool has_picture; /* the update: more than pseudo rectangles */
	uint64_t told_us; /* how old the server says the picture is; 0: no word
			   */
	struct walk_rect rect;
	struct walk_counts counts;
	uint32_t fence_flags;
	uint8_t fence_bytes;
	uint8_t fence[WALK_FENCE_BYTES];
};

void walk_init(struct walk *walk, uint32_t width_px, uint32_t height_px);

/* The answer to GET of a stream of JPEGs, each of which is an update. */
void walk_init_http(struct walk *walk);

/* Take what can be taken from the front of *data up to one event. */
enum walk_event walk_next(
		struct walk *walk, const uint8_t **data, size_t *bytes);
