/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/demo.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/capture/demo-typing.h"

/*
 * The whole source between its plugs: reports go in at one end of the socket
 * pairs, LEDs, frames and states come out. Tests wait for what must come,
 * however long a busy machine takes.
 */
#define PATIENCE_US (20 * CLOCK_US_PER_S)

enum { KEYBOARD, ABSOLUTE, RELATIVE, PLUGS };

struct demo {
	sd_event *event;
	struct capture_source *source;
	int plugs[PLUGS]; /* ours */
	unsigned frames;
	struct video_frame *frame; /* the newest, held */
	uint64_t frame_us[2];      /* when the last two came */
	unsigned states;
	struct capture_status status; /* as last told */
};

static void take_frame(void *context, struct video_frame *frame)
{
	struct demo *test = context;

	video_frame_unref(test->frame);
	test->frame = video_frame_ref(frame);
	test->frames++;
	test->frame_us[0] = test->frame_us[1];
	test->frame_us[1] = frame->captured_us;
}

static void take_status(void *context, const struct capture_status *status)
{
	struct demo *test = context;

	test->status = *status;
	test->states++;
}

static const struct capture_handler handler = {take_frame, take_status};

static int set_up(void **state)
{
	struct demo *test = calloc(1, sizeof(*test));
	struct capture_demo_options options = {.name = "demo"};
	int pairs[PLUGS][2];

	assert_non_null(test);
	for (int i = 0; i < PLUGS; i++) {
		assert_int_equal(
				socketpair(AF_UNIX,
						SOCK_SEQPACKET | SOCK_NONBLOCK |
								SOCK_CLOEXEC,
						0, pairs[i]),
				0);
		test->plugs[i] = pairs[i][0];
	}
	options.keyboard_fd = pairs[KEYBOARD][1];
	options.absolute_fd = pairs[ABSOLUTE][1];
	options.relative_fd = pairs[RELATIVE][1];
	assert_true(sd_event_new(&test->event) >= 0);
	assert_int_equal(capture_demo_create(&test->source, test->event,
					 &options, &handler, test),
			0);
	*state = test;
	return 0;
}

static int tear_down(void **state)
{
	struct demo *test = *state;

	capture_source_destroy(test->source);
	video_frame_unref(test->frame); /* outlives its source */
	for (int i = 0; i < PLUGS; i++)
		if (test->plugs[i] != -1)
			close(test->plugs[i]);
	sd_event_unref(test->event);
	free(test);
	return 0;
}

static void turn(struct demo *test)
{
	assert_true(sd_event_run(test->event, 10 * CLOCK_US_PER_MS) >= 0);
}

/* Whatever is ready now. */
static void settle(struct demo *test)
{
	while (sd_event_run(test->event, 0) > 0)
		;
}

