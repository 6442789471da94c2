/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tests/rack/picture.h"

/*
 * Is a JPEG as good as libjpeg-turbo itself makes it? The same part of the
 * original is compressed at the quality and subsampling that the JPEG's
 * tables tell, and both are compared with the original.
 *
 * Threads: any.
 * Errors:  -EBADMSG: not a JPEG of that size; -ERANGE: tables of no quality
 *          that libjpeg-turbo has; -ENOMEM.
 */
struct jpeg_verdict {
	int quality;
	int subsampling;          /* TJSAMP_ */
	double psnr_db;           /* of the JPEG */
	double reference_psnr_db; /* of libjpeg-turbo's own */
};

int jpeg_judge(struct jpeg_verdict *verdict, const uint8_t *jpeg, size_t bytes,
		const struct picture *original, uint32_t x_px, uint32_t y_px,
		uint32_t width_px, uint32_t height_px);

/* 99 dB for equal pictures. */
double picture_psnr_db(const uint8_t *a, size_t a_stride, const uint8_t *b,
		size_t b_stride, uint32_t width_px, uint32_t height_px);
