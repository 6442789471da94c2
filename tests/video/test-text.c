/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "video/font.h"

#define INK 0x123456
#define PAPER 0xfedcba

static const struct video_text_style plain = {INK, PAPER, 1};

static uint32_t colour_at(
		const struct video_frame *frame, uint32_t x_px, uint32_t y_px)
{
	const uint8_t *pixel = frame->plane[0] +
			frame->layout.stride_bytes[0] * y_px + 4 * x_px;

	assert_int_equal(pixel[3], 0);
	return (uint32_t)pixel[2] << 16 | (uint32_t)pixel[1] << 8 | pixel[0];
}

static struct video_frame *canvas(uint32_t width_px, uint32_t height_px)
{
	struct video_frame *frame;

	assert_int_equal(video_frame_create(&frame, width_px, height_px), 0);
	return frame;
}

static void expect_drawing(const struct video_frame *frame, uint32_t left_px,
		const char *const rows[VIDEO_GLYPH_HEIGHT_PX])
{
	for (uint32_t y = 0; y < VIDEO_GLYPH_HEIGHT_PX; y++)
		for (uint32_t x = 0; x < VIDEO_GLYPH_WIDTH_PX; x++)
			assert_int_equal(colour_at(frame, left_px + x, y),
					rows[y][x] == '#' ? INK : PAPER);
}

/* The right way round, and the right way up. */
static void draws_a_letter(void **state)
{
	static const char *const letter_f[] = {"        ", "        ",
			"        ", "        ", " ###### ", " #      ",
			" #      ", " #      ", " #####  ", " #      ",
			" #      ", " #      ", " #      ", " #      ",
			"        ", "        "};
	struct video_frame *frame = canvas(16, 16);

	(void)state;
	video_text_draw(frame, 8, 0, &plain, "F");
	expect_drawing(frame, 8, letter_f);
	assert_int_equal(colour_at(frame, 7, 8), 0);
	video_frame_unref(frame);
}

static void draws_a_box_for_what_it_lacks(void **state)
{
	static const char *const box[] = {"        ", "        ", " ###### ",
			" #    # ", " #    # ", " #    # ", " #    # ",
			" #    # ", " #    # ", " #    # ", " #    # ",
			" #    # ", " #    # ", " ###### ", "        ",
			"        "};
	static const uint32_t lacking[] = {
			0x65e5, 0x1f600, 0x110000, 7, UINT32_MAX, 0x10041};
	struct video_frame *frame = canvas(8, 16);

	(void)state;
	for (size_t i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++) {
		video_text_draw_glyph(frame, 0, 0, &plain, lacking[i]);
		expect_drawing(frame, 0, box);
		video_text_fill(frame, 0, 0, 8, 16, 0);
	}
	video_frame_unref(frame);
}

static bool same_picture(
		const struct video_frame *a, const struct video_frame *b)
{
	return memcmp(a->plane[0], b->plane[0],
			       video_layout_plane_bytes(&a->layout, 0)) == 0;
}

/* Has the font a glyph of its own for a code point? */
static bool has_glyph(uint32_t code_point)
{
	struct video_frame *frame = canvas(8, 16);
	struct video_frame *box = canvas(8, 16);
	bool has;

	video_text_draw_glyph(frame, 0, 0, &plain, code_point);
	video_text_draw_glyph(box, 0, 0, &plain, UINT32_MAX);
	has = !same_picture(frame, box);
	video_frame_unref(frame);
	video_frame_unref(box);
	return has;
}

static void has_the_glyphs_of_a_console(void **state)
{
	(void)state;
	for (uint32_t code_point = 0x20; code_point < 0x7f; code_point++)
		assert_true(has_glyph(code_point));
	for (uint32_t code_point = 0xa0; code_point <= 0xff; code_point++)
		if (code_point != 0xad) /* the soft hyphen */
			assert_true(has_glyph(code_point));
	for (uint32_t code_point = 0x2500; code_point <= 0x259f; code_point++)
		assert_true(has_glyph(code_point));
	assert_true(has_glyph(0x20ac));
}

static void keeps_the_font_sorted(void **state)
{
	(void)state;
	assert_true(video_font_entries_n > 256);
	for (size_t i = 1; i < video_font_entries_n; i++)
		assert_true(video_font_entries[i].code_point >
				video_font_entries[i - 1].code_point);
	for (size_t i = 0; i < video_font_entries_n; i++)
		assert_true(video_font_entries[i].glyph < 512);
}

