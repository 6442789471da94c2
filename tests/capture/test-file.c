/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"

/*
 * Three frames of 16x4 pixels YUYV, each filled with its own number. Tests
 * wait for what must come, however long a busy machine takes.
 */
#define PATIENCE_US (20 * CLOCK_US_PER_S)
#define FRAME_BYTES (16 * 4 * 2)
#define FRAMES 3
#define HOLD_MAX 8

struct playing {
	sd_event *event;
	struct capture_source *source;
	int fd;
	char path[32];
	unsigned hold; /* of the newest frames that many are held */
	struct video_frame *held[HOLD_MAX];
	unsigned frames;
	unsigned pictures[64];
	uint64_t captured_us;
	unsigned read_by_others;
};

static void take_frame(void *context, struct video_frame *frame)
{
	struct playing *playing = context;
	unsigned slot = playing->hold ? playing->frames % playing->hold : 0;

	if (playing->hold) {
		video_frame_unref(playing->held[slot]);
		playing->held[slot] = video_frame_ref(frame);
	}
	playing->pictures[playing->frames++ % 64] = frame->plane[0][0];
	playing->captured_us = frame->captured_us;
}

static void take_status(void *context, const struct capture_status *status)
{
	(void)context;
	(void)status;
}

static const struct capture_handler handler = {take_frame, take_status};

static int set_up(void **state)
{
	struct playing *playing = calloc(1, sizeof(*playing));
	uint8_t bytes[FRAMES * FRAME_BYTES];

	assert_non_null(playing);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(1 + i / FRAME_BYTES);
	playing->fd = memfd_create("frames", MFD_CLOEXEC);
	assert_int_equal(write(playing->fd, bytes, sizeof(bytes)),
			sizeof(bytes));
	snprintf(playing->path, sizeof(playing->path), "/proc/self/fd/%d",
			playing->fd);
	assert_true(sd_event_new(&playing->event) >= 0);
	*state = playing;
	return 0;
}

static void let_go(struct playing *playing)
{
	for (size_t i = 0; i < HOLD_MAX; i++) {
		video_frame_unref(playing->held[i]);
		playing->held[i] = NULL;
	}
}

static int tear_down(void **state)
{
	struct playing *playing = *state;

	capture_source_destroy(playing->source);
	let_go(playing);
	sd_event_unref(playing->event);
	close(playing->fd);
	free(playing);
	return 0;
}

static struct capture_file_options options_of(const struct playing *playing)
{
	return (struct capture_file_options){
			.name = "test",
			.path = playing->path,
			.format = "YUYV",
			.width_px = 16,
			.height_px = 4,
			.rate = 240,
			.keyboard_fd = -1,
			.absolute_fd = -1,
			.relative_fd = -1,
	};
}

static void play(struct playing *playing, unsigned rate)
{
	struct capture_file_options options = options_of(playing);

	options.rate = rate;
	assert_int_equal(capture_file_create(&playing->source, playing->event,
					 &options, &handler, playing),
			0);
	capture_source_set_watched(playing->source, true);
}

static void turn(struct playing *playing)
{
	assert_true(sd_event_run(playing->event, 10 * CLOCK_US_PER_MS) >= 0);
}

static void settle(struct playing *playing)
{
	while (sd_event_run(playing->event, 0) > 0)
		;
}

