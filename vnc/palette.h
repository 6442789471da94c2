/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The colours of a run of pixels (B G R 0 in memory, so that two are equal
 * when their words are), in the order in which they first appear.
 *
 * Threads: any; one palette belongs to one thread at a time.
 * Errors:  none.
 */
#define VNC_PALETTE_MAX 256
#define VNC_PALETTE_SLOTS 1024

struct vnc_palette {
	unsigned colours_n;
	uint32_t colours[VNC_PALETTE_MAX];
	uint16_t slots[VNC_PALETTE_SLOTS]; /* hash: index + 1; 0 is free */
};

/*
 * Find the colours and write each pixel's index to `indices` if they are no
 * more than `max` (2 to VNC_PALETTE_MAX); false: there are more. With one or
 * two colours `indices` is left alone.
 */
bool vnc_palette_find(struct vnc_palette *palette, const uint32_t *pixels,
		size_t pixels_n, unsigned max, uint8_t *indices);

/* How many pixels are equal to the one before them. */
size_t vnc_palette_count_flat(const uint32_t *pixels, size_t pixels_n);
