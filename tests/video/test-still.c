/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/still.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/video/picture.h"
#include "video/convert.h"
#include "video/jpeg.h"
#include "video/png.h"
#include "video/scale.h"
#include "video/text.h"

/* What the browser makes of it: R G B. */
struct decoded {
	png_image image;
	uint8_t *rgb;
};

static struct decoded decode(const struct core_bytes *bytes)
{
	struct decoded decoded = {.image = {.version = PNG_IMAGE_VERSION}};

	assert_true(png_image_begin_read_from_memory(
			&decoded.image, bytes->data, bytes->size));
	decoded.image.format = PNG_FORMAT_RGB;
	decoded.rgb = malloc(PNG_IMAGE_SIZE(decoded.image));
	assert_non_null(decoded.rgb);
	assert_true(png_image_finish_read(
			&decoded.image, NULL, decoded.rgb, 0, NULL));
	return decoded;
}

/* Every pixel; the frame's as viewers get them without loss. */
static void assert_is_frame(
		const struct core_bytes *bytes, const struct video_frame *frame)
{
	const uint32_t width_px = frame->layout.width_px;
	const uint32_t height_px = frame->layout.height_px;
	const struct video_rect all = {0, 0, width_px, height_px};
	struct decoded decoded = decode(bytes);
	uint8_t *bgrx = malloc((size_t)width_px * height_px * 4);

	assert_non_null(bgrx);
	assert_int_equal(decoded.image.width, width_px);
	assert_int_equal(decoded.image.height, height_px);
	video_convert_bgrx(frame, &all, bgrx, (size_t)width_px * 4);
	for (size_t i = 0; i < (size_t)width_px * height_px; i++)
		for (size_t j = 0; j < 3; j++)
			assert_int_equal(decoded.rgb[3 * i + j],
					bgrx[4 * i + 2 - j]);
	free(bgrx);
	free(decoded.rgb);
}

static void png_is_exact_in_every_layout(void **state)
{
	uint64_t random = 7;

	(void)state;
	for (int pixel = 0; pixel < VIDEO_PIXELS; pixel++) {
		struct video_frame *frame = picture_create_padded(
				(enum video_pixel)pixel, 54, 38, 12);
		struct core_bytes *bytes;

		picture_randomise(frame, &random);
		for (int matrix = 0; matrix < VIDEO_MATRICES; matrix++) {
			frame->layout.matrix = (enum video_matrix)matrix;
			frame->layout.full_range = matrix % 2 == 0;
			assert_int_equal(video_still_encode(&bytes, frame,
							 VIDEO_STILL_PNG, 0),
					0);
			assert_is_frame(bytes, frame);
			core_bytes_unref(bytes);
		}
		video_frame_unref(frame);
	}
}

/* So many, each at least once, in no order. */
static struct video_frame *draw_colours(uint32_t colours_n)
{
	struct video_frame *frame;
	uint8_t *pixels;

	assert_int_equal(video_frame_create(&frame, 61, 43), 0);
	pixels = video_frame_pixels(frame);
	for (uint32_t y = 0; y < 43; y++)
		for (uint32_t x = 0; x < 61; x++) {
			uint32_t colour = (y * 61 + x) * 7919 % colours_n *
					UINT32_C(65793);
			uint8_t *pixel = pixels +
					frame->layout.stride_bytes[0] * y +
					4 * x;

			pixel[0] = (uint8_t)colour;
			pixel[1] = (uint8_t)(colour >> 7);
			pixel[2] = (uint8_t)(colour >> 13);
			pixel[3] = (uint8_t)(x * y); /* of no meaning */
		}
	return frame;
}

static void png_is_exact_with_any_number_of_colours(void **state)
{
	static const uint32_t numbers[] = {
			1, 2, 3, 4, 5, 16, 17, 255, 256, 257, 258, 2000};

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct video_frame *frame = draw_colours(numbers[i]);
		struct core_bytes *bytes;

		assert_int_equal(video_still_encode(&bytes, frame,
						 VIDEO_STILL_PNG, 0),
				0);
		assert_is_frame(bytes, frame);
		core_bytes_unref(bytes);
		video_frame_unref(frame);
	}
}

