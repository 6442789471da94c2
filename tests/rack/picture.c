/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/rack/picture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int picture_create(struct picture **out, uint32_t width_px, uint32_t height_px)
{
	struct picture *picture = calloc(1, sizeof(*picture));

	*out = NULL;
	if (!picture)
		return -ENOMEM;
	picture->width_px = width_px;
	picture->height_px = height_px;
	picture->rgb = calloc((size_t)width_px * height_px, 3);
	if (!picture->rgb) {
		picture_destroy(picture);
		return -ENOMEM;
	}
	*out = picture;
	return 0;
}

void picture_destroy(struct picture *picture)
{
	if (!picture)
		return;
	free(picture->rgb);
	free(picture);
}

int picture_load(struct picture **out, const char *path)
{
	FILE *file = fopen(path, "rb");
	unsigned width, height;
	size_t bytes;
	int rc;

	*out = NULL;
	if (!file)
		return -errno;
	rc = -EINVAL;
	if (fscanf(file, "P6 %u %u 255", &width, &height) != 2 ||
			width > 8192 || height > 8192)
		goto done;
	fgetc(file); /* the one blank after the header */

	rc = picture_create(out, width, height);
	if (rc < 0)
		goto done;
	bytes = (size_t)width * height * 3;
	if (fread((*out)->rgb, 1, bytes, file) != bytes) {
		picture_destroy(*out);
		*out = NULL;
		rc = -EINVAL;
	}
done:
	fclose(file);
	return rc;
}

int picture_save(const struct picture *picture, const char *path)
{
	FILE *file = fopen(path, "wb");
	size_t bytes = (size_t)picture->width_px * picture->height_px * 3;
	int rc = 0;

	if (!file)
		return -errno;
	fprintf(file, "P6\n%u %u\n255\n", picture->width_px,
			picture->height_px);
	if (fwrite(picture->rgb, 1, bytes, file) != bytes)
		rc = -EIO;
	if (fclose(file) != 0)
		rc = -errno;
	return rc;
}

/* xorshift32: the same on every machine. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void draw_bars(struct picture *picture, uint32_t seed)
{
	for (uint32_t y = 0; y < picture->height_px; y++) {
		for (uint32_t x = 0; x < picture->width_px; x++) {
			uint8_t *pixel = picture_at(picture, x, y);
			uint32_t bar = 7 -
					(x * 8 / picture->width_px + seed) % 8;

			pixel[0] = bar & 2 ? 255 : 0;
			pixel[1] = bar & 4 ? 255 : 0;
			pixel[2] = bar & 1 ? 255 : 0;
		}
	}
}

static void draw_gradient(struct picture *picture, uint32_t seed)
{
	for (uint32_t y = 0; y < picture->height_px; y++) {
		for (uint32_t x = 0; x < picture->width_px; x++) {
			uint8_t *pixel = picture_at(picture, x, y);

			pixel[0] = (uint8_t)(x * 255 / picture->width_px);
			pixel[1] = (uint8_t)(y * 255 / picture->height_px);
			pixel[2] = (uint8_t)(x + y + seed);
		}
	}
}

static void draw_noise(struct picture *picture, uint32_t seed)
{
	size_t bytes = (size_t)picture->width_px * picture->height_px * 3;
	uint32_t state = seed * 2654435761u + 1;

	for (size_t i = 0; i < bytes; i++)
		picture->rgb[i] = (uint8_t)(next_random(&state) >> 11);
}

/* Not letters, but as many edges as a screen of them: 8x16 cells. */
static void draw_text(struct picture *picture, uint32_t seed)
{
	uint32_t columns = picture->width_px / 8 + 1;

	for (uint32_t y = 0; y < picture->height_px; y++) {
		for (uint32_t x = 0; x < picture->width_px; x++) {
			uint32_t cell = y / 16 * columns + x / 8;
			uint32_t state = (cell / 7 + seed) * 2654435761u + 1;
			uint32_t glyph = next_random(&state);
			uint8_t ink;

			/* Words are apart, lines have space between. */
			if (cell % 7 == 6 || y % 16 < 3 || y % 16 > 12)
				glyph = 0;
			state = (glyph + y % 16 + cell % 7) * 40503u + 1;
			ink = glyph && next_random(&state) >> (x % 8) & 1 ? 204
									  : 0;
			memset(picture_at(picture, x, y), ink, 3);
		}
	}
}

static void draw_solid(struct picture *picture, uint32_t seed)
{
	size_t pixels = (size_t)picture->width_px * picture->height_px;

	for (size_t i = 0; i < pixels; i++) {
		picture->rgb[i * 3] = (uint8_t)(seed >> 16);
		picture->rgb[i * 3 + 1] = (uint8_t)(seed >> 8);
		picture->rgb[i * 3 + 2] = (uint8_t)seed;
	}
}

static const struct {
	const char *name;
	void (*draw)(struct picture *picture, uint32_t seed);
} patterns[] = {
		{"bars", draw_bars},
		{"gradient", draw_gradient},
		{"noise", draw_noise},
		{"text", draw_text},
		{"solid", draw_solid},
};

int picture_draw(struct picture *picture, const char *pattern, uint32_t seed)
{
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		if (strcmp(patterns[i].name, pattern) == 0) {
			patterns[i].draw(picture, seed);
			return 0;
		}
	}
	return -EINVAL;
}
