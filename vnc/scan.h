/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/simd.h"

/*
 * The inner loops that look at pixels, for each level of vectors: how many
 * values a block has, and which of its samples are not a given one. They read
 * and write exactly what they are told to, at any address.
 *
 * Threads: any. Errors: none; no block is empty.
 */
#define VNC_SCAN_MORE 3 /* than two values */

struct vnc_scan {
	/*
	 * 1: all bytes are values[0]; 2: they are values[0], the first, or
	 * values[1]; or VNC_SCAN_MORE. It stops at the third value's row.
	 */
	unsigned (*bytes)(const uint8_t *block, size_t stride_bytes,
			uint32_t width, uint32_t height, uint8_t values[2]);
	/* All bytes are the first. */
	bool (*same)(const uint8_t *block, size_t stride_bytes, uint32_t width,
			uint32_t height);
	/* As bytes, of pixels B G R x, whose fourth byte does not count. */
	unsigned (*pixels)(const uint8_t *block, size_t stride_bytes,
			uint32_t width, uint32_t height, uint32_t values[2]);
	/* 0 where the pixel is `value`, else 1; one row. */
	void (*flags)(const uint8_t *pixels, uint32_t value, uint8_t *flags,
			uint32_t width);
	/*
	 * One bit for each byte of a row, the leftmost in the highest bit, 1
	 * where it is not `value`; the last byte is filled up with zeros.
	 */
	void (*pack)(const uint8_t *bytes, uint8_t value, uint8_t *bits,
			uint32_t width);
};

/* The level must run here. */
const struct vnc_scan *vnc_scan_get(enum core_simd level);
