/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "video/rect.h"
#include "vnc/surface.h"

/*
 * The colours of a block, as keys, in the order in which they first appear.
 *
 * Threads: any; one palette belongs to one thread at a time.
 * Errors:  none.
 */
#define VNC_PALETTE_MAX 256
#define VNC_PALETTE_SLOTS 1024

struct vnc_palette {
	unsigned colours_n;
	uint32_t keys[VNC_PALETTE_MAX];
	uint16_t slots[VNC_PALETTE_SLOTS]; /* hash: index + 1; 0 is free */
};

/*
 * Find the colours and write each pixel's index to `indices` if they are no
 * more than `max` (up to VNC_PALETTE_MAX); false: there are more.
 */
bool vnc_palette_find(struct vnc_palette *palette,
		const struct vnc_surface *surface,
		const struct video_rect *block, unsigned max, uint8_t *indices);