/* Byte 25 of the file is the colour type, byte 24 the bits; 3: a palette. */
static void few_colours_are_packed(void **state)
{
	static const struct {
		uint32_t colours_n;
		uint8_t bits, type;
	} cases[] = {{2, 1, 3}, {3, 2, 3}, {5, 4, 3}, {17, 8, 3}, {256, 8, 3},
			{257, 8, 2}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct video_frame *frame = draw_colours(cases[i].colours_n);
		struct core_bytes *bytes;

		assert_int_equal(video_still_encode(&bytes, frame,
						 VIDEO_STILL_PNG, 0),
				0);
		assert_int_equal(bytes->data[24], cases[i].bits);
		assert_int_equal(bytes->data[25], cases[i].type);
		core_bytes_unref(bytes);
		video_frame_unref(frame);
	}
}

static void png_refuses_sizes_out_of_range(void **state)
{
	uint8_t pixel[4] = {0};
	struct core_bytes *bytes;

	(void)state;
	assert_int_equal(video_png_encode(&bytes, pixel, 4, 0, 1), -EINVAL);
	assert_int_equal(video_png_encode(&bytes, pixel, 4, 1, 0), -EINVAL);
	assert_int_equal(video_png_encode(&bytes, pixel, 3, 1, 1), -EINVAL);
	assert_int_equal(video_png_encode(&bytes, pixel,
					 4 * (VIDEO_WIDTH_MAX_PX + 1),
					 VIDEO_WIDTH_MAX_PX + 1, 1),
			-EINVAL);
	assert_null(bytes);
	assert_int_equal(video_png_encode(&bytes, pixel, 4, 1, 1), 0);
	core_bytes_unref(bytes);
}

/* ---- smaller --------------------------------------------------------------
 */

/* The mean of what a pixel stands for, as the words say it. */
static uint8_t mean_of(const struct video_frame *frame, uint32_t width_px,
		uint32_t height_px, uint32_t x, uint32_t y, int channel)
{
	const uint32_t from_w = frame->layout.width_px;
	const uint32_t from_h = frame->layout.height_px;
	uint64_t sum = 0, n = 0;

	for (uint32_t j = y * from_h / height_px;
			j < (y + 1) * from_h / height_px; j++)
		for (uint32_t i = x * from_w / width_px;
				i < (x + 1) * from_w / width_px; i++, n++)
			sum += frame->plane[0][frame->layout.stride_bytes[0] *
							j +
					4 * i + (unsigned)channel];
	return (uint8_t)((2 * sum + n) / (2 * n));
}

static void assert_scaled(const struct video_frame *frame, uint32_t width_px,
		uint32_t height_px)
{
	size_t stride_bytes = (size_t)width_px * 4;
	uint8_t *bgrx = malloc(stride_bytes * height_px);

	assert_non_null(bgrx);
	assert_int_equal(video_scale_bgrx(frame, width_px, height_px, bgrx,
					 stride_bytes),
			0);
	for (uint32_t y = 0; y < height_px; y++)
		for (uint32_t x = 0; x < width_px; x++)
			for (int i = 0; i < 3; i++)
				assert_int_equal(bgrx[stride_bytes * y + 4 * x +
								 (unsigned)i],
						mean_of(frame, width_px,
								height_px, x, y,
								i));
	free(bgrx);
}

static void each_pixel_is_a_mean(void **state)
{
	struct video_frame *frame =
			picture_create_padded(VIDEO_PIXEL_BGRX, 61, 43, 4);
	uint64_t random = 3;

	(void)state;
	picture_randomise(frame, &random);
	frame->layout.full_range = true;
	assert_scaled(frame, 61, 43);
	assert_scaled(frame, 60, 43);
	assert_scaled(frame, 31, 21);
	assert_scaled(frame, 7, 43);
	assert_scaled(frame, 1, 1);
	video_frame_unref(frame);
}

