/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/tight.h"

#include <endian.h>
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"
#include "tests/vnc/tight-decode.h"
#include "video/convert.h"
#include "video/jpeg.h"

struct rig {
	struct vnc_tight *tight;
	struct tight_decoder decoder;
};

#define CANVAS_PX 2048

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_int_equal(vnc_tight_create(&rig->tight, core_simd_best()), 0);
	tight_decoder_init(&rig->decoder, CANVAS_PX, CANVAS_PX);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	tight_decoder_finish(&rig->decoder);
	vnc_tight_destroy(rig->tight);
	free(rig);
	assert_int_equal(picture_alive(), 0);
	return 0;
}

/* What was not sent as JPEG is what the plain conversion makes of it. */
static void assert_equal_pixels(const struct tight_decoder *decoder,
		const struct video_frame *frame, const struct video_rect *rect)
{
	uint32_t *row = malloc((size_t)rect->width_px * 4);

	assert_non_null(row);
	for (uint32_t y = rect->y_px; y < rect->y_px + rect->height_px; y++) {
		const struct video_rect line = {
				rect->x_px, y, rect->width_px, 1};
		const size_t at = y * (size_t)CANVAS_PX + rect->x_px;

		video_convert_bgrx(frame, &line, (uint8_t *)row,
				(size_t)rect->width_px * 4);
		for (uint32_t x = 0; x < rect->width_px; x++)
			if (!decoder->lossy[at + x])
				assert_int_equal(decoder->canvas[at + x],
						le32toh(row[x]));
	}
	free(row);
}

/* Encode the rectangle and have the viewer decode it. */
static struct vnc_encoded show(struct rig *rig, const struct video_frame *frame,
		const struct video_rect *rect, int quality_level)
{
	const struct vnc_class class_ = vnc_class_for_tight(quality_level);
	struct tight_decoder *decoder = &rig->decoder;
	struct vnc_encoded encoded;

	memset(decoder->rects_n, 0, sizeof(decoder->rects_n));
	/* A colour that stays where nothing is sent, which is no colour. */
	for (uint32_t y = 0; y < rect->height_px; y++)
		memset(decoder->canvas + (rect->y_px + y) * (size_t)CANVAS_PX +
						rect->x_px,
				0xff, (size_t)rect->width_px * 4);
	assert_int_equal(vnc_tight_encode(rig->tight, frame, rect, &class_,
					 &encoded),
			0);
	tight_decode_all(decoder, encoded.bytes->data, encoded.bytes->size,
			encoded.rects);
	for (uint32_t y = 0; y < rect->height_px; y++)
		for (uint32_t x = 0; x < rect->width_px; x++)
			assert_int_not_equal(
					decoder->canvas[(rect->y_px + y) *
									(size_t)CANVAS_PX +
							rect->x_px + x],
					UINT32_MAX);
	assert_int_equal(decoder->rects_n[TIGHT_JPEG] > 0, encoded.lossy);
	assert_equal_pixels(decoder, frame, rect);
	return encoded;
}

/* What a picture of its own becomes: one kind. */
static enum tight_kind kind_of(struct rig *rig, enum picture_kind kind,
		uint32_t width_px, uint32_t height_px, int quality_level)
{
	struct video_frame *frame =
			picture_create(width_px, height_px, kind, 5);
	const struct video_rect rect = {0, 0, width_px, height_px};
	struct vnc_encoded encoded = show(rig, frame, &rect, quality_level);

	assert_int_equal(
			rig->decoder.rects_n[rig->decoder.kind], encoded.rects);
	core_bytes_unref(encoded.bytes);
	video_frame_unref(frame);
	return rig->decoder.kind;
}

static const struct video_rect some_rects[] = {{0, 0, 1, 1}, {5, 7, 2, 1},
		{2047, 0, 1, 2}, {16, 16, 3, 5}, {0, 0, 8, 1}, {0, 0, 8, 11},
		{0, 0, 8, 12}, {0, 0, 9, 6}, {3, 1, 15, 17}, {16, 32, 16, 16},
		{1, 1, 17, 15}, {1, 0, 100, 31}, {64, 16, 256, 256},
		{0, 33, 2048, 144}, {2047, 0, 1, 2048}, {33, 1, 161, 701}};

static void every_pixel_comes_back_in_the_lossless_class(void **state)
{
	struct rig *rig = *state;

	for (enum picture_kind kind = 0; kind < PICTURE_KINDS; kind++) {
		struct video_frame *frame =
				picture_create(CANVAS_PX, CANVAS_PX, kind, 1);

		for (size_t i = 0;
				i < sizeof(some_rects) / sizeof(some_rects[0]);
				i++) {
			struct vnc_encoded encoded =
					show(rig, frame, &some_rects[i], -1);

			assert_false(encoded.lossy);
			core_bytes_unref(encoded.bytes);
		}
		video_frame_unref(frame);
	}
}

