/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/simd.h"
#include "video/frame.h"
#include "video/rect.h"

/*
 * A piece of a Y'CbCr picture as three planes: the shape in which it is
 * classified and compressed. Chroma keeps the source's resolution. Planes
 * that the source has already are used where they lie; the others stand in
 * room that the caller lends, and last as long as it and the frame do.
 *
 * Threads: any. Errors: none.
 */
struct video_planes {
	uint32_t width_px;
	uint32_t height_px;
	const uint8_t *plane[3]; /* Y', Cb, Cr */
	uint32_t stride_bytes[3];
	uint8_t halved_x; /* 1 where one chroma sample is for two columns */
	uint8_t halved_y; /* or rows */
};

static inline uint32_t video_planes_chroma_width(
		const struct video_planes *planes)
{
	return (planes->width_px + planes->halved_x) >> planes->halved_x;
}

static inline uint32_t video_planes_chroma_height(
		const struct video_planes *planes)
{
	return (planes->height_px + planes->halved_y) >> planes->halved_y;
}

/* Is the layout Y'CbCr? Only then is what follows for it. */
bool video_planes_can(const struct video_layout *layout);

/* Room in bytes that is enough for either of the functions below. */
static inline size_t video_planes_room_bytes(
		uint32_t width_px, uint32_t height_px)
{
	return (size_t)(width_px + 1) * (height_px + 2) * 3;
}

/*
 * Take `rect` of the frame apart. Its corner is at even coordinates and its
 * size is even, in the directions in which the layout halves chroma.
 */
void video_planes_unpack(struct video_planes *planes, enum core_simd level,
		const struct video_frame *frame, const struct video_rect *rect,
		uint8_t *room);

/* The planes of `rect`, whose corner is at even coordinates. */
struct video_planes video_planes_crop(const struct video_planes *planes,
		const struct video_rect *rect);

/*
 * As JPEG has it: full-range BT.601, from the layout's matrix and range, and
 * chroma halved in both directions or (whole) in none. Each sample is within 2
 * of the exact one.
 */
void video_planes_for_jpeg(struct video_planes *out, enum core_simd level,
		const struct video_planes *planes,
		const struct video_layout *layout, bool whole_chroma,
		uint8_t *room);
