/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include <cmocka.h>

#include "tests/bench/content.h"
#include "video/convert.h"

#define PIXELS ((size_t)CONTENT_WIDTH_PX * CONTENT_HEIGHT_PX)
#define ENCODING_COPY_RECT 1
#define HEAD_BYTES 4
#define RECT_HEAD_BYTES 12

/*
 * How much more error than libjpeg-turbo's: half a decibel in an update. A
 * small rectangle may have three times that, since it may hold nothing but
 * what is hardest.
 */
#define MORE_ERROR 1.122
#define MORE_ERROR_OF_RECT 1.413
#define LEAST_ERROR 0.1 /* by rounding, where there is hardly any */

void judge_init(struct judge *judge, int jpeg_quality, int jpeg_subsampling)
{
	*judge = (struct judge){.jpeg_quality = jpeg_quality,
			.jpeg_subsampling = jpeg_subsampling};
	tight_decoder_init(
			&judge->decoder, CONTENT_WIDTH_PX, CONTENT_HEIGHT_PX);
	judge->told = calloc(PIXELS, sizeof(uint32_t));
	assert_non_null(judge->told);
}

void judge_finish(struct judge *judge)
{
	tight_decoder_finish(&judge->decoder);
	free(judge->told);
}

static size_t at(uint32_t x_px, uint32_t y_px)
{
	return (size_t)y_px * CONTENT_WIDTH_PX + x_px;
}

static struct video_rect last_rect(const struct tight_decoder *decoder)
{
	return (struct video_rect){decoder->x_px, decoder->y_px,
			decoder->rect_width_px, decoder->rect_height_px};
}

/* Of all channels together, per pixel. */
static double squared_error(uint32_t one, uint32_t other)
{
	double sum = 0;

	for (unsigned shift = 0; shift < 24; shift += 8) {
		const int apart = (int)(one >> shift & 255) -
				(int)(other >> shift & 255);

		sum += apart * apart;
	}
	return sum;
}

static double error_of(const struct judge *judge, const uint32_t *pixels,
		const struct video_rect *rect)
{
	double sum = 0;

	for (uint32_t y = rect->y_px; y < rect->y_px + rect->height_px; y++) {
		for (uint32_t x = rect->x_px; x < rect->x_px + rect->width_px;
				x++)
			sum += squared_error(pixels[at(x, y)],
					judge->truth[at(x, y)]);
	}
	return sum;
}

/* What libjpeg-turbo leaves of the truth in `rect`; the rest is undefined. */
static uint32_t *compress_truth(
		struct judge *judge, const struct video_rect *rect)
{
	const int width_px = (int)rect->width_px;
	const int height_px = (int)rect->height_px;
	tjhandle compressor = tjInitCompress(), other = tjInitDecompress();
	uint32_t *pixels = calloc(PIXELS, sizeof(uint32_t));
	const size_t corner = at(rect->x_px, rect->y_px);
	unsigned char *jpeg = NULL;
	unsigned long size = 0;

	assert_true(compressor && other && pixels);
	assert_int_equal(tjCompress2(compressor,
					 (const unsigned char *)(judge->truth +
							 corner),
					 width_px, CONTENT_WIDTH_PX * 4,
					 height_px, TJPF_BGRX, &jpeg, &size,
					 judge->jpeg_subsampling,
					 judge->jpeg_quality, 0),
			0);
	assert_int_equal(tjDecompress2(other, jpeg, size,
					 (unsigned char *)(pixels + corner),
					 width_px, CONTENT_WIDTH_PX * 4,
					 height_px, TJPF_BGRX, 0),
			0);
	tjFree(jpeg);
	tjDestroy(compressor);
	tjDestroy(other);
	return pixels;
}

static void judge_jpeg(struct judge *judge, const struct video_rect *rect)
{
	const double pixels_n = (double)rect->width_px * rect->height_px;
	uint32_t *reference = compress_truth(judge, rect);
	const double error = error_of(judge, judge->decoder.canvas, rect);
	const double expected = error_of(judge, reference, rect);

	free(reference);
	if (error > expected * MORE_ERROR_OF_RECT + LEAST_ERROR * pixels_n)
		fail_msg("JPEG %ux%u+%u+%u: error %.3f, libjpeg's %.3f",
				rect->width_px, rect->height_px, rect->x_px,
				rect->y_px, error / pixels_n,
				expected / pixels_n);
	judge->jpeg_error += error;
	judge->jpeg_limit += expected * MORE_ERROR + LEAST_ERROR * pixels_n;
	judge->jpeg_n++;
}

