/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "core/simd.h"

/*
 * The inner loops of video/planes, for each level of vectors. They read and
 * write exactly what they are told to, at any address.
 *
 * Threads: any. Errors: none.
 */

struct video_plane_kernels {
	/* Pairs of pixels, in either order of luma and chroma. */
	void (*unpack_yuyv)(const uint8_t *from, uint8_t *y, uint8_t *u,
			uint8_t *v, uint32_t pairs);
	void (*unpack_uyvy)(const uint8_t *from, uint8_t *y, uint8_t *u,
			uint8_t *v, uint32_t pairs);
	/* Bytes of two planes that take turns. */
	void (*split)(const uint8_t *from, uint8_t *u, uint8_t *v,
			uint32_t pairs);
	/* The mean of two rows, rounded up. */
	void (*average)(const uint8_t *a, const uint8_t *b, uint8_t *to,
			uint32_t bytes);
	/* Each byte twice. */
	void (*repeat)(const uint8_t *from, uint8_t *to, uint32_t bytes);
};

/* The level must run here. */
const struct video_plane_kernels *video_plane_kernels_get(enum core_simd level);