static double psnr_of(const struct rig *rig, const struct video_frame *frame,
		const struct video_rect *rect);

/* All layouts, matrices and ranges, with and without JPEG. */
static void every_layout_comes_back(void **state)
{
	static const struct video_rect rects[] = {{0, 0, 640, 360},
			{16, 32, 160, 64}, {5, 7, 101, 55}, {1, 0, 2, 2},
			{638, 358, 2, 2}, {64, 19, 33, 70}};
	static const enum picture_kind kinds[] = {PICTURE_MIXED, PICTURE_MONO};
	struct rig *rig = *state;

	for (unsigned i = 0; i < 2u * VIDEO_PIXELS * VIDEO_MATRICES * 2; i++) {
		struct video_frame *source =
				picture_create(640, 360, kinds[i % 2], i + 1);
		struct video_frame *frame = picture_translate(source,
				i / 2 % VIDEO_PIXELS,
				i / 2 / VIDEO_PIXELS % VIDEO_MATRICES,
				i / 2 / VIDEO_PIXELS / VIDEO_MATRICES);
		const struct video_rect *rect =
				&rects[i % (sizeof(rects) / sizeof(rects[0]))];

		for (int level = -1; level <= 9; level += 5) {
			struct vnc_encoded encoded =
					show(rig, frame, rect, level);

			core_bytes_unref(encoded.bytes);
		}
		video_frame_unref(frame);
		video_frame_unref(source);
	}
}

/* JPEG of planes has the colours of the plain conversion. */
static void jpeg_has_the_colours_of_every_layout(void **state)
{
	static const struct video_rect rects[] = {
			{0, 0, 256, 256}, {16, 32, 160, 64}, {5, 7, 101, 55}};
	struct rig *rig = *state;
	struct video_frame *source = picture_create(256, 256, PICTURE_SOFT, 4);

	for (unsigned i = 0; i < VIDEO_PIXELS * VIDEO_MATRICES * 2u; i++) {
		struct video_frame *frame = picture_translate(source,
				i % VIDEO_PIXELS,
				i / VIDEO_PIXELS % VIDEO_MATRICES,
				i / VIDEO_PIXELS / VIDEO_MATRICES);

		for (unsigned j = 0; j < 6; j++) {
			const int level = j % 2 ? 9 : 6;
			struct vnc_encoded encoded =
					show(rig, frame, &rects[j / 2], level);

			assert_true(encoded.lossy);
			assert_true(psnr_of(rig, frame, &rects[j / 2]) > 37);
			core_bytes_unref(encoded.bytes);
		}
		video_frame_unref(frame);
	}
	video_frame_unref(source);
}

