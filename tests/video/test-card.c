/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const some_lines[VIDEO_CARD_LINES] = {
		"rack1: no cable in the HDMI input", "since 13:41:07", NULL};

static const uint8_t *row_at(const struct video_frame *frame, uint32_t y_px)
{
	return frame->plane[0] + frame->layout.stride_bytes[0] * y_px;
}

static uint32_t colour_at(
		const struct video_frame *frame, uint32_t x_px, uint32_t y_px)
{
	const uint8_t *pixel = row_at(frame, y_px) + 4 * x_px;

	return (uint32_t)pixel[2] << 16 | (uint32_t)pixel[1] << 8 | pixel[0];
}

/* Does the block of `text` stand at this place, in the colours found there? */
static bool text_is_at(const struct video_frame *card, uint32_t x_px,
		uint32_t y_px, uint32_t scale, const char *text,
		uint32_t foreground)
{
	const struct video_text_style style = {
			foreground, colour_at(card, 0, 0), scale};
	uint32_t width_px = (uint32_t)video_text_columns(text) * scale *
			VIDEO_GLYPH_WIDTH_PX;
	uint32_t height_px = scale * VIDEO_GLYPH_HEIGHT_PX;
	struct video_frame *block;
	bool same = true;

	assert_int_equal(video_frame_create(&block, width_px, height_px), 0);
	video_text_draw(block, 0, 0, &style, text);
	for (uint32_t y = 0; same && y < height_px; y++)
		same = memcmp(row_at(block, y),
				       row_at(card, y_px + y) + 4 * x_px,
				       (size_t)width_px * 4) == 0;
	video_frame_unref(block);
	return same;
}

/* The row at which a centred text stands, as a reader would find it; or -1. */
static int64_t find_text(const struct video_frame *card, uint32_t scale,
		const char *text, uint32_t foreground)
{
	uint32_t width_px = (uint32_t)video_text_columns(text) * scale *
			VIDEO_GLYPH_WIDTH_PX;
	uint32_t height_px = scale * VIDEO_GLYPH_HEIGHT_PX;

	if (width_px > card->layout.width_px)
		return -1;
	for (uint32_t y = 0; y + height_px <= card->layout.height_px; y++)
		if (text_is_at(card, (card->layout.width_px - width_px) / 2, y,
				    scale, text, foreground))
			return y;
	return -1;
}

#define HEADING_COLOUR 0xffffff
#define LINE_COLOUR 0xc8d4dc

/* At every usual size: heading over lines, centred, as large as it fits. */
static void shows_heading_and_lines_at_every_size(void **state)
{
	static const struct {
		uint32_t width_px;
		uint32_t height_px;
		uint32_t scale;
	} sizes[] = {
			{320, 240, 1},
			{640, 480, 2},
			{720, 400, 1},
			{800, 600, 2},
			{1280, 1024, 4},
			{1920, 1080, 4},
			{VIDEO_WIDTH_MAX_PX, VIDEO_HEIGHT_MAX_PX, 9},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct video_frame *card;
		int64_t heading;
		int64_t first;
		int64_t second;

		assert_int_equal(video_card_create(&card, sizes[i].width_px,
						 sizes[i].height_px,
						 "No signal", some_lines),
				0);
		heading = find_text(card, sizes[i].scale * 2, "No signal",
				HEADING_COLOUR);
		first = find_text(card, sizes[i].scale, some_lines[0],
				LINE_COLOUR);
		second = find_text(card, sizes[i].scale, some_lines[1],
				LINE_COLOUR);
		assert_true(heading >= 0);
		assert_true(first >= heading + 32 * sizes[i].scale);
		assert_true(second >= first + 16 * sizes[i].scale);
		video_frame_unref(card);
	}
}

static void shows_six_lines_or_none(void **state)
{
	static const char *const six[VIDEO_CARD_LINES] = {
			"1", "2", "3", "4", "5", "6"};
	static const char *const none[VIDEO_CARD_LINES] = {NULL, "2"};
	struct video_frame *card;

	(void)state;
	assert_int_equal(video_card_create(&card, 640, 480, "Six", six), 0);
	for (size_t i = 0; i < VIDEO_CARD_LINES; i++)
		assert_true(find_text(card, 2, six[i], LINE_COLOUR) >= 0);
	video_frame_unref(card);
	assert_int_equal(video_card_create(&card, 640, 480, "None", none), 0);
	assert_true(find_text(card, 4, "None", HEADING_COLOUR) >= 0);
	assert_int_equal(find_text(card, 2, "2", LINE_COLOUR), -1);
	video_frame_unref(card);
	assert_int_equal(video_card_create(&card, 640, 480, "None", NULL), 0);
	video_frame_unref(card);
}

/* What does not fit shows its beginning. */
static void begins_what_is_too_long_at_the_edge(void **state)
{
	static const char *const lines[VIDEO_CARD_LINES] = {
			"rack1: this is a reason that needs room"};
	struct video_frame *card;
	bool found = false;

	(void)state;
	assert_int_equal(video_card_create(&card, 160, 120, "No", lines), 0);
	for (uint32_t y = 0; !found && y <= 120 - 16; y++)
		found = text_is_at(card, 0, y, 1, "rack1: this is a rea",
				LINE_COLOUR);
	assert_true(found);
	video_frame_unref(card);
}

static void takes_any_size_and_any_text(void **state)
{
	static const uint32_t sizes_px[] = {
			1, 2, 15, 16, 17, 100, VIDEO_HEIGHT_MAX_PX};
	char *endless = malloc(100001);
	const char *lines[VIDEO_CARD_LINES];

	(void)state;
	assert_non_null(endless);
	memset(endless, 'x', 100000);
	endless[100000] = '\0';
	for (size_t i = 0; i < VIDEO_CARD_LINES; i++)
		lines[i] = i % 2 ? endless : "";
	for (size_t i = 0; i < 49; i++) {
		struct video_frame *card;

		assert_int_equal(video_card_create(&card, sizes_px[i % 7],
						 sizes_px[i / 7], endless,
						 lines),
				0);
		video_frame_unref(card);
		assert_int_equal(video_card_create(&card, sizes_px[i % 7],
						 sizes_px[i / 7], "",
						 some_lines),
				0);
		video_frame_unref(card);
	}
	free(endless);
}

static void refuses_sizes_out_of_range(void **state)
{
	struct video_frame *card = (struct video_frame *)state;

	assert_int_equal(video_card_create(&card, 0, 480, "", some_lines),
			-EINVAL);
	assert_null(card);
	assert_int_equal(video_card_create(&card, 640, UINT32_MAX, "",
					 some_lines),
			-EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(shows_heading_and_lines_at_every_size),
			cmocka_unit_test(shows_six_lines_or_none),
			cmocka_unit_test(begins_what_is_too_long_at_the_edge),
			cmocka_unit_test(takes_any_size_and_any_text),
			cmocka_unit_test(refuses_sizes_out_of_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
