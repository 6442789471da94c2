/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/demo-screen.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/capture/demo-typing.h"

struct screen {
	struct capture_computer *computer;
	struct capture_demo_screen *screen;
};

static int set_up(void **state)
{
	struct screen *test = calloc(1, sizeof(*test));

	assert_non_null(test);
	assert_int_equal(capture_computer_create(&test->computer, "demo", 1, 1),
			0);
	assert_int_equal(capture_demo_screen_create(&test->screen), 0);
	*state = test;
	return 0;
}

static int tear_down(void **state)
{
	struct screen *test = *state;

	capture_computer_destroy(test->computer);
	capture_demo_screen_destroy(test->screen);
	capture_demo_screen_destroy(NULL);
	free(test);
	return 0;
}

static struct video_frame *draw(struct screen *test)
{
	struct video_frame *frame;

	assert_int_equal(capture_demo_screen_draw(test->screen, test->computer,
					 7, &frame),
			0);
	assert_int_equal(frame->captured_us, 7);
	return frame;
}

static void type(struct screen *test, const char *text)
{
	for (; *text; text++) {
		uint8_t usage;
		uint8_t modifiers;

		typing_find_key(*text, &usage, &modifiers);
		capture_computer_press(test->computer, usage, modifiers, false);
	}
}

/* 0xRRGGBB */
static uint32_t pixel(const struct video_frame *frame, uint32_t x, uint32_t y)
{
	const uint8_t *bgr = frame->plane[0] +
			(size_t)y * frame->layout.stride_bytes[0] + 4 * x;

	return (uint32_t)(bgr[0] | bgr[1] << 8 | bgr[2] << 16);
}

static bool same_pixels(
		const struct video_frame *a, const struct video_frame *b)
{
	if (a->layout.width_px != b->layout.width_px ||
			a->layout.height_px != b->layout.height_px)
		return false;
	for (uint32_t y = 0; y < a->layout.height_px; y++)
		for (uint32_t x = 0; x < a->layout.width_px; x++)
			if (pixel(a, x, y) != pixel(b, x, y))
				return false;
	return true;
}

/* What a screen that has drawn nothing before makes of the same state. */
static void expect_as_if_new(
		struct screen *test, const struct video_frame *frame)
{
	struct capture_demo_screen *fresh;
	struct video_frame *expected;

	assert_int_equal(capture_demo_screen_create(&fresh), 0);
	assert_int_equal(capture_demo_screen_draw(
					 fresh, test->computer, 7, &expected),
			0);
	assert_true(same_pixels(frame, expected));
	capture_demo_screen_destroy(fresh);
}

static void draws_in_the_size_of_the_mode(void **state)
{
	struct screen *test = *state;

	for (size_t i = 0; i < CAPTURE_MODES; i++) {
		struct video_frame *frame;

		capture_computer_set_mode(test->computer, &capture_modes[i]);
		frame = draw(test);
		assert_int_equal(frame->layout.pixel, VIDEO_PIXEL_BGRX);
		assert_int_equal(frame->layout.width_px,
				capture_modes[i].width_px);
		assert_int_equal(frame->layout.height_px,
				capture_modes[i].height_px);
		assert_int_equal(pixel(frame, frame->layout.width_px - 1, 0),
				0x203a70);
		assert_int_equal(pixel(frame, frame->layout.width_px - 1,
						 frame->layout.height_px - 1),
				0);
	}
}

static void draws_pure_colours(void **state)
{
	static const uint32_t bars[] = {0xffffff, 0xffff00, 0x00ffff, 0x00ff00,
			0xff00ff, 0xff0000, 0x0000ff, 0x000000};
	struct screen *test = *state;
	const struct video_frame *frame;
	uint32_t row;

	type(test, "clear\ncolours\n");
	row = typing_find_row(capture_computer_get_console(test->computer),
			"demo:~$ colours");
	frame = draw(test);
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(pixel(frame, 160 * i + 80, 16 * row + 16 + 64),
				bars[i]);
}

