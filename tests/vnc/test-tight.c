/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/tight.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"
#include "tests/vnc/tight-rig.h"

/* What a picture of its own becomes: one kind. */
static enum tight_kind kind_of(struct tight_rig *rig, enum picture_kind kind,
		uint32_t width_px, uint32_t height_px, int quality_level)
{
	struct video_frame *frame =
			picture_create(width_px, height_px, kind, 5);
	const struct video_rect rect = {0, 0, width_px, height_px};
	struct vnc_encoded encoded =
			tight_show(rig, frame, &rect, quality_level);

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
	struct tight_rig *rig = *state;

	for (enum picture_kind kind = 0; kind < PICTURE_KINDS; kind++) {
		struct video_frame *frame =
				picture_create(CANVAS_PX, CANVAS_PX, kind, 1);

		for (size_t i = 0;
				i < sizeof(some_rects) / sizeof(some_rects[0]);
				i++) {
			struct vnc_encoded encoded = tight_show(
					rig, frame, &some_rects[i], -1);

			assert_false(encoded.lossy);
			core_bytes_unref(encoded.bytes);
		}
		video_frame_unref(frame);
	}
}

/* All layouts, matrices and ranges, with and without JPEG. */
static void every_layout_comes_back(void **state)
{
	static const struct video_rect rects[] = {{0, 0, 320, 180},
			{16, 32, 160, 64}, {5, 7, 101, 55}, {1, 0, 2, 2},
			{318, 178, 2, 2}, {64, 19, 33, 70}};
	static const enum picture_kind kinds[] = {PICTURE_MIXED, PICTURE_MONO};
	struct tight_rig *rig = *state;

	for (unsigned i = 0; i < 2u * VIDEO_PIXELS * VIDEO_MATRICES * 2; i++) {
		struct video_frame *source =
				picture_create(320, 180, kinds[i % 2], i + 1);
		struct video_frame *frame = picture_translate(source,
				i / 2 % VIDEO_PIXELS,
				i / 2 / VIDEO_PIXELS % VIDEO_MATRICES,
				i / 2 / VIDEO_PIXELS / VIDEO_MATRICES);
		const struct video_rect *rect =
				&rects[i % (sizeof(rects) / sizeof(rects[0]))];

		for (int level = -1; level <= 9; level += 5) {
			struct vnc_encoded encoded =
					tight_show(rig, frame, rect, level);

			core_bytes_unref(encoded.bytes);
		}
		video_frame_unref(frame);
		video_frame_unref(source);
	}
}

static void paint(struct video_frame *frame, const struct video_rect *rect,
		enum picture_kind kind)
{
	struct video_frame *other = picture_create(frame->layout.width_px,
			frame->layout.height_px, kind, 3);

	picture_paste(frame, other, rect);
	video_frame_unref(other);
}

/* Islands of each kind keep theirs, and none is spread over the others. */
static void islands_keep_their_kind(void **state)
{
	static const struct {
		struct video_rect rect;
		enum picture_kind picture;
		enum tight_kind kind;
	} islands[] = {
			{{0, 0, 512, 512}, PICTURE_FILL, TIGHT_FILL},
			{{32, 32, 160, 64}, PICTURE_MONO, TIGHT_MONO},
			{{256, 48, 192, 80}, PICTURE_PHOTO, TIGHT_JPEG},
			{{64, 192, 128, 48}, PICTURE_COLOURS_3, TIGHT_PALETTE},
			{{320, 320, 128, 128}, PICTURE_NOISE, TIGHT_JPEG},
			/* Too small for the tables of a JPEG. */
			{{64, 400, 16, 16}, PICTURE_NOISE, TIGHT_FULL_COLOUR},
	};
	static const struct video_rect all = {0, 0, 512, 512};
	struct tight_rig *rig = *state;
	struct video_frame *frame = picture_create(512, 512, PICTURE_FILL, 1);
	struct vnc_encoded encoded;

	for (size_t i = 0; i < sizeof(islands) / sizeof(islands[0]); i++)
		paint(frame, &islands[i].rect, islands[i].picture);
	encoded = tight_show(rig, frame, &all, 6);
	assert_true(encoded.rects < 40);
	for (size_t i = 1; i < sizeof(islands) / sizeof(islands[0]); i++) {
		const struct video_rect *rect = &islands[i].rect;
		const size_t middle = (rect->y_px + rect->height_px / 2) *
						(size_t)CANVAS_PX +
				rect->x_px + rect->width_px / 2;

		assert_int_equal(rig->decoder.kinds[middle], islands[i].kind);
	}
	core_bytes_unref(encoded.bytes);
	video_frame_unref(frame);
}

/* As a terminal with a colour scheme: many pairs of colours, large and small.
 */
