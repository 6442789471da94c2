/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/png.h"

#include <assert.h>
#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "video/frame.h"

/* The quickest: what else zlib finds in a screen is not worth the time. */
#define ZLIB_LEVEL 1

#define COLOURS_MAX 256
#define SLOTS_POWER 10
#define SLOTS (1u << SLOTS_POWER)
static_assert(SLOTS >= 4 * COLOURS_MAX, "a free slot is found soon");

struct picture {
	const uint8_t *bgrx;
	size_t stride_bytes;
	uint32_t width_px;
	uint32_t height_px;
};

/* Colours are 0x00RRGGBB. */
struct palette {
	unsigned colours_n; /* COLOURS_MAX + 1: there are too many */
	uint32_t colours[COLOURS_MAX];
	struct {
		uint32_t colour;
		bool used;
		uint8_t index;
	} slots[SLOTS];
};

/* What libpng has written so far. */
struct sink {
	uint8_t *data;
	size_t size;
	size_t room;
};

struct encoder {
	png_structp png;
	png_infop info;
	struct sink sink;
	bool few; /* colours: all are in the palette */
	struct palette palette;
	uint8_t row[VIDEO_WIDTH_MAX_PX]; /* of indices */
};

/* ---- the palette --------------------------------------------------------- */

static uint32_t read_colour(const uint8_t *pixel)
{
	return (uint32_t)pixel[0] | (uint32_t)pixel[1] << 8 |
			(uint32_t)pixel[2] << 16;
}

/* The slot of that colour, or the free one where it belongs. */
static unsigned find_slot(const struct palette *palette, uint32_t colour)
{
	unsigned slot = colour * UINT32_C(2654435761) >> (32 - SLOTS_POWER);

	while (palette->slots[slot].used &&
			palette->slots[slot].colour != colour)
		slot = (slot + 1) % SLOTS;
	return slot;
}

static bool add_colour(struct palette *palette, uint32_t colour)
{
	unsigned slot = find_slot(palette, colour);

	if (palette->slots[slot].used)
		return true;
	if (palette->colours_n == COLOURS_MAX)
		return false;
	palette->slots[slot].used = true;
	palette->slots[slot].colour = colour;
	palette->slots[slot].index = (uint8_t)palette->colours_n;
	palette->colours[palette->colours_n++] = colour;
	return true;
}

/* False as soon as there are too many. */
static bool find_colours(struct palette *palette, const struct picture *picture)
{
	uint32_t last = UINT32_MAX; /* no colour */

	for (uint32_t y = 0; y < picture->height_px; y++) {
		const uint8_t *row = picture->bgrx + picture->stride_bytes * y;

		for (uint32_t x = 0; x < picture->width_px; x++) {
			uint32_t colour = read_colour(row + 4 * (size_t)x);

			if (colour == last)
				continue;
			if (!add_colour(palette, colour))
				return false;
			last = colour;
		}
	}
	return true;
}

static void index_row(const struct palette *palette, const uint8_t *bgrx,
		uint32_t width_px, uint8_t *indices)
{
	uint32_t last = UINT32_MAX;
	uint8_t index = 0;

	for (uint32_t x = 0; x < width_px; x++) {
		uint32_t colour = read_colour(bgrx + 4 * (size_t)x);

		if (colour != last)
			index = palette->slots[find_slot(palette, colour)]
						.index;
		indices[x] = index;
		last = colour;
	}
}

static int choose_bits(unsigned colours_n)
{
	return colours_n <= 2             ? 1
			: colours_n <= 4  ? 2
			: colours_n <= 16 ? 4
					  : 8;
}

/* ---- libpng -------------------------------------------------------------- */

static void on_error(png_structp png, const char *message)
{
	(void)message; /* of what can fail here, only memory does */
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, const char *message)
{
	(void)png;
	(void)message;
}

