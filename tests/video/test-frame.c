/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/frame.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/video/picture.h"

static void creates_a_black_aligned_frame(void **state)
{
	struct video_frame *frame;

	(void)state;
	assert_int_equal(video_frame_create(&frame, 333, 17), 0);
	assert_int_equal(frame->layout.pixel, VIDEO_PIXEL_BGRX);
	assert_true(frame->layout.full_range);
	assert_int_equal(frame->layout.stride_bytes[0], 1344);
	assert_int_equal((uintptr_t)frame->plane[0] % 64, 0);
	assert_ptr_equal(video_frame_pixels(frame), frame->plane[0]);
	assert_int_equal(video_layout_check(&frame->layout), 0);
	for (size_t i = 0; i < video_layout_plane_bytes(&frame->layout, 0); i++)
		assert_int_equal(frame->plane[0][i], 0);
	/* Every byte is there to be drawn on. */
	memset(video_frame_pixels(frame), 0xff,
			video_layout_plane_bytes(&frame->layout, 0));
	video_frame_unref(frame);
}

static void creates_no_frame_of_a_bad_size(void **state)
{
	static const uint32_t sizes_px[][2] = {
			{0, 1},
			{1, 0},
			{VIDEO_WIDTH_MAX_PX + 1, 1},
			{1, VIDEO_HEIGHT_MAX_PX + 1},
			{UINT32_MAX, UINT32_MAX},
			{UINT32_MAX / 4 + 2, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes_px) / sizeof(sizes_px[0]); i++) {
		struct video_frame *frame = (struct video_frame *)state;

		assert_int_equal(video_frame_create(&frame, sizes_px[i][0],
						 sizes_px[i][1]),
				-EINVAL);
		assert_null(frame);
	}
}

struct counted_frame {
	struct video_frame frame;
	int released;
};

static void count_release(struct video_frame *frame)
{
	((struct counted_frame *)frame)->released++;
}

static void releases_with_the_last_reference(void **state)
{
	struct counted_frame counted = {
			.frame = {.refs = 1, .release = count_release},
	};

	(void)state;
	assert_ptr_equal(video_frame_ref(&counted.frame), &counted.frame);
	video_frame_unref(&counted.frame);
	assert_int_equal(counted.released, 0);
	video_frame_unref(&counted.frame);
	assert_int_equal(counted.released, 1);
	video_frame_unref(NULL);
}

static void knows_the_planes_of_every_layout(void **state)
{
	static const struct {
		uint32_t planes;
		uint32_t stride_bytes[VIDEO_PLANES_MAX];
		size_t bytes[VIDEO_PLANES_MAX];
	} expected[VIDEO_PIXELS] = {
			[VIDEO_PIXEL_BGRX] = {1, {40}, {240}},
			[VIDEO_PIXEL_RGB24] = {1, {30}, {180}},
			[VIDEO_PIXEL_BGR24] = {1, {30}, {180}},
			[VIDEO_PIXEL_YUYV] = {1, {20}, {120}},
			[VIDEO_PIXEL_UYVY] = {1, {20}, {120}},
			[VIDEO_PIXEL_NV12] = {2, {10, 10}, {60, 30}},
			[VIDEO_PIXEL_NV16] = {2, {10, 10}, {60, 60}},
			[VIDEO_PIXEL_YU12] = {3, {10, 5, 5}, {60, 15, 15}},
			[VIDEO_PIXEL_YU16] = {3, {10, 5, 5}, {60, 30, 30}},
	};

	(void)state;
	for (int pixel = 0; pixel < VIDEO_PIXELS; pixel++) {
		struct video_layout layout = {
				.pixel = (enum video_pixel)pixel,
				.width_px = 10,
				.height_px = 6,
		};

		video_layout_set_strides(&layout);
		assert_int_equal(video_layout_check(&layout), 0);
		assert_int_equal(video_layout_planes(layout.pixel),
				expected[pixel].planes);
		for (uint32_t i = 0; i < VIDEO_PLANES_MAX; i++) {
			assert_int_equal(layout.stride_bytes[i],
					expected[pixel].stride_bytes[i]);
			assert_int_equal(video_layout_plane_bytes(&layout, i),
					expected[pixel].bytes[i]);
		}
	}
}

static struct video_layout sound_layout(enum video_pixel pixel)
{
	struct video_layout layout = {
			.pixel = pixel,
			.width_px = 64,
			.height_px = 32,
	};