static void judge_exact(struct judge *judge, const struct video_rect *rect)
{
	const size_t bytes = rect->width_px * sizeof(uint32_t);

	for (uint32_t y = rect->y_px; y < rect->y_px + rect->height_px; y++)
		if (memcmp(judge->decoder.canvas + at(rect->x_px, y),
				    judge->truth + at(rect->x_px, y),
				    bytes) != 0)
			fail_msg("%ux%u+%u+%u is not exact", rect->width_px,
					rect->height_px, rect->x_px,
					rect->y_px);
	judge->exact_n++;
}

static void note_told(struct judge *judge, const struct video_rect *rect)
{
	for (uint32_t y = rect->y_px; y < rect->y_px + rect->height_px; y++)
		memcpy(judge->told + at(rect->x_px, y),
				judge->truth + at(rect->x_px, y),
				rect->width_px * sizeof(uint32_t));
}

static size_t judge_tight(
		struct judge *judge, const uint8_t *bytes, size_t size)
{
	const size_t used = tight_decode(&judge->decoder, bytes, size);
	const struct video_rect rect = last_rect(&judge->decoder);

	if (judge->decoder.kind == TIGHT_JPEG)
		judge_jpeg(judge, &rect);
	else
		judge_exact(judge, &rect);
	note_told(judge, &rect);
	return used;
}

static uint32_t read_u16(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 8 | bytes[1];
}

static void copy_inside(uint32_t *pixels, const struct video_rect *to,
		uint32_t from_x_px, uint32_t from_y_px)
{
	const size_t row_bytes = to->width_px * sizeof(uint32_t);
	uint32_t *copy = malloc(row_bytes * to->height_px);

	assert_non_null(copy);
	for (uint32_t y = 0; y < to->height_px; y++)
		memcpy(copy + (size_t)y * to->width_px,
				pixels + at(from_x_px, from_y_px + y),
				row_bytes);
	for (uint32_t y = 0; y < to->height_px; y++)
		memcpy(pixels + at(to->x_px, to->y_px + y),
				copy + (size_t)y * to->width_px, row_bytes);
	free(copy);
}

/* What is moved was told before; whether it is the truth is seen at the end. */
static size_t judge_copy(struct judge *judge, const uint8_t *bytes, size_t size)
{
	const size_t used = RECT_HEAD_BYTES + 4;
	const struct video_rect to = {read_u16(bytes), read_u16(bytes + 2),
			read_u16(bytes + 4), read_u16(bytes + 6)};
	uint32_t from_x_px, from_y_px;

	assert_true(size >= used);
	from_x_px = read_u16(bytes + RECT_HEAD_BYTES);
	from_y_px = read_u16(bytes + RECT_HEAD_BYTES + 2);
	assert_true(to.x_px + to.width_px <= CONTENT_WIDTH_PX);
	assert_true(to.y_px + to.height_px <= CONTENT_HEIGHT_PX);
	assert_true(from_x_px + to.width_px <= CONTENT_WIDTH_PX);
	assert_true(from_y_px + to.height_px <= CONTENT_HEIGHT_PX);
	copy_inside(judge->decoder.canvas, &to, from_x_px, from_y_px);
	copy_inside(judge->told, &to, from_x_px, from_y_px);
	judge->copied_n++;
	return used;
}

/* One FramebufferUpdate; returns how many bytes it took. */
static size_t judge_update(
		struct judge *judge, const uint8_t *bytes, size_t size)
{
	size_t used = HEAD_BYTES;
	uint32_t rects;

	assert_true(size >= HEAD_BYTES);
	assert_int_equal(bytes[0], 0);
	rects = read_u16(bytes + 2);
	for (; rects > 0; rects--) {
		assert_true(size - used >= RECT_HEAD_BYTES);
		if (read_u16(bytes + used + 10) == ENCODING_COPY_RECT)
			used += judge_copy(judge, bytes + used, size - used);
		else
			used += judge_tight(judge, bytes + used, size - used);
	}
	return used;
}

uint32_t *judge_learn_truth(const struct video_frame *frame)
{
	const struct video_rect all = {
			0, 0, CONTENT_WIDTH_PX, CONTENT_HEIGHT_PX};
	uint32_t *truth = malloc(PIXELS * sizeof(uint32_t));

	assert_non_null(truth);
	video_convert_bgrx(frame, &all, (uint8_t *)truth, CONTENT_WIDTH_PX * 4);
	return truth;
}

void judge_updates(struct judge *judge, const uint32_t *truth,
		const uint8_t *bytes, size_t size)
{
	size_t used = 0;

	judge->truth = truth;
	judge->jpeg_error = 0;
	judge->jpeg_limit = 0;
	while (used < size)
		used += judge_update(judge, bytes + used, size - used);
	if (judge->jpeg_error > judge->jpeg_limit)
		fail_msg("JPEG of one update: error %.0f, limit %.0f",
				judge->jpeg_error, judge->jpeg_limit);
	if (memcmp(judge->told, truth, PIXELS * sizeof(uint32_t)) != 0)
		fail_msg("something changed and was not sent");
}
