/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/palette.h"

#include <string.h>

/* A step of fixed length without branches, which compilers turn into SIMD. */
#define BLOCK 16

static bool block_has_other(const uint32_t *pixels, uint32_t a, uint32_t b)
{
	uint32_t other = 0;

	for (unsigned i = 0; i < BLOCK; i++)
		other |= (uint32_t)(pixels[i] != a) &
				(uint32_t)(pixels[i] != b);
	return other != 0;
}

/* The length of the run from `start` that has no colours but a and b. */
static size_t run_of_two(const uint32_t *pixels, size_t pixels_n, size_t start,
		uint32_t a, uint32_t b)
{
	size_t i = start;

	while (i + BLOCK <= pixels_n && !block_has_other(pixels + i, a, b))
		i += BLOCK;
	while (i < pixels_n && (pixels[i] == a || pixels[i] == b))
		i++;
	return i;
}

static unsigned hash(uint32_t colour)
{
	return (unsigned)((colour * UINT32_C(2654435761)) >> 22) &
			(VNC_PALETTE_SLOTS - 1);
}

/* The colour's index, added if it is new; -1 if there is no room for it. */
static int look_up(struct vnc_palette *palette, uint32_t colour, unsigned max)
{
	unsigned slot = hash(colour);

	while (palette->slots[slot] != 0) {
		const unsigned index = palette->slots[slot] - 1U;

		if (palette->colours[index] == colour)
			return (int)index;
		slot = (slot + 1) & (VNC_PALETTE_SLOTS - 1);
	}
	if (palette->colours_n == max)
		return -1;
	palette->colours[palette->colours_n] = colour;
	palette->slots[slot] = (uint16_t)++palette->colours_n;
	return (int)palette->colours_n - 1;
}

static bool index_all(struct vnc_palette *palette, const uint32_t *pixels,
		size_t pixels_n, unsigned max, uint8_t *indices)
{
	uint32_t colour = ~pixels[0];
	int index = 0;

	memset(palette->slots, 0, sizeof(palette->slots));
	palette->colours_n = 0;
	for (size_t i = 0; i < pixels_n; i++) {
		if (pixels[i] != colour) {
			colour = pixels[i];
			index = look_up(palette, colour, max);
			if (index < 0)
				return false;
		}
		indices[i] = (uint8_t)index;
	}
	return true;
}

bool vnc_palette_find(struct vnc_palette *palette, const uint32_t *pixels,
		size_t pixels_n, unsigned max, uint8_t *indices)
{
	const uint32_t first = pixels[0];
	size_t end = run_of_two(pixels, pixels_n, 0, first, first);
	uint32_t second;

	palette->colours[0] = first;
	palette->colours_n = 1;
	if (end == pixels_n)
		return true;

	second = pixels[end];
	palette->colours[1] = second;
	palette->colours_n = 2;
	if (run_of_two(pixels, pixels_n, end, first, second) == pixels_n)
		return true;
	return index_all(palette, pixels, pixels_n, max, indices);
}

size_t vnc_palette_count_flat(const uint32_t *pixels, size_t pixels_n)
{
	size_t flat = 0;

	for (size_t i = 1; i < pixels_n; i++)
		flat += pixels[i] == pixels[i - 1];
	return flat;
}
