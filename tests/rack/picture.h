/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * A picture in plain RGB: what the rack shows to the product, and what a
 * viewer got. Owned by who created it.
 *
 * Threads: any.
 * Errors:  0 or -errno.
 */
struct picture {
	uint32_t width_px;
	uint32_t height_px;
	uint8_t *rgb; /* three bytes a pixel, rows without gaps */
};

int picture_create(struct picture **out, uint32_t width_px, uint32_t height_px);

/* NULL is allowed. */
void picture_destroy(struct picture *picture);

/* Binary PPM. */
int picture_load(struct picture **out, const char *path);
int picture_save(const struct picture *picture, const char *path);

/*
 * Fill with a named pattern: "bars", "gradient", "noise", "text", "solid".
 * Equal seeds give equal pictures. -EINVAL: no such pattern.
 */
int picture_draw(struct picture *picture, const char *pattern, uint32_t seed);

static inline uint8_t *picture_at(
		const struct picture *picture, uint32_t x_px, uint32_t y_px)
{
	return picture->rgb + ((size_t)y_px * picture->width_px + x_px) * 3;
}
