/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vnc/tight-decode.h"

#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include <cmocka.h>

#include "video/frame.h"
#include "video/jpeg.h"

struct reader {
	const uint8_t *bytes;
	size_t size;
	size_t at;
};

static const uint8_t *take(struct reader *reader, size_t count)
{
	const uint8_t *bytes = reader->bytes + reader->at;

	assert_true(count <= reader->size - reader->at);
	reader->at += count;
	return bytes;
}

static unsigned take_u8(struct reader *reader)
{
	return *take(reader, 1);
}

static unsigned take_u16(struct reader *reader)
{
	const unsigned high = take_u8(reader);

	return high << 8 | take_u8(reader);
}

static uint32_t take_colour(struct reader *reader)
{
	const uint8_t *rgb = take(reader, 3);

	return (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
}

static size_t take_length(struct reader *reader)
{
	size_t length = 0;
	unsigned byte = 0x80;

	for (unsigned shift = 0; shift < 21 && byte & 0x80; shift += 7) {
		byte = take_u8(reader);
		length |= (size_t)(shift == 14 ? byte : byte & 0x7f) << shift;
	}
	return length;
}

void tight_decoder_init(struct tight_decoder *decoder, uint32_t width_px,
		uint32_t height_px)
{
	memset(decoder, 0, sizeof(*decoder));
	decoder->width_px = width_px;
	decoder->height_px = height_px;
	decoder->canvas = calloc((size_t)width_px * height_px, 4);
	assert_non_null(decoder->canvas);
	decoder->lossy = calloc(
			(size_t)width_px * height_px, sizeof(*decoder->lossy));
	assert_non_null(decoder->lossy);
	decoder->kinds = calloc(width_px, height_px);
	assert_non_null(decoder->kinds);
}

void tight_decoder_finish(struct tight_decoder *decoder)
{
	for (unsigned i = 0; i < 4; i++) {
		if (decoder->begun[i])
			inflateEnd(&decoder->streams[i]);
	}
	free(decoder->canvas);
	free(decoder->lossy);
	free(decoder->kinds);
}

static void reset_streams(struct tight_decoder *decoder, unsigned bits)
{
	for (unsigned i = 0; i < 4; i++) {
		if (bits & 1U << i && decoder->begun[i]) {
			inflateEnd(&decoder->streams[i]);
			decoder->begun[i] = false;
		}
	}
}

static uint8_t *inflate_rect(struct tight_decoder *decoder,
		struct reader *reader, size_t expected)
{
	z_stream *stream = &decoder->streams[decoder->stream];
	uint8_t *data = malloc(expected);
	size_t length;

	assert_non_null(data);
	decoder->bare = expected < 12;
	if (decoder->bare) {
		memcpy(data, take(reader, expected), expected);
		return data;
	}
	if (!decoder->begun[decoder->stream]) {
		memset(stream, 0, sizeof(*stream));
		assert_int_equal(inflateInit(stream), Z_OK);
		decoder->begun[decoder->stream] = true;
	}
	length = take_length(reader);
	stream->next_in = (Bytef *)(uintptr_t)take(reader, length);
	stream->avail_in = (uInt)length;
	stream->next_out = data;
	stream->avail_out = (uInt)expected;
	assert_int_equal(inflate(stream, Z_SYNC_FLUSH), Z_OK);
	assert_int_equal(stream->avail_out, 0);
	/* At most the flush marker is left; it must give nothing more. */
	if (stream->avail_in > 0) {
		uint8_t more;

		stream->next_out = &more;
		stream->avail_out = 1;
		inflate(stream, Z_SYNC_FLUSH);
		assert_int_equal(stream->avail_out, 1);
		assert_int_equal(stream->avail_in, 0);
	}
	return data;
}

static uint32_t *pixel_at(struct tight_decoder *decoder, uint32_t x, uint32_t y)
{
	return &decoder->canvas[(size_t)(decoder->y_px + y) *
					decoder->width_px +
			decoder->x_px + x];
}

static void decode_fill(struct tight_decoder *decoder, struct reader *reader)
{
	const uint32_t colour = take_colour(reader);

	decoder->kind = TIGHT_FILL;
	for (uint32_t y = 0; y < decoder->rect_height_px; y++) {
		for (uint32_t x = 0; x < decoder->rect_width_px; x++)
			*pixel_at(decoder, x, y) = colour;
	}
}

static void decode_palette(struct tight_decoder *decoder, struct reader *reader)
{
	const uint32_t width = decoder->rect_width_px;
	const uint32_t height = decoder->rect_height_px;
	uint32_t colours[256];
	size_t row_bytes = width;
	uint8_t *data;

	decoder->colours_n = take_u8(reader) + 1;
	assert_true(decoder->colours_n >= 2);
	for (unsigned i = 0; i < decoder->colours_n; i++)
		colours[i] = take_colour(reader);
	decoder->kind = TIGHT_PALETTE;
	if (decoder->colours_n == 2) {
		decoder->kind = TIGHT_MONO;
		row_bytes = (width + 7) / 8;
	}
	data = inflate_rect(decoder, reader, row_bytes * height);
	for (uint32_t y = 0; y < height; y++) {
		const uint8_t *row = data + y * row_bytes;

		for (uint32_t x = 0; x < width; x++) {
			const unsigned index = decoder->colours_n == 2
					? (unsigned)row[x / 8] >> (7 - x % 8) &
							1U
					: row[x];

			assert_true(index < decoder->colours_n);
			*pixel_at(decoder, x, y) = colours[index];
		}
	}
	free(data);
}

static void decode_full_colour(
		struct tight_decoder *decoder, struct reader *reader)
{
	const uint32_t width = decoder->rect_width_px;
	const uint32_t height = decoder->rect_height_px;
	uint8_t *data = inflate_rect(
			decoder, reader, (size_t)width * height * 3);
	struct reader pixels = {data, (size_t)width * height * 3, 0};

	decoder->kind = TIGHT_FULL_COLOUR;
	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < width; x++)
			*pixel_at(decoder, x, y) = take_colour(&pixels);
	}
	free(data);
}

