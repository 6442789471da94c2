/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/canvas.h"

#include <errno.h>
#include <stdlib.h>

#include "video/font.h"

#define GLYPH_WIDTH_PX 8
#define GLYPH_HEIGHT_PX 16

int canvas_init(struct canvas *canvas, uint32_t width_px, uint32_t height_px)
{
	*canvas = (struct canvas){.width_px = width_px, .height_px = height_px};
	canvas->pixels = calloc((size_t)width_px * height_px,
			sizeof(canvas->pixels[0]));
	return canvas->pixels ? 0 : -ENOMEM;
}

void canvas_finish(struct canvas *canvas)
{
	free(canvas->pixels);
	*canvas = (struct canvas){0};
}

static uint32_t clamp_channel(int value)
{
	return (uint32_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

uint32_t canvas_colour(int red, int green, int blue)
{
	return clamp_channel(red) << 16 | clamp_channel(green) << 8 |
			clamp_channel(blue);
}

/* start..start+length, cut to 0..limit. */
static void cut(int start, int length, uint32_t limit, uint32_t *from,
		uint32_t *to)
{
	const int end = start + length;

	*from = start < 0 ? 0 : (uint32_t)start;
	*to = end < 0 ? 0 : (uint32_t)end;
	if (*to > limit)
		*to = limit;
}

void canvas_fill(struct canvas *canvas, int x_px, int y_px, int width_px,
		int height_px, uint32_t colour)
{
	uint32_t left, right, top, bottom;

	cut(x_px, width_px, canvas->width_px, &left, &right);
	cut(y_px, height_px, canvas->height_px, &top, &bottom);
	for (uint32_t y = top; y < bottom; y++) {
		for (uint32_t x = left; x < right; x++)
			canvas_row(canvas, y)[x] = colour;
	}
}

static int compare_code_point(const void *key, const void *entry)
{
	const struct video_font_entry *found = entry;

	return *(const int *)key - found->code_point;
}

static const uint8_t *find_glyph(int code_point)
{
	const struct video_font_entry *entry = bsearch(&code_point,
			video_font_entries, video_font_entries_n,
			sizeof(video_font_entries[0]), compare_code_point);

	return video_font_glyphs[entry ? entry->glyph : 0];
}

static void draw_glyph(struct canvas *canvas, int x_px, int y_px,
		const struct canvas_pen *pen, const uint8_t *glyph)
{
	canvas_fill(canvas, x_px, y_px, pen->cell_px, GLYPH_HEIGHT_PX,
			pen->background);
	for (int y = 0; y < GLYPH_HEIGHT_PX; y++) {
		const unsigned strokes = glyph[y] | (unsigned)glyph[y] >> 1;

		for (int x = 0; x < GLYPH_WIDTH_PX; x++) {
			if (strokes & 0x80U >> x)
				canvas_fill(canvas, x_px + x, y_px + y, 1, 1,
						pen->foreground);
		}
	}
}

void canvas_text(struct canvas *canvas, int x_px, int y_px,
		const struct canvas_pen *pen, const char *text)
{
	for (; *text; text++, x_px += pen->cell_px)
		draw_glyph(canvas, x_px, y_px, pen, find_glyph(*text));
}

/* A place between two samples of an axis; `weight` of 256 is the second's. */
struct between {
	uint32_t first;
	uint32_t second;
	uint32_t weight;
};

/* Where the centre of pixel `at` of `to_px` lies in `from_px` pixels. */
static struct between locate(uint32_t at, uint32_t to_px, uint32_t from_px)
{
	const int64_t place =
			(int64_t)(2 * at + 1) * from_px * 128 / to_px - 128;
	const uint64_t clipped = place < 0 ? 0 : (uint64_t)place;
	struct between between = {.first = (uint32_t)(clipped >> 8),
			.weight = (uint32_t)(clipped & 0xff)};

	between.second = between.first + 1;
	if (between.second >= from_px)
		between.second = from_px - 1;
	return between;
}

/* All channels of two pixels at once: two apart leave room to multiply. */
static uint32_t blend(uint32_t first, uint32_t second, uint32_t weight)
{
	const uint32_t red_blue = (first & 0xff00ff) * (256 - weight) +
			(second & 0xff00ff) * weight;
	const uint32_t green = (first & 0xff00) * (256 - weight) +
			(second & 0xff00) * weight;

	return (red_blue >> 8 & 0xff00ff) | (green >> 8 & 0xff00);
}

void canvas_scale(struct canvas *to, const struct canvas *from)
{
	for (uint32_t y = 0; y < to->height_px; y++) {
		const struct between rows =
				locate(y, to->height_px, from->height_px);
		const uint32_t *above = canvas_row(from, rows.first);
		const uint32_t *below = canvas_row(from, rows.second);

		for (uint32_t x = 0; x < to->width_px; x++) {
			const struct between at =
					locate(x, to->width_px, from->width_px);

			canvas_row(to, y)[x] = blend(
					blend(above[at.first], above[at.second],
							at.weight),
					blend(below[at.first], below[at.second],
							at.weight),
					rows.weight);
		}
	}
}
