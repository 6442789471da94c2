/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/simd.h"
#include "video/frame.h"
#include "video/planes.h"
#include "video/rect.h"
#include "vnc/room.h"
#include "vnc/scan.h"

/*
 * The piece of a frame that one job encodes, as it is looked at: planes of
 * Y'CbCr, or pixels B G R x. Rectangles on it are relative to its corner,
 * which is even where the planes want that: `area` is the piece itself.
 *
 * A key names a colour: Y' | Cb << 8 | Cr << 16, or the pixel as in memory,
 * its fourth byte 0.
 *
 * Threads: any. Errors: -ENOMEM. The surface lives as long as its frame.
 */
struct vnc_surface {
	enum core_simd simd;
	const struct vnc_scan *scan;
	const struct video_frame *frame;
	struct video_rect area;
	uint32_t x_px; /* of the corner in the frame */
	uint32_t y_px;
	bool is_yuv;
	struct video_planes planes;
	const uint8_t *pixels;
	size_t stride_bytes; /* of the pixels */
	struct vnc_room room;
};

void vnc_surface_init(struct vnc_surface *surface, enum core_simd simd);
void vnc_surface_finish(struct vnc_surface *surface);

/* Look at `rect` of the frame. */
int vnc_surface_take(struct vnc_surface *surface,
		const struct video_frame *frame, const struct video_rect *rect);

/*
 * 1 or 2: so many colours does the block have, and keys[] names them, a single
 * one twice; VNC_SCAN_MORE: more, or two that differ in chroma.
 */
unsigned vnc_surface_scan(const struct vnc_surface *surface,
		const struct video_rect *block, uint32_t keys[2]);

/* Is its chroma one and the same? *chroma is that, as in a key. */
bool vnc_surface_is_grey(const struct vnc_surface *surface,
		const struct video_rect *block, uint32_t *chroma);

/* Where a pixel's samples lie; to its right are those of the next ones. */
struct vnc_samples {
	const uint8_t *luma;
	const uint8_t *cb; /* of this pixel and, if its x is even, the next */
	const uint8_t *cr;
	const uint8_t *pixel; /* where the surface is not Y'CbCr */
};
struct vnc_samples vnc_surface_samples(const struct vnc_surface *surface,
		uint32_t x_px, uint32_t y_px);

/* The colours of keys as R G B bytes, just as video_convert_bgrx has them. */
void vnc_surface_name_colours(const struct vnc_surface *surface,
		const uint32_t *keys, size_t keys_n, uint8_t *rgb);
