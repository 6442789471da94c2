/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/pack.h"

#include <endian.h>

uint8_t *vnc_pack_rgb(uint8_t *out, const uint32_t *pixels, size_t pixels_n)
{
	for (size_t i = 0; i < pixels_n; i++) {
		const uint32_t pixel = le32toh(pixels[i]);

		*out++ = (uint8_t)(pixel >> 16);
		*out++ = (uint8_t)(pixel >> 8);
		*out++ = (uint8_t)pixel;
	}
	return out;
}