static void many_pairs_of_colours_come_back(void **state)
{
	static const enum picture_kind kinds[] = {
			PICTURE_FILL, PICTURE_MONO, PICTURE_COLOURS_3};
	static const struct video_rect all = {0, 0, 512, 512};
	struct tight_rig *rig = *state;
	uint32_t random = 21;

	for (unsigned i = 0; i < 9; i++) {
		struct video_frame *frame =
				picture_create(512, 512, PICTURE_FILL, 1);
		struct video_frame *yuv;

		for (unsigned j = 0; j < 40; j++) {
			const uint32_t x = picture_random(&random) % 28 * 16;
			const uint32_t y = picture_random(&random) % 28 * 16;
			const struct video_rect rect = {x, y,
					16 + picture_random(&random) % (496 - x),
					16 + picture_random(&random) % (496 - y)};

			paint(frame, &rect, kinds[j % 3]);
			picture_tint(frame, &rect, picture_random(&random));
		}
		yuv = picture_translate(frame, i % VIDEO_PIXELS,
				VIDEO_MATRIX_BT601, true);
		for (int level = -1; level <= 6; level += 7) {
			struct vnc_encoded encoded =
					tight_show(rig, yuv, &all, level);

			core_bytes_unref(encoded.bytes);
		}
		video_frame_unref(yuv);
		video_frame_unref(frame);
	}
}

/* Vectors change nothing but the time. */
static void every_level_makes_the_same_bytes(void **state)
{
	static const struct video_rect rect = {16, 0, 300, 180};
	struct tight_rig *rig = *state;
	struct video_frame *source = picture_create(320, 180, PICTURE_MIXED, 2);

	for (unsigned i = 0; i < 2u * VIDEO_PIXELS * CORE_SIMDS; i++) {
		const struct vnc_class class_ =
				vnc_class_for_tight(i % 2 ? 6 : -1);
		struct video_frame *frame = picture_translate(source,
				i / 2 % VIDEO_PIXELS, VIDEO_MATRIX_BT709,
				false);
		enum core_simd level = i / 2 / VIDEO_PIXELS;
		struct vnc_encoded best, other;
		struct vnc_tight *tight;

		if (!core_simd_runs(level))
			level = CORE_SIMD_PLAIN;
		assert_int_equal(vnc_tight_create(&tight, level), 0);
		assert_int_equal(vnc_tight_encode(rig->tight, frame, &rect,
						 &class_, &best),
				0);
		assert_int_equal(vnc_tight_encode(tight, frame, &rect, &class_,
						 &other),
				0);
		assert_int_equal(best.bytes->size, other.bytes->size);
		assert_memory_equal(best.bytes->data, other.bytes->data,
				best.bytes->size);
		core_bytes_unref(best.bytes);
		core_bytes_unref(other.bytes);
		vnc_tight_destroy(tight);
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
	struct tight_rig *rig = *state;

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
	struct tight_rig *rig = *state;

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
	struct tight_rig *rig = *state;
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
			encoded = tight_show(rig, frame, &rect, -1);
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
	struct tight_rig *rig = *state;
	struct video_frame *frame =
			picture_create(1920, 1080, PICTURE_NOISE, 3);
	unsigned used[4] = {0};

	for (uint32_t y = 0; y + 32 <= 1080; y += 32) {
		const struct video_rect rect = {0, y, 64, 32};
		struct vnc_encoded encoded = tight_show(rig, frame, &rect, -1);

		used[rig->decoder.stream]++;
		core_bytes_unref(encoded.bytes);
	}
	for (unsigned i = 0; i < 4; i++)
		assert_in_range(used[i], 6, 11);
	video_frame_unref(frame);
}

static void the_largest_strip_of_noise_fits(void **state)
{
	static const struct video_rect rect = {0, 0, 2048, 144};
	struct tight_rig *rig = *state;
	struct video_frame *frame = picture_create(2048, 144, PICTURE_NOISE, 6);

	for (int level = -1; level <= 9; level += 5) {
		struct vnc_encoded encoded =
				tight_show(rig, frame, &rect, level);

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
	struct tight_rig *rig = *state;
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

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, tight_set_up, tight_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(every_pixel_comes_back_in_the_lossless_class),
			TEST(every_layout_comes_back),
			TEST(every_level_makes_the_same_bytes),
			TEST(islands_keep_their_kind),
			TEST(many_pairs_of_colours_come_back),
			TEST(the_colours_choose_the_kind),
			cmocka_unit_test(quality_levels_become_three_classes),
			TEST(less_than_twelve_bytes_go_bare),
			TEST(rectangles_stand_alone),
			TEST(streams_take_turns),
			TEST(the_largest_strip_of_noise_fits),
			TEST(refuses_more_than_a_strip),
			cmocka_unit_test(destroys_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
