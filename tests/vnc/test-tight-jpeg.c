/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/tight.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"
#include "tests/vnc/tight-rig.h"
#include "video/convert.h"
#include "video/jpeg.h"

/* How good the JPEG in Tight is. */

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

static double psnr_of(const struct tight_rig *rig,
		const struct video_frame *frame, const struct video_rect *rect)
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

static void copy_canvas(
		const struct tight_rig *rig, uint32_t *pixels, uint32_t size)
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
	uint8_t *data = malloc(
			video_jpeg_bound(size, size, VIDEO_SUBSAMPLING_444));
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
					data, &bytes),
			0);
	assert_int_equal(video_jpeg_decode(jpeg, data, bytes, size, size,
					 &decoded),
			0);
	assert_int_equal(decoded->layout.stride_bytes[0], size * 4);
	value = psnr(source, (const uint32_t *)(const void *)decoded->plane[0],
			(size_t)size * size);
	free(data);
	video_frame_unref(decoded);
	video_jpeg_destroy(jpeg);
	return value;
}

static void jpeg_is_as_good_as_the_plain_way(void **state)
{
	static const int levels[] = {2, 6, 9};
	enum { SIZE = 256 };
	struct tight_rig *rig = *state;
	struct video_frame *frame =
			picture_create(SIZE, SIZE, PICTURE_PHOTO, 4);
	const struct video_rect rect = {0, 0, SIZE, SIZE};
	const uint32_t *source =
			(const uint32_t *)(const void *)frame->plane[0];
	uint32_t *pixels = malloc(sizeof(*pixels) * SIZE * SIZE);

	assert_non_null(pixels);
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		const struct vnc_class class_ = vnc_class_for_tight(levels[i]);
		struct vnc_encoded encoded =
				tight_show(rig, frame, &rect, levels[i]);

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

/* JPEG of planes has the colours of the plain conversion. */
static void jpeg_has_the_colours_of_every_layout(void **state)
{
	static const struct video_rect rects[] = {
			{0, 0, 256, 256}, {16, 32, 160, 64}, {5, 7, 101, 55}};
	struct tight_rig *rig = *state;
	struct video_frame *source = picture_create(256, 256, PICTURE_SOFT, 4);

	for (unsigned i = 0; i < 2u * VIDEO_PIXELS * VIDEO_MATRICES; i++) {
		struct video_frame *frame = picture_translate(source,
				i % VIDEO_PIXELS,
				i / VIDEO_PIXELS % VIDEO_MATRICES,
				i / VIDEO_PIXELS / VIDEO_MATRICES);

		for (unsigned j = 0; j < 6; j++) {
			const int level = j % 2 ? 9 : 6;
			struct vnc_encoded encoded = tight_show(
					rig, frame, &rects[j / 2], level);

			assert_true(encoded.lossy);
			assert_true(psnr_of(rig, frame, &rects[j / 2]) > 37);
			core_bytes_unref(encoded.bytes);
		}
		video_frame_unref(frame);
	}
	video_frame_unref(source);
}

/* A photograph inside of something else is cut out of the planes. */
static void jpeg_islands_have_their_own_colours(void **state)
{
	static const struct video_rect all = {0, 0, 320, 256};
	static const struct video_rect island = {96, 64, 128, 128};
	struct tight_rig *rig = *state;
	struct video_frame *source = picture_create(320, 256, PICTURE_FILL, 1);
	struct video_frame *photo = picture_create(320, 256, PICTURE_PHOTO, 1);

	picture_paste(source, photo, &island);
	for (unsigned i = 0; i < VIDEO_PIXELS * 2u; i++) {
		struct video_frame *frame = picture_translate(source,
				i % VIDEO_PIXELS, VIDEO_MATRIX_BT709,
				i / VIDEO_PIXELS);

		for (int level = 6; level <= 9; level += 3) {
			struct vnc_encoded encoded =
					tight_show(rig, frame, &all, level);

			assert_int_equal(encoded.blurred.x_px, island.x_px);
			assert_int_equal(encoded.blurred.width_px,
					island.width_px);
			assert_true(psnr_of(rig, frame, &island) > 34);
			core_bytes_unref(encoded.bytes);
		}
		video_frame_unref(frame);
	}
	video_frame_unref(photo);
	video_frame_unref(source);
}

/* As on an interlaced screen, or one that an emulator draws. */
static void a_photograph_behind_lines_becomes_jpeg(void **state)
{
	static const struct video_rect all = {0, 0, 256, 128};
	struct tight_rig *rig = *state;

	for (uint32_t i = 0; i < 12; i++) {
		const uint32_t distance_px = 2 + i / 4;
		const uint32_t first_px = i % 4 % distance_px;
		struct video_frame *frame =
				picture_create(256, 128, PICTURE_PHOTO, 1);
		struct video_frame *black =
				picture_create(256, 128, PICTURE_FILL, 1);
		struct vnc_encoded encoded;

		for (uint32_t y = first_px; y < 128; y += distance_px) {
			const struct video_rect line = {0, y, 256, 1};

			picture_paste(frame, black, &line);
		}
		encoded = tight_show(rig, frame, &all, 6);
		assert_int_equal(rig->decoder.rects_n[TIGHT_JPEG], 1);
		assert_int_equal(encoded.rects, 1);
		core_bytes_unref(encoded.bytes);
		video_frame_unref(frame);
		video_frame_unref(black);
	}
}

/*
 * libjpeg takes luma in pairs of rows, of which an odd height lacks one: what
 * happens to lie there, which differs by layout, must not be seen.
 */
static void nothing_from_below_the_picture_is_seen(void **state)
{
	static const enum video_pixel pixels[] = {VIDEO_PIXEL_YU16,
			VIDEO_PIXEL_NV16, VIDEO_PIXEL_YUYV, VIDEO_PIXEL_UYVY};
	static const struct video_rect rect = {0, 0, 128, 95};
	const struct vnc_class class_ = vnc_class_for_tight(6);
	struct tight_rig *rig = *state;
	struct video_frame *source = picture_create(128, 96, PICTURE_PHOTO, 1);
	struct vnc_encoded encoded[4];

	for (unsigned i = 0; i < 4; i++) {
		struct video_frame *frame = picture_translate(
				source, pixels[i], VIDEO_MATRIX_BT601, true);
		const size_t stride = frame->layout.stride_bytes[0];

		frame->layout.height_px = rect.height_px;
		memset((uint8_t *)(uintptr_t)frame->plane[0] + 95 * stride,
				(int)(60 * i), stride);
		assert_int_equal(vnc_tight_encode(rig->tight, frame, &rect,
						 &class_, &encoded[i]),
				0);
		assert_true(encoded[i].lossy);
		assert_int_equal(
				encoded[i].bytes->size, encoded[0].bytes->size);
		assert_memory_equal(encoded[i].bytes->data,
				encoded[0].bytes->data, encoded[0].bytes->size);
		video_frame_unref(frame);
	}
	for (unsigned i = 0; i < 4; i++)
		core_bytes_unref(encoded[i].bytes);
	video_frame_unref(source);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, tight_set_up, tight_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(jpeg_is_as_good_as_the_plain_way),
			TEST(jpeg_has_the_colours_of_every_layout),
			TEST(jpeg_islands_have_their_own_colours),
			TEST(a_photograph_behind_lines_becomes_jpeg),
			TEST(nothing_from_below_the_picture_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
