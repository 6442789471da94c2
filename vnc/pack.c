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

/* A sum of fixed length without branches, which compilers turn into SIMD. */
static uint8_t pack_byte(const uint32_t *pixels, uint32_t background)
{
	static const uint32_t weights[8] = {128, 64, 32, 16, 8, 4, 2, 1};
	uint32_t bits = 0;

	for (unsigned i = 0; i < 8; i++)
		bits += pixels[i] != background ? weights[i] : 0;
	return (uint8_t)bits;
}

static uint8_t pack_end(
		const uint32_t *pixels, uint32_t pixels_n, uint32_t background)
{
	unsigned bits = 0;

	for (uint32_t i = 0; i < pixels_n; i++)
		bits |= (unsigned)(pixels[i] != background) << (7 - i);
	return (uint8_t)bits;
}

uint8_t *vnc_pack_bits(uint8_t *out, const uint32_t *pixels, uint32_t width_px,
		uint32_t height_px, uint32_t background)
{
	for (uint32_t y = 0; y < height_px; y++) {
		const uint32_t *row = pixels + (size_t)y * width_px;
		uint32_t x = 0;

		for (; x + 8 <= width_px; x += 8)
			*out++ = pack_byte(row + x, background);
		if (x < width_px)
			*out++ = pack_end(row + x, width_px - x, background);
	}
	return out;
}
