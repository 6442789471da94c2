/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/palette.h"

#include <endian.h>
#include <string.h>

static unsigned hash(uint32_t key)
{
	return (unsigned)((key * UINT32_C(2654435761)) >> 22) &
			(VNC_PALETTE_SLOTS - 1);
}

/* The key's index, added if it is new; -1 if there is no room for it. */
static int look_up(struct vnc_palette *palette, uint32_t key, unsigned max)
{
	unsigned slot = hash(key);

	while (palette->slots[slot] != 0) {
		const unsigned index = palette->slots[slot] - 1U;

		if (palette->keys[index] == key)
			return (int)index;
		slot = (slot + 1) & (VNC_PALETTE_SLOTS - 1);
	}
	if (palette->colours_n == max)
		return -1;
	palette->keys[palette->colours_n] = key;
	palette->slots[slot] = (uint16_t)++palette->colours_n;
	return (int)palette->colours_n - 1;
}

#define NO_KEY UINT32_MAX

/* What the search has come to: the last key, if any, and its index. */
struct cursor {
	struct vnc_palette *palette;
	unsigned max;
	uint32_t key;
	uint8_t index;
};

static bool seek(struct cursor *cursor, uint32_t key)
{
	int index;

	if (key == cursor->key)
		return true;
	index = look_up(cursor->palette, key, cursor->max);
	cursor->key = key;
	cursor->index = (uint8_t)index;
	return index >= 0;
}

static uint32_t load_u32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint64_t load_u64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* Eight pixels from an even one have all the colour that was last. */
static bool are_last(const struct cursor *cursor, const struct vnc_samples *at,
		uint32_t x)
{
	const uint32_t key = cursor->key;

	return key != NO_KEY &&
			load_u64(at->luma + x) ==
			(key & 0xff) * UINT64_C(0x0101010101010101) &&
			load_u32(at->cb + x / 2) ==
			(key >> 8 & 0xff) * UINT32_C(0x01010101) &&
			load_u32(at->cr + x / 2) ==
			(key >> 16 & 0xff) * UINT32_C(0x01010101);
}

/* `odd` is 1 if the first pixel is the second of those that share chroma. */
static bool index_samples(struct cursor *cursor, const struct vnc_samples *at,
		uint32_t odd, uint32_t width, uint8_t *indices)
{
	for (uint32_t x = 0; x < width; x++) {
		const uint32_t pair = (x + odd) / 2;

		if (x % 8 == 0 && x + 8 <= width && odd == 0 &&
				are_last(cursor, at, x)) {
			memset(indices + x, cursor->index, 8);
			x += 7;
			continue;
		}
		if (!seek(cursor,
				    at->luma[x] | (uint32_t)at->cb[pair] << 8 |
						    (uint32_t)at->cr[pair]
								    << 16))
			return false;
		indices[x] = cursor->index;
	}
	return true;
}

static bool index_pixels(struct cursor *cursor, const uint8_t *pixels,
		uint32_t width, uint8_t *indices)
{
	const uint32_t colour = htole32(0x00ffffff);

	for (uint32_t x = 0; x < width; x++) {
		if (!seek(cursor, load_u32(pixels + 4 * x) & colour))
			return false;
		indices[x] = cursor->index;
	}
	return true;
}

static bool find_keys(struct vnc_palette *palette,
		const struct vnc_surface *surface,
		const struct video_rect *block, unsigned max, uint8_t *indices)
{
	struct cursor cursor = {.palette = palette, .max = max, .key = NO_KEY};
	bool fits = true;

	memset(palette->slots, 0, sizeof(palette->slots));
	for (uint32_t y = 0; y < block->height_px && fits; y++) {
		const struct vnc_samples at = vnc_surface_samples(
				surface, block->x_px, block->y_px + y);

		fits = surface->is_yuv
				? index_samples(&cursor, &at, block->x_px & 1,
						  block->width_px, indices)
				: index_pixels(&cursor, at.pixel,
						  block->width_px, indices);
		indices += block->width_px;
	}
	return fits;
}

/* One chroma: luma alone tells the colours apart, by a table. */
static bool find_lumas(struct vnc_palette *palette,
		const struct vnc_surface *surface,
		const struct video_rect *block, uint32_t chroma, unsigned max,
		uint8_t *indices)
{
	const struct video_planes *planes = &surface->planes;
	const uint8_t *row = planes->plane[0] + block->x_px +
			(size_t)planes->stride_bytes[0] * block->y_px;
	int16_t index_of[UINT8_MAX + 1];

	memset(index_of, 0xff, sizeof(index_of)); /* -1: not seen */
	for (uint32_t y = 0; y < block->height_px; y++) {
		for (uint32_t x = 0; x < block->width_px; x++) {
			int index = index_of[row[x]];

			if (index < 0) {
				if (palette->colours_n == max)
					return false;
				index = (int)palette->colours_n++;
				index_of[row[x]] = (int16_t)index;
				palette->keys[index] = row[x] | chroma;
			}
			indices[x] = (uint8_t)index;
		}
		indices += block->width_px;
		row += planes->stride_bytes[0];
	}
	return true;
}

bool vnc_palette_find(struct vnc_palette *palette,
		const struct vnc_surface *surface,
		const struct video_rect *block, unsigned max, uint8_t *indices)
{
	uint32_t chroma;

	palette->colours_n = 0;
	if (surface->is_yuv && vnc_surface_is_grey(surface, block, &chroma))
		return find_lumas(
				palette, surface, block, chroma, max, indices);
	return find_keys(palette, surface, block, max, indices);
}