/* Of the rectangle's size, not a row more: some viewers refuse it else. */
static void assert_jpeg_size(const struct tight_decoder *decoder,
		const uint8_t *data, size_t size)
{
	tjhandle handle = tjInitDecompress();
	int width, height, subsampling, colours;

	assert_non_null(handle);
	assert_int_equal(tjDecompressHeader3(handle, data, size, &width,
					 &height, &subsampling, &colours),
			0);
	assert_int_equal(width, decoder->rect_width_px);
	assert_int_equal(height, decoder->rect_height_px);
	assert_int_equal(colours, TJCS_YCbCr);
	tjDestroy(handle);
}

static void decode_jpeg(struct tight_decoder *decoder, struct reader *reader)
{
	const size_t length = take_length(reader);
	const uint8_t *data = take(reader, length);
	struct video_jpeg *jpeg;
	struct video_frame *frame;

	decoder->kind = TIGHT_JPEG;
	assert_jpeg_size(decoder, data, length);
	assert_int_equal(video_jpeg_create(&jpeg), 0);
	assert_int_equal(video_jpeg_decode(jpeg, data, length,
					 decoder->rect_width_px,
					 decoder->rect_height_px, &frame),
			0);
	for (uint32_t y = 0; y < decoder->rect_height_px; y++) {
		const uint32_t *row = (const uint32_t *)(const void
						*)(frame->plane[0] +
				(size_t)y * frame->layout.stride_bytes[0]);

		for (uint32_t x = 0; x < decoder->rect_width_px; x++)
			*pixel_at(decoder, x, y) = le32toh(row[x]) & 0xffffff;
	}
	video_frame_unref(frame);
	video_jpeg_destroy(jpeg);
}

static void take_header(struct tight_decoder *decoder, struct reader *reader)
{
	decoder->x_px = take_u16(reader);
	decoder->y_px = take_u16(reader);
	decoder->rect_width_px = take_u16(reader);
	decoder->rect_height_px = take_u16(reader);
	assert_int_equal(take_u16(reader), 0);
	assert_int_equal(take_u16(reader), 7);
	assert_in_range(decoder->rect_width_px, 1, 2048);
	assert_true(decoder->x_px + decoder->rect_width_px <=
			decoder->width_px);
	assert_true(decoder->y_px + decoder->rect_height_px <=
			decoder->height_px);
}

/* What some viewers do not take. */
static void assert_limits(const struct tight_decoder *decoder)
{
	const uint32_t area_px =
			decoder->rect_width_px * decoder->rect_height_px;

	if (decoder->kind != TIGHT_FILL && decoder->kind != TIGHT_JPEG)
		assert_in_range(area_px, 1, 65536);
}

static void note_kind(struct tight_decoder *decoder)
{
	decoder->rects_n[decoder->kind]++;
	for (uint32_t y = 0; y < decoder->rect_height_px; y++) {
		const size_t at = (size_t)(decoder->y_px + y) *
						decoder->width_px +
				decoder->x_px;

		memset(decoder->lossy + at, decoder->kind == TIGHT_JPEG,
				decoder->rect_width_px);
		memset(decoder->kinds + at, (int)decoder->kind,
				decoder->rect_width_px);
	}
}

static void decode_basic(struct tight_decoder *decoder, struct reader *reader,
		unsigned control)
{
	unsigned filter;

	assert_int_equal(control & 0x80, 0);
	decoder->stream = control >> 4 & 3;
	filter = control & 0x40 ? take_u8(reader) : 0;
	if (filter == 1) {
		decode_palette(decoder, reader);
	} else {
		assert_int_equal(filter, 0);
		decode_full_colour(decoder, reader);
	}
}

size_t tight_decode(struct tight_decoder *decoder, const uint8_t *bytes,
		size_t size)
{
	struct reader reader = {bytes, size, 0};
	unsigned control;

	take_header(decoder, &reader);
	control = take_u8(&reader);
	reset_streams(decoder, control & 0xf);
	if (control >> 4 == 8)
		decode_fill(decoder, &reader);
	else if (control >> 4 == 9)
		decode_jpeg(decoder, &reader);
	else
		decode_basic(decoder, &reader, control);
	assert_limits(decoder);
	note_kind(decoder);
	return reader.at;
}

void tight_decode_all(struct tight_decoder *decoder, const uint8_t *bytes,
		size_t size, uint32_t rects_n)
{
	size_t at = 0;

	for (uint32_t i = 0; i < rects_n; i++)
		at += tight_decode(decoder, bytes + at, size - at);
	assert_int_equal(at, size);
}
