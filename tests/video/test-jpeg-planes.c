/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/jpeg.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include <cmocka.h>

#include "video/convert.h"

/*
 * JPEGs decoded to their own planes, next to the pixels that libjpeg makes of
 * them. What is refused is in test-jpeg.c, which asks both ways.
 */
static struct video_frame *draw_slopes(uint32_t width_px, uint32_t height_px)
{
	struct video_frame *frame;

	assert_int_equal(video_frame_create(&frame, width_px, height_px), 0);
	for (uint32_t y = 0; y < height_px; y++)
		for (uint32_t x = 0; x < width_px; x++) {
			uint8_t *pixel = video_frame_pixels(frame) + 4 * x +
					frame->layout.stride_bytes[0] * y;

			pixel[0] = (uint8_t)(x * 255 / width_px);
			pixel[1] = (uint8_t)(y * 255 / height_px);
			pixel[2] = (uint8_t)(128 + x * 64 / width_px);
		}
	return frame;
}

struct jpeg {
	struct video_jpeg *codec;
	unsigned char *data;
	unsigned long bytes;
};

static void encode(struct jpeg *jpeg, int sampling, uint32_t width_px,
		uint32_t height_px)
{
	struct video_frame *frame = draw_slopes(width_px, height_px);
	tjhandle writer = tjInitCompress();

	*jpeg = (struct jpeg){0};
	assert_int_equal(video_jpeg_create(&jpeg->codec), 0);
	assert_int_equal(tjCompress2(writer, frame->plane[0], (int)width_px,
					 (int)frame->layout.stride_bytes[0],
					 (int)height_px, TJPF_BGRX, &jpeg->data,
					 &jpeg->bytes, sampling, 95, 0),
			0);
	tjDestroy(writer);
	video_frame_unref(frame);
}

static void finish(struct jpeg *jpeg)
{
	video_jpeg_destroy(jpeg->codec);
	tjFree(jpeg->data);
}

/* How far two pictures are apart, the mean over all samples. */
static double mean_error(const struct video_frame *pixels,
		const struct video_frame *planar)
{
	const struct video_layout *layout = &planar->layout;
	const struct video_rect all = {
			0, 0, layout->width_px, layout->height_px};
	size_t stride_bytes = 4 * (size_t)all.width_px;
	uint8_t *bgrx = malloc(stride_bytes * all.height_px);
	double sum = 0;

	assert_non_null(bgrx);
	video_convert_bgrx(planar, &all, bgrx, stride_bytes);
	for (uint32_t y = 0; y < all.height_px; y++)
		for (uint32_t i = 0; i < stride_bytes; i++)
			if (i % 4 != 3)
				sum += abs(bgrx[stride_bytes * y + i] -
						pixels->plane[0][pixels->layout.stride_bytes[0] *
										y +
								i]);
	free(bgrx);
	return sum / (3.0 * all.width_px * all.height_px);
}

static void expect(const struct jpeg *jpeg, uint32_t width_px,
		uint32_t height_px, enum video_pixel pixel)
{
	struct video_frame *pixels;
	struct video_frame *planar;

	assert_int_equal(video_jpeg_decode(jpeg->codec, jpeg->data, jpeg->bytes,
					 width_px, height_px, &pixels),
			0);
	assert_int_equal(video_jpeg_decode_planes(jpeg->codec, jpeg->data,
					 jpeg->bytes, width_px, height_px,
					 &planar),
			0);
	assert_int_equal(planar->layout.pixel, pixel);
	assert_int_equal(planar->layout.matrix, VIDEO_MATRIX_BT601);
	assert_true(planar->layout.full_range);
	assert_int_equal(planar->layout.width_px, width_px);
	assert_int_equal(planar->layout.height_px, height_px);
	assert_int_equal(video_layout_check(&planar->layout), 0);
	assert_true(mean_error(pixels, planar) < 2);
	video_frame_unref(pixels);
	video_frame_unref(planar);
}

/* Without a layout for them, or a size that it can have: pixels. */
static void gives_planes_where_a_layout_has_them(void **state)
{
	static const struct {
		int sampling;
		uint32_t width_px;
		uint32_t height_px;
		enum video_pixel pixel;
	} cases[] = {
			{TJSAMP_420, 150, 86, VIDEO_PIXEL_YU12},
			{TJSAMP_420, 64, 48, VIDEO_PIXEL_YU12},
			{TJSAMP_420, 151, 86, VIDEO_PIXEL_BGRX},
			{TJSAMP_420, 150, 87, VIDEO_PIXEL_BGRX},
			{TJSAMP_422, 150, 86, VIDEO_PIXEL_YU16},
			{TJSAMP_422, 150, 87, VIDEO_PIXEL_YU16},
			{TJSAMP_422, 151, 86, VIDEO_PIXEL_BGRX},
			{TJSAMP_444, 150, 86, VIDEO_PIXEL_BGRX},
			{TJSAMP_440, 150, 86, VIDEO_PIXEL_BGRX},
			{TJSAMP_411, 150, 86, VIDEO_PIXEL_BGRX},
			{TJSAMP_GRAY, 150, 86, VIDEO_PIXEL_BGRX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct jpeg jpeg;

		encode(&jpeg, cases[i].sampling, cases[i].width_px,
				cases[i].height_px);
		expect(&jpeg, cases[i].width_px, cases[i].height_px,
				cases[i].pixel);
		finish(&jpeg);
	}
}

static void cuts_off_padded_rows(void **state)
{
	struct jpeg wide;
	struct jpeg square;

	(void)state;
	encode(&wide, TJSAMP_422, 64, 48);
	encode(&square, TJSAMP_420, 64, 48);
	for (uint32_t height_px = 33; height_px <= 48; height_px++) {
		expect(&wide, 64, height_px, VIDEO_PIXEL_YU16);
		expect(&square, 64, height_px,
				height_px % 2 ? VIDEO_PIXEL_BGRX
					      : VIDEO_PIXEL_YU12);
	}
	finish(&wide);
	finish(&square);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(gives_planes_where_a_layout_has_them),
			cmocka_unit_test(cuts_off_padded_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
