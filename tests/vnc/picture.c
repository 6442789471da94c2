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

static uint32_t soft(uint32_t x, uint32_t y)
{
	const uint32_t red = 30 + (x * 2 + y) / 5 % 200;
	const uint32_t green = 40 + (x + y * 3) / 8;
	const uint32_t blue = 200 - (x + y) / 4;

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
	case PICTURE_SOFT:
		return soft(x, y);
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

void picture_paste(struct video_frame *frame, const struct video_frame *from,
		const struct video_rect *rect)
{
	struct picture *picture = (struct picture *)frame;

	for (uint32_t y = rect->y_px; y < rect->y_px + rect->height_px; y++)
		for (uint32_t x = rect->x_px; x < rect->x_px + rect->width_px;
				x++)
			picture->pixels[(size_t)y * frame->layout.width_px +
					x] = htole32(picture_pixel(from, x, y));
}

void picture_tint(struct video_frame *frame, const struct video_rect *rect,
		uint32_t tint)
{
	struct picture *picture = (struct picture *)frame;

	for (uint32_t y = rect->y_px; y < rect->y_px + rect->height_px; y++)
		for (uint32_t x = rect->x_px; x < rect->x_px + rect->width_px;
				x++)
			picture->pixels[(size_t)y * frame->layout.width_px +
					x] ^= htole32(tint & 0xffffff);
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

size_t picture_difference(
		const struct video_frame *frame, const uint32_t *pixels)
{
	uint32_t width_px = frame->layout.width_px;
	size_t pixels_n = (size_t)width_px * frame->layout.height_px;
	size_t i = 0;

	while (i < pixels_n &&
			pixels[i] ==
					picture_pixel(frame,
							(uint32_t)(i % width_px),
							(uint32_t)(i / width_px)))
		i++;
	return i;
}

/* Y', Cb, Cr, or R, G, B, of one pixel, in the layout's range. */
static void components_of(
		const struct video_layout *layout, uint32_t pixel, int out[3])
{
	static const double kr[] = {0.299, 0.2126, 0.2627};
	static const double kb[] = {0.114, 0.0722, 0.0593};
	const double red = pixel >> 16 & 0xff;
	const double green = pixel >> 8 & 0xff;
	const double blue = pixel & 0xff;
	const double r = kr[layout->matrix], b = kb[layout->matrix];
	const double luma = r * red + (1 - r - b) * green + b * blue;
	const bool full = layout->full_range;
	const double gain = full ? 1 : 219 / 255.0;
	const double chroma_gain = full ? 1 : 224 / 255.0;
	const double offset = full ? 0.5 : 16.5;

	if (layout->pixel < VIDEO_PIXEL_YUYV) {
		out[0] = (int)(red * gain + offset);
		out[1] = (int)(green * gain + offset);
		out[2] = (int)(blue * gain + offset);
		return;
	}
	out[0] = (int)(luma * gain + offset);
	out[1] = (int)((blue - luma) / 2 / (1 - b) * chroma_gain + 128.5);
	out[2] = (int)((red - luma) / 2 / (1 - r) * chroma_gain + 128.5);
	for (unsigned i = 1; i < 3; i++)
		out[i] = out[i] > 255 ? 255 : out[i];
}

static void put_pixel(const struct video_layout *layout,
		uint8_t *const planes[3], uint32_t x, uint32_t y,
		const int value[3])
{
	static const struct {
		uint8_t plane[3], first[3], step[3], halve_x, halve_y;
	} places[] = {
			[VIDEO_PIXEL_BGRX] = {{0}, {2, 1, 0}, {4, 4, 4}, 0, 0},
			[VIDEO_PIXEL_RGB24] = {{0}, {0, 1, 2}, {3, 3, 3}, 0, 0},
			[VIDEO_PIXEL_BGR24] = {{0}, {2, 1, 0}, {3, 3, 3}, 0, 0},
			[VIDEO_PIXEL_YUYV] = {{0}, {0, 1, 3}, {2, 4, 4}, 1, 0},
			[VIDEO_PIXEL_UYVY] = {{0}, {1, 0, 2}, {2, 4, 4}, 1, 0},
			[VIDEO_PIXEL_NV12] = {{0, 1, 1}, {0, 0, 1}, {1, 2, 2},
					1, 1},
			[VIDEO_PIXEL_NV16] = {{0, 1, 1}, {0, 0, 1}, {1, 2, 2},
					1, 0},
			[VIDEO_PIXEL_YU12] = {{0, 1, 2}, {0}, {1, 1, 1}, 1, 1},
			[VIDEO_PIXEL_YU16] = {{0, 1, 2}, {0}, {1, 1, 1}, 1, 0},
	};
	const unsigned pixel = layout->pixel;

	for (unsigned i = 0; i < 3; i++) {
		const unsigned plane = places[pixel].plane[i];
		const uint32_t across = i > 0 ? places[pixel].halve_x : 0;
		const uint32_t down = i > 0 ? places[pixel].halve_y : 0;

		if ((x & across) || (y & down))
			continue;
		planes[plane][(size_t)layout->stride_bytes[plane] *
						(y >> down) +
				(size_t)(x >> across) * places[pixel].step[i] +
				places[pixel].first[i]] = (uint8_t)value[i];
	}
}

struct video_frame *picture_translate(const struct video_frame *frame,
		enum video_pixel pixel, enum video_matrix matrix,
		bool full_range)
{
	struct video_layout layout = {.pixel = pixel,
			.matrix = matrix,
			.full_range = full_range,
			.width_px = frame->layout.width_px & ~1U,
			.height_px = frame->layout.height_px & ~1U};
	struct picture *picture =
			create(frame->layout.width_px, frame->layout.height_px);
	uint8_t *planes[3] = {(uint8_t *)picture->pixels};

	video_layout_set_strides(&layout);
	picture->frame.layout = layout;
	for (unsigned i = 1; i < 3; i++)
		planes[i] = planes[i - 1] +
				video_layout_plane_bytes(&layout, i - 1);
	for (unsigned i = 0; i < 3; i++)
		picture->frame.plane[i] = planes[i];
	for (uint32_t y = 0; y < layout.height_px; y++) {
		for (uint32_t x = 0; x < layout.width_px; x++) {
			int value[3];

			components_of(&layout, picture_pixel(frame, x, y),
					value);
			put_pixel(&layout, planes, x, y, value);
		}
	}
	return &picture->frame;
}