#define WAIT_FOR(playing, condition)                                           \
	do {                                                                   \
		uint64_t give_up_us_ = clock_now_us() + PATIENCE_US;           \
		while (!(condition)) {                                         \
			if (clock_now_us() > give_up_us_)                      \
				fail_msg("in vain: %s", #condition);           \
			turn(playing);                                         \
		}                                                              \
	} while (0)

static void plays_frame_after_frame_and_again(void **state)
{
	struct playing *playing = *state;
	uint64_t before_us = clock_now_us();

	playing->hold = 1;
	play(playing, 240);
	WAIT_FOR(playing, playing->frames >= 7);
	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(playing->pictures[i], 1 + i % FRAMES);
	assert_in_range(playing->captured_us, before_us, clock_now_us());
}

static void says_what_it_plays(void **state)
{
	struct playing *playing = *state;
	struct capture_file_options options = options_of(playing);
	const struct capture_status *status;

	options.rate = 25;
	assert_int_equal(capture_file_create(&playing->source, playing->event,
					 &options, &handler, playing),
			0);
	status = capture_source_get_status(playing->source);
	assert_int_equal(status->state, CAPTURE_STATE_OK);
	assert_int_equal(status->width_px, 16);
	assert_int_equal(status->height_px, 4);
	assert_int_equal(status->refresh_millihz, 25000);
	assert_string_equal(status->format, "YUYV");
}

static void nothing_comes_unless_watched(void **state)
{
	struct playing *playing = *state;
	struct capture_file_options options = options_of(playing);
	static const unsigned rates[] = {0, 240};

	for (size_t i = 0; i < 2; i++) {
		options.rate = rates[i];
		assert_int_equal(capture_file_create(&playing->source,
						 playing->event, &options,
						 &handler, playing),
				0);
		turn(playing);
		turn(playing);
		assert_int_equal(playing->frames, 0);
		capture_source_set_watched(playing->source, true);
		WAIT_FOR(playing, playing->frames >= 2);
		capture_source_set_watched(playing->source, false);
		playing->frames = 0;
		turn(playing);
		turn(playing);
		assert_int_equal(playing->frames, 0);
		capture_source_set_watched(playing->source, true);
		WAIT_FOR(playing, playing->frames >= 1);
		assert_int_equal(playing->pictures[0], 1);
		capture_source_destroy(playing->source);
		playing->source = NULL;
		playing->frames = 0;
	}
}

static void full_speed_waits_for_whoever_holds_frames(void **state)
{
	struct playing *playing = *state;

	playing->hold = 2;
	play(playing, 0);
	WAIT_FOR(playing, playing->frames >= 2);
	settle(playing);
	assert_int_equal(playing->frames, 2);
	playing->hold = 0;
	video_frame_unref(playing->held[0]);
	playing->held[0] = NULL;
	WAIT_FOR(playing, playing->frames >= 5);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(playing->pictures[i], 1 + i % FRAMES);
	assert_int_equal(
			capture_source_get_status(playing->source)->dropped, 0);
}

static int on_other(sd_event_source *source, int fd, uint32_t events,
		void *userdata)
{
	struct playing *playing = userdata;
	char byte;

	(void)source;
	(void)events;
	assert_int_equal(read(fd, &byte, 1), 1);
	playing->read_by_others++;
	return 0;
}

/* Whatever else is ready comes first. */
static void full_speed_leaves_others_their_turn(void **state)
{
	struct playing *playing = *state;
	sd_event_source *other;
	int pipe_fd[2];
	unsigned frames;

	assert_int_equal(pipe(pipe_fd), 0);
	assert_true(sd_event_add_io(playing->event, &other, pipe_fd[0], 1,
				    on_other, playing) >= 0);
	play(playing, 0);
	WAIT_FOR(playing, playing->frames >= 1);
	frames = playing->frames;
	assert_int_equal(write(pipe_fd[1], "0123456789", 10), 10);
	WAIT_FOR(playing, playing->read_by_others == 10);
	assert_in_range(playing->frames, frames, frames + 1);
	sd_event_source_disable_unref(other);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
}

/* Readers that never let go cost frames, and the rest goes on. */
static void too_many_held_frames_drop_new_ones(void **state)
{
	struct playing *playing = *state;
	const struct capture_status *status;
	uint64_t late;

	playing->hold = HOLD_MAX;
	play(playing, 240);
	status = capture_source_get_status(playing->source);
	WAIT_FOR(playing, playing->frames >= 6);
	late = status->dropped;
	WAIT_FOR(playing, status->dropped >= late + 3);
	assert_int_equal(playing->frames, 6);
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(playing->held[i]->plane[0][FRAME_BYTES - 1],
				1 + i % FRAMES);
	let_go(playing);
	WAIT_FOR(playing, playing->frames >= 8);
}

static void frames_outlive_their_source(void **state)
{
	struct playing *playing = *state;

	playing->hold = 2;
	play(playing, 0);
	WAIT_FOR(playing, playing->frames >= 2);
	capture_source_destroy(playing->source);
	playing->source = NULL;
	assert_int_equal(playing->held[1]->plane[0][0], 2);
}

/* Planes follow each other; the colours are as they were said to be. */
static void finds_planes_and_colours(void **state)
{
	struct playing *playing = *state;
	struct capture_file_options options = options_of(playing);
	const struct video_layout *layout;

	options.format = "YU12";
	options.colour = "bt2020 full";
	options.height_px = 16; /* 384 bytes: the whole file */
	options.rate = 0;
	playing->hold = 1;
	assert_int_equal(capture_file_create(&playing->source, playing->event,
					 &options, &handler, playing),
			0);
	capture_source_set_watched(playing->source, true);
	WAIT_FOR(playing, playing->held[0]);
	layout = &playing->held[0]->layout;
	assert_int_equal(layout->pixel, VIDEO_PIXEL_YU12);
	assert_int_equal(layout->matrix, VIDEO_MATRIX_BT2020);
	assert_true(layout->full_range);
	assert_int_equal(
			playing->held[0]->plane[1] - playing->held[0]->plane[0],
			16 * 16);
	assert_int_equal(
			playing->held[0]->plane[2] - playing->held[0]->plane[1],
			8 * 8);
}

static void names_the_cure_for_what_cannot_be_played(void **state)
{
	struct playing *playing = *state;
	const struct {
		const char *path; /* NULL: the good one */
		const char *format;
		uint32_t width_px;
		uint32_t height_px;
		const char *why;
	} table[] = {
			{"/nowhere/frames", "YUYV", 16, 4,
					"cannot be opened: No such file or directory; check the path"},
			{"/dev/null", "YUYV", 16, 4,
					"it is no regular file; name one"},
			{"/proc", "YUYV", 16, 4,
					"it is no regular file; name one"},
			{NULL, "YUYV", 16, 5,
					"its 384 bytes are no whole number of frames of 160 bytes; size or format"},
			{NULL, "YUYV", 640, 480,
					"its 384 bytes are no whole number of frames of 614400 bytes"},
			{NULL, "YUYV", 15, 4,
					"YUYV 15x4: a size that this format cannot have; the size is"},
			{NULL, "YUYV", 4098, 4,
					"YUYV 4098x4: too large; the size is at most 4096x2304"},
			{NULL, "YUYV", 0, 4, "YUYV 0x4: a size that"},
			{NULL, "MJPG", 16, 4,
					"a file cannot have format \"MJPG\"; write YUYV, "},
			{NULL, "NM12", 16, 4, "a file cannot have format"},
			{NULL, "ABCD", 16, 4, "a file cannot have format"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct capture_file_options options = options_of(playing);
		char why[CAPTURE_FILE_WHY_BYTES] = "";

		if (table[i].path)
			options.path = table[i].path;
		options.format = table[i].format;
		options.width_px = table[i].width_px;
		options.height_px = table[i].height_px;
		assert_true(capture_file_check(&options, why) < 0);
		if (strncmp(why, table[i].why, strlen(table[i].why)) != 0)
			fail_msg("wanted: %s\ngot: %s", table[i].why, why);
		assert_true(capture_file_create(&playing->source,
					    playing->event, &options, &handler,
					    playing) < 0);
		assert_null(playing->source);
	}
}

static void an_empty_file_is_refused(void **state)
{
	struct playing *playing = *state;
	struct capture_file_options options = options_of(playing);
	char why[CAPTURE_FILE_WHY_BYTES];

	assert_int_equal(ftruncate(playing->fd, 0), 0);
	assert_int_equal(capture_file_check(&options, why), -EINVAL);
}

/* Its host takes every report, so that a key never waits. */
static void reads_keys_and_forgets_them(void **state)
{
	struct playing *playing = *state;
	struct capture_file_options options = options_of(playing);
	static const uint8_t report[8] = {0};
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0,
					 pair),
			0);
	options.keyboard_fd = pair[1];
	assert_int_equal(capture_file_create(&playing->source, playing->event,
					 &options, &handler, playing),
			0);
	for (int i = 0; i < 2000; i++) {
		assert_int_equal(write(pair[0], report, sizeof(report)),
				sizeof(report));
		settle(playing);
	}
	close(pair[0]); /* unplugged, and no reason to spin */
	settle(playing);
	assert_int_equal(sd_event_run(playing->event, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define PLAYING(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
			PLAYING(plays_frame_after_frame_and_again),
			PLAYING(says_what_it_plays),
			PLAYING(nothing_comes_unless_watched),
			PLAYING(full_speed_waits_for_whoever_holds_frames),
			PLAYING(full_speed_leaves_others_their_turn),
			PLAYING(too_many_held_frames_drop_new_ones),
			PLAYING(frames_outlive_their_source),
			PLAYING(finds_planes_and_colours),
			PLAYING(names_the_cure_for_what_cannot_be_played),
			PLAYING(an_empty_file_is_refused),
			PLAYING(reads_keys_and_forgets_them),
#undef PLAYING
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