/* A text is the row of its code points, well-formed or not. */
static void reads_utf8(void **state)
{
	static const struct {
		const char *text;
		uint32_t code_points[8];
		size_t n;
	} cases[] = {
			{"", {0}, 0},
			{"A~", {'A', '~'}, 2},
			{"\xc3\xa9\xe2\x94\x8c", {0xe9, 0x250c}, 2},
			{"\xf0\x9f\x98\x80!", {0x1f600, '!'}, 2},
			{"\x80", {0xfffd}, 1}, /* no first byte */
			{"\xff\xfe", {0xfffd, 0xfffd}, 2},
			{"\xc3", {0xfffd}, 1}, /* ends too early */
			{"\xe2\x94", {0xfffd, 0xfffd}, 2},
			{"\xe2\x94:", {0xfffd, 0xfffd, ':'}, 3},
			{"\xc1\x81", {0xfffd, 0xfffd},
					2}, /* 'A', too long a form */
			{"\xe0\x80\xaf", {0xfffd, 0xfffd, 0xfffd}, 3},
			{"\xed\xa0\x80", {0xfffd, 0xfffd, 0xfffd},
					3}, /* surrogate */
			{"\xf4\x90\x80\x80", {0xfffd, 0xfffd, 0xfffd, 0xfffd},
					4},
			{"\xf8\x88\x80", {0xfffd, 0xfffd, 0xfffd}, 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct video_frame *drawn = canvas(64, 16);
		struct video_frame *expected = canvas(64, 16);
		/* A block of its own: reading beyond the NUL is seen. */
		char *text = strdup(cases[i].text);

		assert_non_null(text);
		assert_int_equal(video_text_columns(text), cases[i].n);
		video_text_draw(drawn, 0, 0, &plain, text);
		for (size_t n = 0; n < cases[i].n; n++)
			video_text_draw_glyph(expected, (int32_t)n * 8, 0,
					&plain, cases[i].code_points[n]);
		assert_true(same_picture(drawn, expected));
		free(text);
		video_frame_unref(drawn);
		video_frame_unref(expected);
	}
}

static void scales_every_pixel(void **state)
{
	struct video_frame *small = canvas(40, 16);
	struct video_frame *large = canvas(120, 48);
	const struct video_text_style style = {INK, PAPER, 3};

	(void)state;
	video_text_draw(small, 0, 0, &plain, "Wg\xc3\xa9|");
	video_text_draw(large, 0, 0, &style, "Wg\xc3\xa9|");
	for (uint32_t y = 0; y < 48; y++)
		for (uint32_t x = 0; x < 120; x++)
			assert_int_equal(colour_at(large, x, y),
					colour_at(small, x / 3, y / 3));
	video_frame_unref(small);
	video_frame_unref(large);
}

static const uint8_t *row_at(const struct video_frame *frame, uint32_t y_px)
{
	return frame->plane[0] + frame->layout.stride_bytes[0] * y_px;
}

/* What stands in the rows beyond the picture's width is nobody's to draw. */
static void expect_clean_padding(const struct video_frame *frame)
{
	for (uint32_t y = 0; y < frame->layout.height_px; y++)
		for (uint32_t i = frame->layout.width_px * 4;
				i < frame->layout.stride_bytes[0]; i++)
			assert_int_equal(row_at(frame, y)[i], 0);
}

#define CLIP_MARGIN_PX 80

static void clip_text_at(struct video_frame *frame, struct video_frame *large,
		int32_t x_px, int32_t y_px)
{
	const struct video_text_style style = {INK, PAPER, 2};

	video_text_fill(frame, -5, -5, 100, 100, 0);
	video_text_fill(large, 0, 0, 400, 400, 0);
	video_text_draw(frame, x_px, y_px, &style, "R2\xc2\xb5");
	video_text_draw(large, x_px + CLIP_MARGIN_PX, y_px + CLIP_MARGIN_PX,
			&style, "R2\xc2\xb5");
	for (uint32_t y = 0; y < frame->layout.height_px; y++)
		assert_memory_equal(row_at(frame, y),
				row_at(large, y + CLIP_MARGIN_PX) +
						4 * CLIP_MARGIN_PX,
				4 * frame->layout.width_px);
	expect_clean_padding(frame);
}

/*
 * A picture cut from the middle of a larger drawing looks the same as the
 * drawing clipped to it: at every offset across each border.
 */
static void clips_at_every_border(void **state)
{
	struct video_frame *frame = canvas(20, 19);
	struct video_frame *large = canvas(
			20 + 2 * CLIP_MARGIN_PX, 19 + 2 * CLIP_MARGIN_PX);

	(void)state;
	for (int32_t y_px = -40; y_px <= 24; y_px += 3)
		for (int32_t x_px = -70; x_px <= 24; x_px++)
			clip_text_at(frame, large, x_px, y_px);
	video_frame_unref(frame);
	video_frame_unref(large);
}

/* Whatever a caller works out wrongly lands outside the picture, not memory. */
static void draws_nothing_far_outside(void **state)
{
	static const int32_t far_px[] = {
			INT32_MIN, INT32_MIN + 1, -100000, 100000, INT32_MAX};
	static const uint32_t scales[] = {0, 1, 1000, INT32_MAX, UINT32_MAX};
	struct video_frame *frame = canvas(20, 20);
	struct video_frame *black = canvas(20, 20);

	(void)state;
	for (size_t i = 0; i < 5; i++)
		for (size_t k = 0; k < 5; k++) {
			const struct video_text_style style = {
					INK, PAPER, scales[k]};

			video_text_draw(frame, 20, far_px[i], &style, "abc");
			video_text_draw(frame, far_px[i], 20, &style, "abc");
			video_text_fill(frame, 20, far_px[i], UINT32_MAX,
					UINT32_MAX, INK);
			video_text_fill(frame, far_px[i], far_px[i], 1, 1, INK);
			assert_true(same_picture(frame, black));
			video_text_draw(frame, far_px[i], far_px[i], &style,
					"abc");
			video_text_fill(frame, 0, 0, 20, 20, 0);
		}
	video_text_fill(frame, INT32_MIN, INT32_MIN, UINT32_MAX, UINT32_MAX,
			INK);
	for (uint32_t i = 0; i < 400; i++)
		assert_int_equal(colour_at(frame, i % 20, i / 20), INK);
	expect_clean_padding(frame);
	video_frame_unref(frame);
	video_frame_unref(black);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(draws_a_letter),
			cmocka_unit_test(draws_a_box_for_what_it_lacks),
			cmocka_unit_test(has_the_glyphs_of_a_console),
			cmocka_unit_test(keeps_the_font_sorted),
			cmocka_unit_test(reads_utf8),
			cmocka_unit_test(scales_every_pixel),
			cmocka_unit_test(clips_at_every_border),
			cmocka_unit_test(draws_nothing_far_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
