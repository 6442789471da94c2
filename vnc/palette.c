/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/palette.h"

#include <string.h>

#include "vnc/strip.h"

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

static bool find_keys(struct vnc_palette *palette,
		const struct vnc_surface *surface,
		const struct video_rect *block, unsigned max, uint8_t *indices)
{
	uint32_t keys[VNC_STRIP_WIDTH_MAX_PX];
	uint32_t last = UINT32_MAX;
	int index = 0;

	memset(palette->slots, 0, sizeof(palette->slots));
	for (uint32_t y = 0; y < block->height_px; y++) {
		vnc_surface_read_keys(surface, block->x_px, block->y_px + y,
				block->width_px, keys);
		for (uint32_t x = 0; x < block->width_px; x++) {
			if (keys[x] != last) {
				last = keys[x];
				index = look_up(palette, last, max);
				if (index < 0)
					return false;
			}
			*indices++ = (uint8_t)index;
		}
	}
	return true;
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
