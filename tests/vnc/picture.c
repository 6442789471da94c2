/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vnc/picture.h"

#include <endian.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct picture {
	struct video_frame frame; /* first */
	uint32_t pixels[];
};

static unsigned alive;

unsigned picture_alive(void)
{
	return alive;
}

uint32_t picture_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void release(struct video_frame *frame)
{
	alive--;
	free(frame);
}

static struct picture *create(uint32_t width_px, uint32_t height_px)
{
	struct picture *picture = malloc(sizeof(*picture) +
			(size_t)width_px * height_px * sizeof(uint32_t));

	if (!picture)
		abort();
	picture->frame = (struct video_frame){
			.layout = {.pixel = VIDEO_PIXEL_BGRX,
					.full_range = true,
					.width_px = width_px,
					.height_px = height_px,
					.stride_bytes = {width_px * 4}},
			.plane = {(const uint8_t *)picture->pixels},
			.refs = 1,
			.release = release,
	};
	alive++;
	return picture;
}

static uint32_t random_colour(uint32_t *state)
{
	return htole32(picture_random(state) & 0xffffff);
}

/* Exactly `colours_n` colours, if there are as many pixels. */
static uint32_t from_palette(
		uint32_t index, uint32_t colours_n, uint32_t *state)
{
	const uint32_t n = index < colours_n
			? index
			: picture_random(state) % colours_n;

	return htole32((n + 1) * UINT32_C(0x3b9d71) & 0xffffff);
}

static uint32_t photo(uint32_t x, uint32_t y, uint32_t *state)
{
	const uint32_t grain = picture_random(state) & 3;
	const uint32_t red = (x * 3 + y) / 8 % 200 + grain;
	const uint32_t green = (x + y * 2) / 6 % 220 + grain;
	const uint32_t blue = (x * x / 64 + y * y / 32) / 8 % 250 + grain;

	return htole32(red << 16 | green << 8 | blue);
}

static uint32_t pixel(enum picture_kind kind, uint32_t x, uint32_t y,
		uint32_t index, uint32_t *state);

static uint32_t patch(uint32_t x, uint32_t y, uint32_t index, uint32_t *state)
{
	return pixel((x / 80 + y / 48) % PICTURE_MIXED, x, y, index + 300,
			state);
}

static uint32_t pixel(enum picture_kind kind, uint32_t x, uint32_t y,
		uint32_t index, uint32_t *state)
{
	switch (kind) {
	case PICTURE_FILL:
		return from_palette(0, 1, state);
	case PICTURE_MONO:
		return from_palette(index, 2, state);
	case PICTURE_COLOURS_3:
		return from_palette(index, 3, state);
	case PICTURE_COLOURS_24:
		return from_palette(index, 24, state);
	case PICTURE_COLOURS_25:
		return from_palette(index, 25, state);
	case PICTURE_COLOURS_256:
		return from_palette(index, 256, state);
	case PICTURE_COLOURS_257:
		return from_palette(index, 257, state);
	case PICTURE_FLAT:
		return index % 40 == 39 ? from_palette(index / 40, 100, state)
					: 0;
	case PICTURE_PHOTO:
		return photo(x, y, state);
	case PICTURE_MIXED:
		return patch(x, y, index, state);
	default:
		return random_colour(state);
	}
}

struct video_frame *picture_create(uint32_t width_px, uint32_t height_px,
		enum picture_kind kind, uint32_t seed)
{
	struct picture *picture = create(width_px, height_px);
	uint32_t state = seed * 2 + 1;
	uint32_t index = 0;

	for (uint32_t y = 0; y < height_px; y++) {
		for (uint32_t x = 0; x < width_px; x++, index++)
			picture->pixels[index] =
					pixel(kind, x, y, index, &state);
	}
	return &picture->frame;
}

struct video_frame *picture_change(
		const struct video_frame *frame, uint32_t x_px, uint32_t y_px)
{
	const struct video_layout *layout = &frame->layout;
	struct picture *picture = create(layout->width_px, layout->height_px);

	memcpy(picture->pixels, frame->plane[0],
			(size_t)layout->width_px * layout->height_px * 4);
	picture->pixels[(size_t)y_px * layout->width_px + x_px] ^=
			htole32(0x10101);
	return &picture->frame;
}

uint32_t picture_pixel(
		const struct video_frame *frame, uint32_t x_px, uint32_t y_px)
{
	uint32_t value;

	memcpy(&value,
			frame->plane[0] +
					(size_t)y_px *
							frame->layout.stride_bytes
									[0] +
					(size_t)x_px * 4,
			sizeof(value));
	return le32toh(value);
}