static void the_colours_choose_the_kind(void **state)
{
	static const struct {
		enum picture_kind picture;
		uint32_t width_px, height_px;
		int quality_level;
		enum tight_kind kind;
	} cases[] = {
			{PICTURE_FILL, 1, 1, -1, TIGHT_FILL},
			{PICTURE_FILL, 64, 64, 6, TIGHT_FILL},
			{PICTURE_MONO, 2, 1, -1, TIGHT_MONO},
			{PICTURE_MONO, 64, 64, 6, TIGHT_MONO},
			{PICTURE_COLOURS_3, 64, 64, -1, TIGHT_PALETTE},
			{PICTURE_COLOURS_256, 64, 64, -1, TIGHT_PALETTE},
			{PICTURE_COLOURS_257, 64, 64, -1, TIGHT_FULL_COLOUR},
			{PICTURE_NOISE, 64, 64, -1, TIGHT_FULL_COLOUR},
			{PICTURE_PHOTO, 64, 64, -1, TIGHT_FULL_COLOUR},
			/* 256 colours of 3 bytes: dearer than 256 pixels of 3.
			 */
			{PICTURE_COLOURS_256, 16, 16, -1, TIGHT_FULL_COLOUR},
			{PICTURE_COLOURS_3, 2, 2, -1, TIGHT_FULL_COLOUR},
			/* Text is lossless in every class. */
			{PICTURE_COLOURS_3, 64, 64, 0, TIGHT_PALETTE},
			{PICTURE_COLOURS_3, 64, 64, 9, TIGHT_PALETTE},
			{PICTURE_FLAT, 64, 64, 6, TIGHT_JPEG},
			{PICTURE_COLOURS_25, 64, 64, 6, TIGHT_JPEG},
			{PICTURE_PHOTO, 64, 64, 0, TIGHT_JPEG},
			{PICTURE_PHOTO, 64, 64, 9, TIGHT_JPEG},
			/* Too small for the tables of a JPEG. */
			{PICTURE_NOISE, 16, 16, 6, TIGHT_FULL_COLOUR},
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(kind_of(rig, cases[i].picture,
						 cases[i].width_px,
						 cases[i].height_px,
						 cases[i].quality_level),
				cases[i].kind);
}

static void quality_levels_become_three_classes(void **state)
{
	static const struct {
		int level, quality;
		bool is_444;
	} cases[] = {{-1, 0, false}, {0, 50, false}, {3, 50, false},
			{4, 80, false}, {6, 80, false}, {7, 80, false},
			{8, 92, true}, {9, 92, true}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct vnc_class class_ =
				vnc_class_for_tight(cases[i].level);

		assert_int_equal(class_.codec, VNC_CODEC_TIGHT);
		assert_int_equal(class_.jpeg_quality, cases[i].quality);
		assert_int_equal(class_.jpeg_444, cases[i].is_444);
	}
}

static void less_than_twelve_bytes_go_bare(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(kind_of(rig, PICTURE_MONO, 8, 11, -1), TIGHT_MONO);
	assert_true(rig->decoder.bare);
	assert_int_equal(kind_of(rig, PICTURE_MONO, 8, 12, -1), TIGHT_MONO);
	assert_false(rig->decoder.bare);
	assert_int_equal(kind_of(rig, PICTURE_NOISE, 3, 1, -1),
			TIGHT_FULL_COLOUR);
	assert_true(rig->decoder.bare);
}

/* The same bytes suit a viewer that missed any of those before. */
static void rectangles_stand_alone(void **state)
{
	struct rig *rig = *state;
	struct video_frame *frame = picture_create(640, 480, PICTURE_MIXED, 9);
	uint32_t random = 77;

	for (unsigned i = 0; i < 400; i++) {
		const struct video_rect rect = {
				.x_px = picture_random(&random) % 36 * 16,
				.y_px = picture_random(&random) % 26 * 16,
				.width_px = 1 + picture_random(&random) % 64,
				.height_px = 1 + picture_random(&random) % 64,
		};
		const struct vnc_class class_ = vnc_class_for_tight(-1);
		struct vnc_encoded encoded;

		if (picture_random(&random) % 3 != 0) {
			encoded = show(rig, frame, &rect, -1);
		} else {
			assert_int_equal(vnc_tight_encode(rig->tight, frame,
							 &rect, &class_,
							 &encoded),
					0);
		}
		core_bytes_unref(encoded.bytes);
	}
	video_frame_unref(frame);
}

/* A viewer with a thread a stream gets something to do for each. */
static void streams_take_turns(void **state)
{
	struct rig *rig = *state;
	struct video_frame *frame =
			picture_create(1920, 1080, PICTURE_NOISE, 3);
	unsigned used[4] = {0};

	for (uint32_t y = 0; y + 32 <= 1080; y += 32) {
		const struct video_rect rect = {0, y, 64, 32};
		struct vnc_encoded encoded = show(rig, frame, &rect, -1);

		used[rig->decoder.stream]++;
		core_bytes_unref(encoded.bytes);
	}
	for (unsigned i = 0; i < 4; i++)
		assert_in_range(used[i], 6, 11);
	video_frame_unref(frame);
}

static double psnr(const uint32_t *a, const uint32_t *b, size_t pixels_n)
{
	double sum = 0;

	for (size_t i = 0; i < pixels_n; i++) {
		for (unsigned shift = 0; shift < 24; shift += 8) {
			const int difference = (int)(a[i] >> shift & 0xff) -
					(int)(b[i] >> shift & 0xff);

			sum += difference * difference;
		}
	}
	return 10 * log10(255.0 * 255.0 * 3 * (double)pixels_n / sum);
}

static double psnr_of(const struct rig *rig, const struct video_frame *frame,
		const struct video_rect *rect)
{
	const size_t pixels_n = (size_t)rect->width_px * rect->height_px;
	uint32_t *expected = malloc(pixels_n * 4);
	uint32_t *shown = malloc(pixels_n * 4);
	double value;

	assert_non_null(expected);
	assert_non_null(shown);
	video_convert_bgrx(frame, rect, (uint8_t *)expected,
			(size_t)rect->width_px * 4);
	for (uint32_t y = 0; y < rect->height_px; y++)
		memcpy(shown + (size_t)y * rect->width_px,
				rig->decoder.canvas +
						(rect->y_px + y) *
								(size_t)CANVAS_PX +
						rect->x_px,
				(size_t)rect->width_px * 4);
	value = psnr(expected, shown, pixels_n);
	free(expected);
	free(shown);
	return value;
}

static void copy_canvas(const struct rig *rig, uint32_t *pixels, uint32_t size)
{
	for (uint32_t y = 0; y < size; y++)
		memcpy(pixels + (size_t)y * size,
				rig->decoder.canvas + (size_t)y * CANVAS_PX,
				size * sizeof(*pixels));
}

/* How close a JPEG of the whole picture, made the plain way, comes. */
static double reference_psnr(const struct video_frame *frame,
		const struct vnc_class *class_, const uint32_t *source,
		uint32_t size)
{
	struct video_frame *decoded;
	struct video_jpeg *jpeg;
	const uint8_t *data;
	size_t bytes;
	double value;

	assert_int_equal(video_jpeg_create(&jpeg), 0);
	assert_int_equal(
			video_jpeg_encode(jpeg, VIDEO_PIXEL_BGRX,
					frame->plane[0], size * 4, size, size,
					class_->jpeg_quality,
					class_->jpeg_444
							? VIDEO_SUBSAMPLING_444
							: VIDEO_SUBSAMPLING_420,
					&data, &bytes),
			0);
	assert_int_equal(video_jpeg_decode(jpeg, data, bytes, size, size,
					 &decoded),
			0);
	assert_int_equal(decoded->layout.stride_bytes[0], size * 4);
	value = psnr(source, (const uint32_t *)(const void *)decoded->plane[0],
			(size_t)size * size);
	video_frame_unref(decoded);
	video_jpeg_destroy(jpeg);
	return value;
}

static void jpeg_is_as_good_as_the_plain_way(void **state)
{
	static const int levels[] = {2, 6, 9};
	enum { SIZE = 256 };
	struct rig *rig = *state;
	struct video_frame *frame =
			picture_create(SIZE, SIZE, PICTURE_PHOTO, 4);
	const struct video_rect rect = {0, 0, SIZE, SIZE};
	const uint32_t *source =
			(const uint32_t *)(const void *)frame->plane[0];
	uint32_t *pixels = malloc(sizeof(*pixels) * SIZE * SIZE);

	assert_non_null(pixels);
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		const struct vnc_class class_ = vnc_class_for_tight(levels[i]);
		struct vnc_encoded encoded = show(rig, frame, &rect, levels[i]);

		assert_true(encoded.lossy);
		copy_canvas(rig, pixels, SIZE);
		assert_true(psnr(source, pixels, SIZE * SIZE) >=
				reference_psnr(frame, &class_, source, SIZE) -
						0.5);
		core_bytes_unref(encoded.bytes);
	}
	free(pixels);
	video_frame_unref(frame);
}

