/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "core/simd.h"

/*
 * Y'CbCr of one matrix and range made into Y'CbCr of another, for each level of
 * vectors, all with the same results. The loops read and write exactly what
 * they are told to, at any address.
 *
 * Threads: any. Errors: none.
 */

/* What each part of a sample counts in the other colours. */
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

struct video_recolour_kernels {
	/* A row of luma, with one sample of chroma for two pixels. */
	void (*luma)(const struct video_recolour *recolour, const uint8_t *y,
			const uint8_t *u, const uint8_t *v, uint8_t *to,
			uint32_t pairs);
	void (*chroma)(const struct video_recolour *recolour, const uint8_t *u,
			const uint8_t *v, uint8_t *to_u, uint8_t *to_v,
			uint32_t samples);
};

/* The level must run here. */
const struct video_recolour_kernels *video_recolour_kernels_get(
		enum core_simd level);