static void nothing_is_made_larger(void **state)
{
	struct video_frame *frame;
	uint8_t bgrx[400];

	(void)state;
	assert_int_equal(video_frame_create(&frame, 4, 4), 0);
	assert_int_equal(video_scale_bgrx(frame, 5, 4, bgrx, 20), -EINVAL);
	assert_int_equal(video_scale_bgrx(frame, 4, 5, bgrx, 20), -EINVAL);
	assert_int_equal(video_scale_bgrx(frame, 0, 4, bgrx, 20), -EINVAL);
	assert_int_equal(video_scale_bgrx(frame, 4, 0, bgrx, 20), -EINVAL);
	assert_int_equal(video_scale_bgrx(frame, 4, 4, bgrx, 15), -EINVAL);
	video_frame_unref(frame);
}

static void thumbnail_keeps_the_shape(void **state)
{
	static const struct {
		uint32_t width_px, height_px, wanted_px, got_w, got_h;
	} cases[] = {
			{1920, 1080, 320, 320, 180},
			{1920, 1080, 0, 1920, 1080},
			{1920, 1080, 1921, 1920, 1080},
			{1920, 1080, UINT32_MAX, 1920, 1080},
			{1280, 1024, 320, 320, 256},
			{720, 400, 1, 1, 1},
			{4096, 2, 100, 100, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct video_frame *frame;
		struct core_bytes *bytes;
		struct decoded decoded;

		assert_int_equal(video_frame_create(&frame, cases[i].width_px,
						 cases[i].height_px),
				0);
		assert_int_equal(video_still_encode(&bytes, frame,
						 VIDEO_STILL_PNG,
						 cases[i].wanted_px),
				0);
		decoded = decode(bytes);
		assert_int_equal(decoded.image.width, cases[i].got_w);
		assert_int_equal(decoded.image.height, cases[i].got_h);
		free(decoded.rgb);
		core_bytes_unref(bytes);
		video_frame_unref(frame);
	}
}

/* ---- JPEG -----------------------------------------------------------------
 */

static void jpeg_shows_the_same(void **state)
{
	const struct video_text_style style = {0xffffff, 0x204060, 2};
	struct video_frame *frame, *shown;
	struct video_jpeg *jpeg;
	struct core_bytes *bytes;

	(void)state;
	assert_int_equal(video_frame_create(&frame, 320, 200), 0);
	video_text_fill(frame, 0, 0, 320, 200, 0x204060);
	video_text_draw(frame, 16, 16, &style, "login:");
	assert_int_equal(video_still_encode(&bytes, frame, VIDEO_STILL_JPEG, 0),
			0);
	assert_int_equal(video_jpeg_create(&jpeg), 0);
	assert_int_equal(video_jpeg_decode(jpeg, bytes->data, bytes->size, 320,
					 200, &shown),
			0);
	for (size_t y = 0; y < 200; y++)
		for (size_t x = 0; x < 320; x++) {
			size_t at = frame->layout.stride_bytes[0] * y + 4 * x;

			/* Green carries most of what is seen. */
			assert_in_range(shown->plane[0][at + 1] + 40,
					frame->plane[0][at + 1],
					frame->plane[0][at + 1] + 80);
		}
	video_jpeg_destroy(jpeg);
	video_frame_unref(shown);
	core_bytes_unref(bytes);
	video_frame_unref(frame);
}

static void types_are_those_of_the_web(void **state)
{
	(void)state;
	assert_string_equal(video_still_type(VIDEO_STILL_PNG), "image/png");
	assert_string_equal(video_still_type(VIDEO_STILL_JPEG), "image/jpeg");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(png_is_exact_in_every_layout),
			cmocka_unit_test(
					png_is_exact_with_any_number_of_colours),
			cmocka_unit_test(few_colours_are_packed),
			cmocka_unit_test(png_refuses_sizes_out_of_range),
			cmocka_unit_test(each_pixel_is_a_mean),
			cmocka_unit_test(nothing_is_made_larger),
			cmocka_unit_test(thumbnail_keeps_the_shape),
			cmocka_unit_test(jpeg_shows_the_same),
			cmocka_unit_test(types_are_those_of_the_web),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