static void on_write(png_structp png, png_bytep data, size_t size)
{
	struct sink *sink = png_get_io_ptr(png);
	size_t needed = sink->size + size;

	if (needed > sink->room) {
		size_t room = needed * 2;
		uint8_t *more = realloc(sink->data, room);

		if (!more)
			png_error(png, "out of memory");
		sink->data = more;
		sink->room = room;
	}
	memcpy(sink->data + sink->size, data, size);
	sink->size = needed;
}

static void on_flush(png_structp png)
{
	(void)png;
}

static void write_palette(struct encoder *encoder)
{
	png_color colours[COLOURS_MAX];
	const struct palette *palette = &encoder->palette;

	for (unsigned i = 0; i < palette->colours_n; i++)
		colours[i] = (png_color){
				.red = (uint8_t)(palette->colours[i] >> 16),
				.green = (uint8_t)(palette->colours[i] >> 8),
				.blue = (uint8_t)palette->colours[i],
		};
	png_set_PLTE(encoder->png, encoder->info, colours,
			(int)palette->colours_n);
}

static void write_header(struct encoder *encoder, const struct picture *picture)
{
	png_structp png = encoder->png;
	bool few = encoder->few;

	png_set_IHDR(png, encoder->info, picture->width_px, picture->height_px,
			few ? choose_bits(encoder->palette.colours_n) : 8,
			few ? PNG_COLOR_TYPE_PALETTE : PNG_COLOR_TYPE_RGB,
			PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
			PNG_FILTER_TYPE_DEFAULT);
	if (few)
		write_palette(encoder);
	png_set_compression_level(png, ZLIB_LEVEL);
	png_set_filter(png, PNG_FILTER_TYPE_BASE,
			few ? PNG_FILTER_NONE : PNG_FILTER_UP);
	png_write_info(png, encoder->info);
	if (few) {
		png_set_packing(png);
	} else {
		png_set_bgr(png);
		png_set_filler(png, 0, PNG_FILLER_AFTER);
	}
}

/* Whatever fails inside comes back here. */
static int write_all(struct encoder *encoder, const struct picture *picture)
{
	if (setjmp(png_jmpbuf(encoder->png)))
		return -ENOMEM;
	write_header(encoder, picture);
	for (uint32_t y = 0; y < picture->height_px; y++) {
		const uint8_t *row = picture->bgrx + picture->stride_bytes * y;

		if (encoder->few) {
			index_row(&encoder->palette, row, picture->width_px,
					encoder->row);
			row = encoder->row;
		}
		png_write_row(encoder->png, row);
	}
	png_write_end(encoder->png, NULL);
	return 0;
}

static int create_libpng(struct encoder *encoder)
{
	encoder->png = png_create_write_struct(
			PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
	if (!encoder->png)
		return -ENOMEM;
	encoder->info = png_create_info_struct(encoder->png);
	if (!encoder->info)
		return -ENOMEM;
	png_set_write_fn(encoder->png, &encoder->sink, on_write, on_flush);
	return 0;
}

int video_png_encode(struct core_bytes **out, const uint8_t *bgrx,
		size_t stride_bytes, uint32_t width_px, uint32_t height_px)
{
	const struct picture picture = {
			bgrx, stride_bytes, width_px, height_px};
	struct encoder *encoder;
	int rc;

	*out = NULL;
	if (width_px == 0 || width_px > VIDEO_WIDTH_MAX_PX || height_px == 0 ||
			height_px > VIDEO_HEIGHT_MAX_PX ||
			stride_bytes < (size_t)width_px * 4)
		return -EINVAL;
	encoder = calloc(1, sizeof(*encoder));
	if (!encoder)
		return -ENOMEM;
	encoder->few = find_colours(&encoder->palette, &picture);
	rc = create_libpng(encoder);
	if (rc == 0)
		rc = write_all(encoder, &picture);
	if (rc == 0)
		rc = core_bytes_copy(
				out, encoder->sink.data, encoder->sink.size);
	png_destroy_write_struct(&encoder->png, &encoder->info);
	free(encoder->sink.data);
	free(encoder);
	return rc;
}
