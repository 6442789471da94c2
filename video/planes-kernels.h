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

/* Y'CbCr of some matrix and range to full-range BT.601. */
struct video_recolour {
	int16_t luma_offset;
	int16_t luma;    /* times 2^14, the others 2^13 */
	int16_t cb_luma; /* Cb's part in Y' */
	int16_t cr_luma;
	int16_t cb_cb;
	int16_t cr_cb;
	int16_t cb_cr;
	int16_t cr_cr;
};

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
	/* A row of luma, with one sample of chroma for two pixels. */
	void (*recolour_luma)(const struct video_recolour *recolour,
			const uint8_t *y, const uint8_t *u, const uint8_t *v,
			uint8_t *to, uint32_t pairs);
	void (*recolour_chroma)(const struct video_recolour *recolour,
			const uint8_t *u, const uint8_t *v, uint8_t *to_u,
			uint8_t *to_v, uint32_t samples);
};

/* The level must run here. */
const struct video_plane_kernels *video_plane_kernels_get(enum core_simd level);
