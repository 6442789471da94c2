/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "video/rect.h"

/*
 * Cuts a rectangle into strips: the unit of encoding work. A strip is at most
 * as wide as Tight decoders allow (2048) and so small that no JPEG of it can
 * outgrow Tight's 22-bit lengths and that a frame keeps every worker busy; it
 * is as large as that permits, since each JPEG carries 600 bytes of tables.
 * Inner edges lie on the screen's cells, so that equal damage gives equal
 * strips whatever its outline.
 *
 * Threads: any. Errors: none; the rectangle is not empty.
 */
#define VNC_STRIP_WIDTH_MAX_PX 2048
#define VNC_STRIP_AREA_MAX_PX (2048 * 144)

struct vnc_strips {
	struct video_rect rect;
	uint32_t width_px;  /* of all but the last column */
	uint32_t height_px; /* of all but the last row */
	uint32_t columns;
	uint32_t rows;
};

struct vnc_strips vnc_strips_cut(const struct video_rect *rect);

static inline size_t vnc_strips_count(const struct vnc_strips *strips)
{
	return (size_t)strips->columns * strips->rows;
}

/* The index-th strip, row by row from the top. */
struct video_rect vnc_strips_get(const struct vnc_strips *strips, size_t index);