static void the_largest_strip_of_noise_fits(void **state)
{
	static const struct video_rect rect = {0, 0, 2048, 144};
	struct rig *rig = *state;
	struct video_frame *frame = picture_create(2048, 144, PICTURE_NOISE, 6);

	for (int level = -1; level <= 9; level += 5) {
		struct vnc_encoded encoded = show(rig, frame, &rect, level);

		assert_int_equal(encoded.rects, level < 0 ? 5 : 1);
		core_bytes_unref(encoded.bytes);
	}
	video_frame_unref(frame);
}

static void refuses_more_than_a_strip(void **state)
{
	static const struct video_rect rects[] = {{0, 0, 2049, 1},
			{0, 0, 2048, 145}, {0, 0, 0, 16}, {0, 0, 16, 0}};
	const struct vnc_class class_ = vnc_class_for_tight(-1);
	struct rig *rig = *state;
	struct video_frame *frame = picture_create(4096, 160, PICTURE_FILL, 1);

	for (size_t i = 0; i < sizeof(rects) / sizeof(rects[0]); i++) {
		struct vnc_encoded encoded;

		assert_int_equal(vnc_tight_encode(rig->tight, frame, &rects[i],
						 &class_, &encoded),
				-EINVAL);
		assert_null(encoded.bytes);
	}
	video_frame_unref(frame);
}

static void destroys_nothing(void **state)
{
	(void)state;
	vnc_tight_destroy(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(every_pixel_comes_back_in_the_lossless_class),
			TEST(every_layout_comes_back),
			TEST(jpeg_has_the_colours_of_every_layout),
			TEST(the_colours_choose_the_kind),
			cmocka_unit_test(quality_levels_become_three_classes),
			TEST(less_than_twelve_bytes_go_bare),
			TEST(rectangles_stand_alone),
			TEST(streams_take_turns),
			TEST(jpeg_is_as_good_as_the_plain_way),
			TEST(the_largest_strip_of_noise_fits),
			TEST(refuses_more_than_a_strip),
			cmocka_unit_test(destroys_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