	video_layout_set_strides(&layout);
	return layout;
}

static void copies_every_layout(void **state)
{
	(void)state;
	for (enum video_pixel pixel = 0; pixel < VIDEO_PIXELS; pixel++) {
		uint8_t bytes[VIDEO_PLANES_MAX][512];
		struct video_frame *copy, frame = {.captured_us = 7};

		frame.layout = (struct video_layout){.pixel = pixel,
				.width_px = 10,
				.height_px = 6,
				.stride_bytes = {48, 32, 32}};
		for (uint32_t p = 0; p < VIDEO_PLANES_MAX; p++) {
			for (size_t i = 0; i < sizeof(bytes[p]); i++)
				bytes[p][i] = (uint8_t)(i * 3 + p);
			frame.plane[p] = bytes[p];
		}
		assert_int_equal(video_frame_copy(&copy, &frame), 0);
		assert_int_equal(copy->captured_us, 7);
		assert_memory_equal(&copy->layout, &frame.layout,
				sizeof(frame.layout));
		for (uint32_t p = 0; p < video_layout_planes(pixel); p++) {
			size_t row_bytes = video_layout_row_bytes(pixel, p, 10);

			assert_ptr_not_equal(copy->plane[p], bytes[p]);
			for (size_t y = 0; y < video_layout_rows(pixel, p, 6);
					y++)
				assert_memory_equal(copy->plane[p] +
								y * (p ? 32 : 48),
						bytes[p] + y * (p ? 32 : 48),
						row_bytes);
		}
		video_frame_unref(copy);
	}
}

static void makes_frames_of_every_layout(void **state)
{
	(void)state;
	for (enum video_pixel pixel = 0; pixel < VIDEO_PIXELS; pixel++) {
		struct video_layout layout = sound_layout(pixel);
		struct video_frame *frame;

		assert_int_equal(video_frame_create_raw(&frame, &layout), 0);
		assert_int_equal(frame->refs, 1);
		assert_memory_equal(&frame->layout, &layout, sizeof(layout));
		for (uint32_t p = 0; p < video_layout_planes(pixel); p++) {
			assert_ptr_equal(video_frame_plane(frame, p),
					frame->plane[p]);
			memset(video_frame_plane(frame, p), (int)p,
					video_layout_plane_bytes(&layout, p));
		}
		for (uint32_t p = 0; p < video_layout_planes(pixel); p++)
			assert_int_equal(frame->plane[p][0], p);
		video_frame_unref(frame);
		layout.height_px = 0;
		assert_int_equal(video_frame_create_raw(&frame, &layout),
				-EINVAL);
		assert_null(frame);
	}
}

static void refuses_sizes_out_of_range(void **state)
{
	static const uint32_t bad_px[] = {0, 4098, 65536, 1u << 30, 1u << 31,
			UINT32_MAX - 1, UINT32_MAX};

	(void)state;
	for (int pixel = 0; pixel < VIDEO_PIXELS; pixel++)
		for (size_t i = 0; i < sizeof(bad_px) / sizeof(bad_px[0]);
				i++) {
			struct video_layout layout =
					sound_layout((enum video_pixel)pixel);

			layout.width_px = bad_px[i];
			assert_int_equal(video_layout_check(&layout), -EINVAL);
			video_layout_set_strides(&layout);
			assert_int_equal(video_layout_check(&layout), -EINVAL);
			layout = sound_layout((enum video_pixel)pixel);
			layout.height_px = bad_px[i];
			assert_int_equal(video_layout_check(&layout), -EINVAL);
		}
}

static void refuses_strides_that_do_not_fit(void **state)
{
	(void)state;
	for (int pixel = 0; pixel < VIDEO_PIXELS; pixel++) {
		struct video_layout sound =
				sound_layout((enum video_pixel)pixel);

		for (uint32_t i = 0; i < video_layout_planes(sound.pixel);
				i++) {
			struct video_layout layout = sound;

			layout.stride_bytes[i]--;
			assert_int_equal(video_layout_check(&layout), -EINVAL);
			layout.stride_bytes[i] = 0;
			assert_int_equal(video_layout_check(&layout), -EINVAL);
			layout.stride_bytes[i] = UINT32_MAX;
			assert_int_equal(video_layout_check(&layout), -EINVAL);
			layout.stride_bytes[i] = VIDEO_WIDTH_MAX_PX * 8 + 1;
			assert_int_equal(video_layout_check(&layout), -EINVAL);
			layout.stride_bytes[i] = VIDEO_WIDTH_MAX_PX * 8;
			assert_int_equal(video_layout_check(&layout), 0);
		}
	}
}