#define WAIT_FOR(test, condition)                                              \
	do {                                                                   \
		uint64_t give_up_us_ = clock_now_us() + PATIENCE_US;           \
		while (!(condition)) {                                         \
			if (clock_now_us() > give_up_us_)                      \
				fail_msg("in vain: %s", #condition);           \
			turn(test);                                            \
		}                                                              \
	} while (0)

static void report(struct demo *test, int plug, const void *bytes, size_t size)
{
	assert_int_equal(write(test->plugs[plug], bytes, size), size);
	settle(test);
}

static void hold(struct demo *test, uint8_t modifiers, uint8_t usage)
{
	const uint8_t bytes[8] = {modifiers, 0, usage};

	report(test, KEYBOARD, bytes, sizeof(bytes));
}

/* Down and up in one go, so that a slow machine does not hold the key. */
static void type(struct demo *test, const char *text)
{
	for (; *text; text++) {
		uint8_t down[8] = {0};
		const uint8_t up[8] = {0};

		typing_find_key(*text, &down[2], &down[0]);
		assert_int_equal(write(test->plugs[KEYBOARD], down, 8), 8);
		report(test, KEYBOARD, up, sizeof(up));
	}
}

/* -1: none was written. */
static int read_leds(struct demo *test)
{
	uint8_t bytes[8];
	ssize_t got = read(test->plugs[KEYBOARD], bytes, sizeof(bytes));

	if (got == -1)
		return -1;
	assert_int_equal(got, 1);
	return bytes[0];
}

/* 0xRRGGBB */
static uint32_t pixel(const struct video_frame *frame, uint32_t x, uint32_t y)
{
	const uint8_t *bgr = frame->plane[0] +
			(size_t)y * frame->layout.stride_bytes[0] + 4 * x;

	return (uint32_t)(bgr[0] | bgr[1] << 8 | bgr[2] << 16);
}

/* A whole screen of cursor-coloured pixels: how many cells text has lit. */
static unsigned count_lit(const struct video_frame *frame)
{
	unsigned lit = 0;

	for (uint32_t y = 16; y < frame->layout.height_px; y++)
		for (uint32_t x = 0; x < frame->layout.width_px; x++)
			lit += pixel(frame, x, y) == 0xc0c0c0;
	return lit;
}

static void says_what_it_is(void **state)
{
	struct demo *test = *state;
	const struct capture_status *status =
			capture_source_get_status(test->source);

	assert_int_equal(status->state, CAPTURE_STATE_OK);
	assert_int_equal(status->width_px, 1280);
	assert_int_equal(status->height_px, 720);
	assert_int_equal(status->refresh_millihz, 60000);
	assert_string_equal(status->format, "demo");
	assert_int_equal(test->states, 0); /* not before the loop runs */
	WAIT_FOR(test, test->states == 1);
	assert_int_equal(test->status.state, CAPTURE_STATE_OK);
	assert_int_equal(read_leds(test), 0); /* the host's first LED report */
	assert_int_equal(read_leds(test), -1);
}

static void draws_only_while_watched(void **state)
{
	struct demo *test = *state;

	type(test, "echo unseen\n");
	for (int i = 0; i < 10; i++)
		turn(test);
	assert_int_equal(test->frames, 0);
	capture_source_set_watched(test->source, true);
	WAIT_FOR(test, test->frames == 1);
	assert_true(count_lit(test->frame) > 1000);
	capture_source_set_watched(test->source, false);
	type(test, "echo more\n");
	for (int i = 0; i < 10; i++)
		turn(test);
	assert_int_equal(test->frames, 1);
	assert_int_equal(capture_source_get_status(test->source)->frames, 1);
	assert_int_equal(capture_source_get_age(test->source)->samples, 1);
	assert_int_equal(capture_source_get_age(test->source)->max_us, 0);
}

/* Even if nothing has changed: at most some frames show a new second. */
static void gives_each_new_watcher_a_picture(void **state)
{
	struct demo *test = *state;
	unsigned same = 0;

	for (unsigned i = 0; i < 10; i++) {
		struct video_frame *before = test->frame;

		if (before)
			video_frame_ref(before);
		capture_source_set_watched(test->source, true);
		WAIT_FOR(test, test->frames == i + 1);
		capture_source_set_watched(test->source, false);
		same += before &&
				memcmp(before->plane[0], test->frame->plane[0],
						video_layout_plane_bytes(
								&before->layout,
								0)) == 0;
		video_frame_unref(before);
	}
	assert_true(same > 0);
}

static void shows_what_is_typed(void **state)
{
	struct demo *test = *state;
	unsigned before;

	capture_source_set_watched(test->source, true);
	WAIT_FOR(test, test->frames > 0);
	before = count_lit(test->frame);
	type(test, "MMMM");
	WAIT_FOR(test, count_lit(test->frame) > before + 50);
}

static void ticks_by_itself(void **state)
{
	struct demo *test = *state;

	capture_source_set_watched(test->source, true);
	WAIT_FOR(test, test->frames == 3); /* with nobody typing */
}

static void draws_no_faster_than_30_a_second(void **state)
{
	struct demo *test = *state;

	capture_source_set_watched(test->source, true);
	WAIT_FOR(test, test->frames == 1);
	for (int i = 0; i < 10; i++) {
		unsigned frames = test->frames;

		while (test->frames == frames)
			type(test, "x");
		assert_true(test->frame_us[1] - test->frame_us[0] >=
				CLOCK_US_PER_S / 30);
	}
}

static void lights_follow_the_locks(void **state)
{
	struct demo *test = *state;

	settle(test);
	assert_int_equal(read_leds(test), 0);
	hold(test, 0, 0x39);
	assert_int_equal(read_leds(test), 2);
	hold(test, 0, 0);
	assert_int_equal(read_leds(test), -1);
	hold(test, 0, 0x53);
	assert_int_equal(read_leds(test), 3);
	hold(test, 0, 0x47);
	assert_int_equal(read_leds(test), 7);
	hold(test, 0, 0);
	hold(test, 0, 0x39);
	assert_int_equal(read_leds(test), 5);
}

static void changes_mode_when_told(void **state)
{
	struct demo *test = *state;

	capture_source_set_watched(test->source, true);
	WAIT_FOR(test, test->frames > 0);
	type(test, "mode 800x600\n");
	assert_int_equal(test->status.state, CAPTURE_STATE_OK);
	assert_int_equal(test->status.width_px, 800);
	assert_int_equal(test->status.height_px, 600);
	WAIT_FOR(test, test->frame->layout.width_px == 800);
	assert_int_equal(test->frame->layout.height_px, 600);
}

static void pulls_its_cable(void **state)
{
	struct demo *test = *state;
	unsigned frames;

	capture_source_set_watched(test->source, true);
	WAIT_FOR(test, test->frames > 0);
	type(test, "off 1\n");
	assert_int_equal(test->status.state, CAPTURE_STATE_NO_CABLE);
	assert_int_not_equal(test->status.detail[0], '\0');
	frames = test->frames;
	WAIT_FOR(test, test->status.state == CAPTURE_STATE_OK);
	assert_int_equal(test->frames, frames);
	assert_int_equal(test->status.detail[0], '\0');
	WAIT_FOR(test, test->frames > frames);
}

static void restarts(void **state)
{
	struct demo *test = *state;

	settle(test);
	assert_int_equal(read_leds(test), 0);
	hold(test, 0, 0x53);
	hold(test, 0, 0);
	assert_int_equal(read_leds(test), 1);
	type(test, "mode 640x480\nreboot\n");
	assert_int_equal(test->status.state, CAPTURE_STATE_NO_CABLE);
	WAIT_FOR(test, test->status.state == CAPTURE_STATE_OK);
	assert_int_equal(test->status.width_px, 1280);
	assert_int_equal(read_leds(test), 0);
}

static void points_and_moves(void **state)
{
	struct demo *test = *state;
	const uint8_t absolute[7] = {1, 0x00, 0x40, 0x00, 0x40, 0xff, 0};
	const uint8_t relative[4] = {0, 0x80, 0x7f, 1};

	type(test, "clear\nmode 640x480\n");
	report(test, ABSOLUTE, absolute, sizeof(absolute));
	capture_source_set_watched(test->source, true);
	/* The white inside of the arrow, whose tip is in the middle. */
	WAIT_FOR(test, test->frame && pixel(test->frame, 321, 242) == 0xffffff);
	report(test, RELATIVE, relative, sizeof(relative));
	WAIT_FOR(test, pixel(test->frame, 321 - 128, 242 + 127) == 0xffffff);
	assert_int_equal(pixel(test->frame, 321, 242), 0);
}

/* Frames still come afterwards, since the clock ticks. */
static void repeats_what_is_held(void **state)
{
	struct demo *test = *state;
	unsigned frames;
	unsigned lit;

	capture_source_set_watched(test->source, true);
	WAIT_FOR(test, test->frames > 0);
	hold(test, TYPING_SHIFT, 0x10); /* M */
	WAIT_FOR(test, test->frames > 1);
	lit = count_lit(test->frame);
	/* One M lights some 30 pixels: wait for what only repeats can do. */
	WAIT_FOR(test, count_lit(test->frame) > lit + 100);
	hold(test, 0, 0);
	frames = test->frames;
	WAIT_FOR(test, test->frames > frames);
	lit = count_lit(test->frame);
	WAIT_FOR(test, test->frames > frames + 2);
	assert_int_equal(count_lit(test->frame), lit);
}

static void ignores_what_is_no_report(void **state)
{
	struct demo *test = *state;
	uint8_t junk[64];

	memset(junk, 0x39, sizeof(junk)); /* Caps Lock if it were taken */
	settle(test);
	assert_int_equal(read_leds(test), 0);
	for (size_t size = 1; size <= sizeof(junk); size++) {
		if (size != 8)
			report(test, KEYBOARD, junk, size);
		if (size != 7)
			report(test, ABSOLUTE, junk, size);
		if (size != 4)
			report(test, RELATIVE, junk, size);
	}
	assert_int_equal(read_leds(test), -1);
	report(test, KEYBOARD, (uint8_t[8]){0, 0, 1, 1, 1, 0x39, 1, 1}, 8);
	assert_int_equal(read_leds(test), -1); /* too many keys at once */
	report(test, KEYBOARD, (uint8_t[8]){0, 0, 4, 5, 6, 0x39, 7, 8}, 8);
	assert_int_equal(read_leds(test), 2);
}

static void outlives_its_usb(void **state)
{
	struct demo *test = *state;
	unsigned frames;

	hold(test, 0, 0x04);
	for (int i = 0; i < PLUGS; i++) {
		close(test->plugs[i]);
		test->plugs[i] = -1;
		settle(test);
	}
	capture_source_set_watched(test->source, true);
	WAIT_FOR(test, test->frames > 0);
	frames = test->frames;
	WAIT_FOR(test, test->frames > frames); /* and the clock ticks */
}

static void needs_no_usb(void **state)
{
	const struct capture_demo_options options = {"bare", NULL, -1, -1, -1};
	struct demo test = {.plugs = {-1, -1, -1}};

	(void)state;
	assert_true(sd_event_new(&test.event) >= 0);
	assert_int_equal(capture_demo_create(&test.source, test.event, &options,
					 &handler, &test),
			0);
	capture_source_set_watched(test.source, true);
	WAIT_FOR(&test, test.frames > 0);
	capture_source_destroy(test.source);
	video_frame_unref(test.frame);
	sd_event_unref(test.event);
}

int main(void)
{
#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			TEST(says_what_it_is),
			TEST(draws_only_while_watched),
			TEST(gives_each_new_watcher_a_picture),
			TEST(shows_what_is_typed),
			TEST(ticks_by_itself),
			TEST(draws_no_faster_than_30_a_second),
			TEST(lights_follow_the_locks),
			TEST(changes_mode_when_told),
			TEST(pulls_its_cable),
			TEST(restarts),
			TEST(points_and_moves),
			TEST(repeats_what_is_held),
			TEST(ignores_what_is_no_report),
			TEST(outlives_its_usb),
			cmocka_unit_test(needs_no_usb),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