static void draws_text_and_cursor(void **state)
{
	struct screen *test = *state;
	const struct capture_console *console =
			capture_computer_get_console(test->computer);
	uint32_t x = 8 * console->column;
	uint32_t y = 16 * console->row;
	const struct video_frame *frame = draw(test);
	unsigned lit = 0;

	/* The cursor fills its cell. */
	assert_int_equal(pixel(frame, x, y), 0xc0c0c0);
	assert_int_equal(pixel(frame, x + 7, y + 15), 0xc0c0c0);
	assert_int_equal(pixel(frame, x + 8, y), 0);
	type(test, "H");
	frame = draw(test);
	for (uint32_t i = 0; i < 8 * 16; i++)
		lit += pixel(frame, x + i % 8, y + i / 8) == 0xc0c0c0;
	assert_in_range(lit, 10, 60);
	assert_int_equal(pixel(frame, x + 8, y), 0xc0c0c0);
}

static void draws_the_pointer_where_it_is(void **state)
{
	struct screen *test = *state;
	const struct video_frame *frame;

	type(test, "colours\n"); /* something to point at */
	capture_computer_point(test->computer, 100, 4000, 0, 0, 0);
	frame = draw(test);
	capture_computer_point(test->computer, 16384, 16384, 0, 0, 0);
	frame = draw(test);
	assert_int_equal(pixel(frame, 640, 360), 0);
	assert_int_equal(pixel(frame, 641, 362), 0xffffff);
	assert_int_equal(pixel(frame, 641, 363), 0xffffff);
	expect_as_if_new(test, frame);
	capture_computer_point(test->computer, CAPTURE_POINTER_MAX,
			CAPTURE_POINTER_MAX, 0, 0, 0);
	frame = draw(test);
	assert_int_equal(pixel(frame, 1279, 719), 0);
	expect_as_if_new(test, frame);
}

/* Who holds a frame can rely on it. */
static void leaves_held_frames_alone(void **state)
{
	struct screen *test = *state;
	struct video_frame *held[CAPTURE_DEMO_FRAMES];
	struct video_frame *frame;
	size_t bytes;
	uint8_t *copy;

	held[0] = video_frame_ref(draw(test));
	bytes = video_layout_plane_bytes(&held[0]->layout, 0);
	copy = malloc(bytes);
	assert_non_null(copy);
	memcpy(copy, held[0]->plane[0], bytes);
	for (size_t i = 1; i < CAPTURE_DEMO_FRAMES; i++) {
		type(test, "x");
		held[i] = video_frame_ref(draw(test));
		for (size_t j = 0; j < i; j++)
			assert_ptr_not_equal(held[i], held[j]);
	}
	type(test, "x");
	assert_int_equal(capture_demo_screen_draw(test->screen, test->computer,
					 7, &frame),
			-EBUSY);
	assert_null(frame);
	assert_memory_equal(held[0]->plane[0], copy, bytes);

	video_frame_unref(held[1]); /* it is drawn into, and is up to date */
	frame = draw(test);
	assert_ptr_equal(frame, held[1]);
	expect_as_if_new(test, frame);

	capture_demo_screen_destroy(test->screen);
	test->screen = NULL;
	assert_memory_equal(held[0]->plane[0], copy, bytes);
	free(copy);
	for (size_t i = 0; i < CAPTURE_DEMO_FRAMES; i++)
		if (i != 1)
			video_frame_unref(held[i]);
}

/* Drawing only what differs gives what drawing everything would. */
static void draws_differences_exactly(void **state)
{
	static const char *const lines[] = {"help\n", "colours\n", "scroll 3\n",
			"mode 800x600\n", "clear\n", "x", "mode 640x480\n",
			"scroll 99\n", "echo hello\n"};
	struct screen *test = *state;
	struct video_frame *held = video_frame_ref(draw(test));
	int rounds = getenv("RACKHAND_TEST_FULL") ? 2000 : 60;
	uint32_t dice = 4711;

	for (int i = 0; i < rounds; i++) {
		struct video_frame *frame;

		dice = dice * 1664525 + 1013904223;
		type(test, lines[(dice >> 16) % 9]);
		capture_computer_point(test->computer, (uint16_t)(dice >> 17),
				(uint16_t)(dice >> 3 & 0x7fff), 0, 0, 0);
		frame = draw(test);
		expect_as_if_new(test, frame);
		if (i % 3 == 0) { /* so that slots take turns */
			video_frame_unref(held);
			held = video_frame_ref(frame);
		}
	}
	video_frame_unref(held);
}

int main(void)
{
#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			TEST(draws_in_the_size_of_the_mode),
			TEST(draws_pure_colours),
			TEST(draws_text_and_cursor),
			TEST(draws_the_pointer_where_it_is),
			TEST(leaves_held_frames_alone),
			TEST(draws_differences_exactly),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