/* The strides of planes that are not there may be anything. */
static void ignores_strides_of_no_plane(void **state)
{
	struct video_layout layout = sound_layout(VIDEO_PIXEL_NV12);

	(void)state;
	layout.stride_bytes[2] = UINT32_MAX;
	assert_int_equal(video_layout_check(&layout), 0);
	assert_int_equal(video_layout_plane_bytes(&layout, 2), 0);
	assert_int_equal(video_layout_plane_bytes(&layout, 3), 0);
}

static void refuses_chroma_that_does_not_divide(void **state)
{
	static const struct {
		enum video_pixel pixel;
		int odd_width;
		int odd_height;
	} cases[] = {
			{VIDEO_PIXEL_BGRX, 0, 0},
			{VIDEO_PIXEL_RGB24, 0, 0},
			{VIDEO_PIXEL_BGR24, 0, 0},
			{VIDEO_PIXEL_YUYV, -EINVAL, 0},
			{VIDEO_PIXEL_UYVY, -EINVAL, 0},
			{VIDEO_PIXEL_NV12, -EINVAL, -EINVAL},
			{VIDEO_PIXEL_NV16, -EINVAL, 0},
			{VIDEO_PIXEL_YU12, -EINVAL, -EINVAL},
			{VIDEO_PIXEL_YU16, -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct video_layout layout = sound_layout(cases[i].pixel);

		layout.width_px = 63;
		assert_int_equal(video_layout_check(&layout),
				cases[i].odd_width);
		layout = sound_layout(cases[i].pixel);
		layout.height_px = 31;
		assert_int_equal(video_layout_check(&layout),
				cases[i].odd_height);
	}
}

static void refuses_kinds_that_there_are_not(void **state)
{
	static const int kinds[] = {-1, INT32_MIN, INT32_MAX, 1000};
	struct video_layout layout;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		layout = sound_layout(VIDEO_PIXEL_BGRX);
		memcpy(&layout.pixel, &kinds[i], sizeof(layout.pixel));
		assert_int_equal(video_layout_check(&layout), -EINVAL);
		layout = sound_layout(VIDEO_PIXEL_NV12);
		memcpy(&layout.matrix, &kinds[i], sizeof(layout.matrix));
		assert_int_equal(video_layout_check(&layout), -EINVAL);
	}
	layout.matrix = VIDEO_MATRICES;
	assert_int_equal(video_layout_check(&layout), -EINVAL);
	layout = sound_layout(VIDEO_PIXEL_NV12);
	layout.pixel = VIDEO_PIXELS;
	assert_int_equal(video_layout_check(&layout), -EINVAL);
}

/* The largest of each layout, every byte of which can be addressed. */
static void accepts_the_largest(void **state)
{
	(void)state;
	for (int pixel = 0; pixel < VIDEO_PIXELS; pixel++) {
		struct video_layout layout = {
				.pixel = (enum video_pixel)pixel,
				.width_px = VIDEO_WIDTH_MAX_PX,
				.height_px = VIDEO_HEIGHT_MAX_PX,
		};

		video_layout_set_strides(&layout);
		assert_int_equal(video_layout_check(&layout), 0);
		layout.width_px++;
		assert_int_equal(video_layout_check(&layout), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(creates_a_black_aligned_frame),
			cmocka_unit_test(creates_no_frame_of_a_bad_size),
			cmocka_unit_test(releases_with_the_last_reference),
			cmocka_unit_test(knows_the_planes_of_every_layout),
			cmocka_unit_test(copies_every_layout),
			cmocka_unit_test(makes_frames_of_every_layout),
			cmocka_unit_test(refuses_sizes_out_of_range),
			cmocka_unit_test(refuses_strides_that_do_not_fit),
			cmocka_unit_test(ignores_strides_of_no_plane),
			cmocka_unit_test(refuses_chroma_that_does_not_divide),
			cmocka_unit_test(refuses_kinds_that_there_are_not),
			cmocka_unit_test(accepts_the_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
