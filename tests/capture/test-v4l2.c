/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/capture/fake-device.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"

/* Longer than any interval of the fake's world but the stall's. */
#define QUIET_US 40000

/* ---- life ---- */

static void streams_only_while_watched(void **state)
{
	struct fake *fake = *state;

	fake_start(fake);
	fake_run_until(fake, fake->status.state == CAPTURE_STATE_OK);
	assert_false(fake->streaming);
	assert_int_equal(fake->status.width_px, 64);
	assert_int_equal(fake->status.height_px, 48);
	assert_int_equal(fake->status.refresh_millihz, 60000);
	assert_string_equal(fake->status.format, "YUYV");

	fake_watch(fake);
	fake_show(fake, 7);
	capture_source_set_watched(fake->source, false);
	assert_false(fake->streaming);
	fake_run_for(fake, QUIET_US);
	assert_int_equal(fake->status.state, CAPTURE_STATE_OK);

	fake_watch(fake);
	fake_show(fake, 8);
	assert_int_equal(capture_source_get_status(fake->source)->frames, 2);
	assert_int_equal(capture_source_get_status(fake->source)->restarts, 0);
}

static void newest_wins_and_others_go_back(void **state)
{
	struct fake *fake = *state;

	fake_watch(fake);
	for (uint8_t i = 1; i <= 4; i++)
		fake_fill(fake, i);
	fake_run_until(fake, fake->frames == 1);
	assert_int_equal(fake->frame->plane[0][0], 4);
	assert_int_equal(capture_source_get_status(fake->source)->dropped, 3);
	/* All but the one that is held can be filled again. */
	for (unsigned i = 1; i < fake->buffers; i++)
		assert_true(fake_fill(fake, 9));
	assert_false(fake_fill(fake, 9));
}

static void show_stamped(struct fake *fake, uint32_t flags, uint64_t stamp_us)
{
	static const uint8_t picture[64 * 48 * 2];
	unsigned frames = fake->frames;

	fake->stamp_us = stamp_us;
	assert_true(fake_fill_as(fake, picture, sizeof(picture), flags));
	fake_run_until(fake, fake->frames > frames);
}

/* The driver's stamp counts if it is of our clock and can be true. */
static void frames_have_an_age(void **state)
{
	struct fake *fake = *state;
	const struct core_histogram *age;

	fake_watch(fake);
	age = capture_source_get_age(fake->source);
	show_stamped(fake, V4L2_BUF_FLAG_TIMESTAMP_UNKNOWN,
			clock_now_us() - 30000);
	show_stamped(fake, V4L2_BUF_FLAG_TIMESTAMP_COPY,
			clock_now_us() - 30000);
	show_stamped(fake, V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC,
			clock_now_us() + 10 * CLOCK_US_PER_S);
	show_stamped(fake, V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC, 0);
	assert_int_equal(age->samples, 0);

	show_stamped(fake, V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC,
			clock_now_us() - 30000);
	assert_int_equal(age->samples, 1);
	assert_true(age->max_us >= 30000);
	assert_true(age->max_us < 10 * CLOCK_US_PER_S);
}

static void asks_for_five_buffers(void **state)
{
	struct fake *fake = *state;

	fake_watch(fake);
	assert_int_equal(fake->buffers, 5);
}

static void held_frames_outlive_the_source(void **state)
{
	struct fake *fake = *state;

	fake_watch(fake);
	fake_show(fake, 42);
	capture_source_destroy(fake->source);
	fake->source = NULL;
	assert_int_equal(fake->fds, 0);
	assert_int_equal(fake_count_mappings(fake), 0);
	assert_int_equal(fake->frame->plane[0][64 * 48 * 2 - 1], 42);
}

static void consumers_that_hold_everything_starve_nobody(void **state)
{
	struct fake *fake = *state;
	const struct capture_status *status;
	struct video_frame *held[20];

	fake_watch(fake);
	for (uint8_t i = 0; i < 20; i++) {
		fake_show(fake, i);
		held[i] = video_frame_ref(fake->frame);
	}
	assert_true(fake_fill(fake, 20));
	status = capture_source_get_status(fake->source);
	assert_int_equal(status->restarts, 0);
	assert_in_range(status->copied, 15, 19);
	for (uint8_t i = 0; i < 20; i++) {
		assert_int_equal(held[i]->plane[0][0], i);
		assert_int_equal(held[i]->plane[0][64 * 48 * 2 - 1], i);
		video_frame_unref(held[i]);
	}
}

/* The screen holds the newest frame, and an encoder the one before. */
static void consumers_that_keep_up_cost_no_copy(void **state)
{
	struct fake *fake = *state;
	struct video_frame *encoded = NULL;

	fake_watch(fake);
	for (uint8_t i = 0; i < 20; i++) {
		if (i > 0)
			encoded = video_frame_ref(fake->frame);
		fake_show(fake, i);
		video_frame_unref(encoded);
	}
	assert_int_equal(capture_source_get_status(fake->source)->copied, 0);
}

/* ---- the signal ---- */

static void names_each_bad_signal(void **state)
{
	static const struct {
		int rc;
		enum capture_state state;
	} cases[] = {
			{-ENOLINK, CAPTURE_STATE_NO_CABLE},
			{-ENOLCK, CAPTURE_STATE_NO_LOCK},
			{-ERANGE, CAPTURE_STATE_UNSUPPORTED},
			{-EIO, CAPTURE_STATE_NO_LOCK},
	};
	struct fake *fake = *state;

	fake_watch(fake);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned frames;

		fake_show(fake, 1);
		frames = fake->frames;
		fake_fill(fake, 2); /* noise that was under way */
		fake->timings_rc = cases[i].rc;
		fake_send_event(fake);
		assert_int_equal(fake->status.state, cases[i].state);
		assert_true(fake->status.detail[0] != '\0');
		fake_run_for(fake, QUIET_US);
		assert_int_equal(fake->frames, frames);

		fake->timings_rc = 0;
		fake_send_event(fake);
		fake_run_until(fake, fake->streaming);
		assert_int_equal(fake->status.state, CAPTURE_STATE_OK);
		assert_string_equal(fake->status.detail, "");
	}
	fake_show(fake, 3);
	/* The mode was the same each time: set once, buffers kept. */
	assert_int_equal(fake->timings_set, 1);
	assert_int_equal(fake->formats_set, 1);
}

static void finds_a_signal_whose_event_was_lost(void **state)
{
	struct fake *fake = *state;

	fake_watch(fake);
	fake->timings_rc = -ENOLINK;
	fake_send_event(fake);
	fake->eats_events = true;
	fake->timings_rc = 0;
	fake_run_until(fake, fake->streaming);
	fake_show(fake, 1);
}

static void follows_an_input_that_has_no_events(void **state)
{
	struct fake *fake = *state;

	fake->timings_rc = -ENOTTY;
	fake->without_events = true;
	fake->offers[0] = (struct fake_offer){V4L2_PIX_FMT_YUYV, 64, 48, 30};
	fake_watch(fake);
	fake_show(fake, 1);
	fake->input_status = V4L2_IN_ST_NO_SIGNAL;
	fake_run_until(fake, fake->status.state == CAPTURE_STATE_NO_CABLE);
	fake->input_status = V4L2_IN_ST_NO_H_LOCK;
	fake_run_until(fake, fake->status.state == CAPTURE_STATE_NO_LOCK);
	fake->input_status = 0;
	fake_run_until(fake, fake->streaming);
	fake_show(fake, 2);
	assert_int_equal(fake->timings_set, 0);
	assert_int_equal(fake->opens, 1); /* not found by a restart */
}

static void a_new_mode_gets_new_buffers(void **state)
{
	struct fake *fake = *state;
	struct video_frame *old;

	fake_watch(fake);
	fake_show(fake, 11);
	old = video_frame_ref(fake->frame);
	fake_set_mode(fake, 128, 96);
	fake_send_event(fake);
	fake_run_until(fake, fake->status.width_px == 128);
	fake_run_until(fake, fake->streaming);
	fake_show(fake, 12);
	assert_int_equal(fake->frame->layout.width_px, 128);
	assert_int_equal(fake->timings_set, 2);
	assert_int_equal(fake->opens, 1); /* without a fault */
	/* The old one is still what it was, though its buffer has gone. */
	assert_int_equal(old->layout.width_px, 64);
	assert_int_equal(old->plane[0][64 * 48 * 2 - 1], 11);
	video_frame_unref(old);
}

static void a_storm_of_modes_is_settled_by_the_newest(void **state)
{
	struct fake *fake = *state;

	fake_watch(fake);
	fake_show(fake, 1);
	for (uint32_t i = 0; i < 100; i++) {
		fake_set_mode(fake, 64 + 2 * (i % 32), 48 + 2 * (i % 16));
		fake_send_event(fake);
	}
	fake_set_mode(fake, 96, 64);
	fake_send_event(fake);
	assert_int_equal(fake->status.width_px, 64);
	fake_run_until(fake, fake->status.width_px == 96 && fake->streaming);
	fake_show(fake, 2);
	assert_int_equal(fake->timings_set, 2);
}

static void new_modes_keep_their_distance(void **state)
{
	struct fake *fake = *state;

	fake->world.times.mode_gap_us = 3600 * CLOCK_US_PER_S;
	fake_watch(fake);
	fake_set_mode(fake, 128, 96);
	fake_send_event(fake);
	fake_fill(fake, 1); /* noise: the new mode in the old format */
	fake_run_for(fake, QUIET_US);
	assert_int_equal(fake->status.width_px, 64);
	assert_int_equal(fake->frames, 0);
	assert_int_equal(fake->filled_n, 0);
}

/* What viewers and operators are promised, of a source in the real world. */
static void real_times_are_the_promised_ones(void **state)
{
	const struct capture_v4l2_options options = {
			.name = "test", .device = "/nonexistent"};
	struct fake *fake = *state;
	struct capture_source *source;
	const struct capture_v4l2_times *times;

	assert_int_equal(capture_v4l2_create(&source, fake->event,
					 fake->workers, &options, NULL, NULL),
			0);
	times = &((struct capture_v4l2 *)source)->times;
	assert_int_equal(times->requery_us, 500 * CLOCK_US_PER_MS);
	assert_int_equal(times->settle_us, 150 * CLOCK_US_PER_MS);
	/* viewers are resized at most four times a second */
	assert_int_equal(times->mode_gap_us, 250 * CLOCK_US_PER_MS);
	assert_int_equal(times->stall_us, 2 * CLOCK_US_PER_S);
	assert_int_equal(times->retry_min_us, 100 * CLOCK_US_PER_MS);
	assert_int_equal(times->retry_max_us, 5 * CLOCK_US_PER_S);
	capture_source_destroy(source);
}

static void a_storm_without_end_does_not_blind(void **state)
{
	struct fake *fake = *state;
	unsigned set;

	fake->world.times.settle_us = 3600 * CLOCK_US_PER_S;
	fake_watch(fake);
	set = fake->timings_set;
	for (uint32_t i = 0; fake->timings_set == set; i++) {
		assert_true(i < 400);
		fake_set_mode(fake, 66 + 2 * (i % 32), 48);
		fake_send_event(fake);
		fake_run_once(fake);
	}
}

static void a_change_of_colour_alone_is_followed(void **state)
{
	struct fake *fake = *state;

	fake_watch(fake);
	fake_show(fake, 1);
	assert_int_equal(fake->frame->layout.matrix, VIDEO_MATRIX_BT601);
	fake->colorspace = V4L2_COLORSPACE_REC709;
	fake_send_event(fake);
	fake_run_until(fake, fake->formats_set == 2);
	fake_run_until(fake, fake->streaming);
	fake_show(fake, 2);
	assert_int_equal(fake->frame->layout.matrix, VIDEO_MATRIX_BT709);
}

static void nonsense_timings_are_unsupported_and_pass(void **state)
{
	struct fake *fake = *state;

	fake_watch(fake);
	fake_set_mode(fake, 65535, 65535);
	fake_send_event(fake);
	assert_int_equal(fake->status.state, CAPTURE_STATE_UNSUPPORTED);
	assert_int_equal(fake->status.width_px, 64); /* the last good one */
	fake_set_mode(fake, 64, 48);
	fake->eats_events = true;
	fake_run_until(fake, fake->streaming);
	fake_show(fake, 1);
}

static void a_mode_that_the_driver_refuses_is_unsupported(void **state)
{
	struct fake *fake = *state;

	fake_fail(fake, VIDIOC_S_DV_TIMINGS, -EINVAL, 1);
	fake_start(fake);
	capture_source_set_watched(fake->source, true);
	fake_run_until(fake, fake->streaming);
	assert_true(fake->seen[CAPTURE_STATE_UNSUPPORTED]);
}

static void a_subdevice_speaks_for_the_receiver(void **state)
{
	struct fake *fake = *state;
	struct capture_v4l2 *source;
	char path[160];

	snprintf(path, sizeof(path), "%s/v4l-subdev0", fake->folder);
	fake->options.subdevice = path;
	fake->options.edid = "1080p50";
	fake->subdevice = path;
	fake_start(fake);
	fake_run_until(fake, fake->statuses == 1);
	assert_int_equal(fake->status.state, CAPTURE_STATE_NO_DEVICE);
	assert_non_null(strstr(fake->status.detail, path));

	assert_int_equal(symlink(fake->path, path), 0);
	fake_watch(fake);
	fake_show(fake, 1);
	assert_int_equal(fake->fds, 2);
	assert_int_equal(fake->timings_set, 1);
	assert_int_equal(fake->edids_written, 1);
	fake->timings_rc = -ENOLINK;
	fake->events++;
	source = (struct capture_v4l2 *)fake->source;
	capture_v4l2_on_receiver(NULL, -1, EPOLLPRI, source);
	assert_int_equal(fake->status.state, CAPTURE_STATE_NO_CABLE);
	unlink(path);
}

/* A subdevice without events polls as an error, always. */
static void a_receiver_without_events_is_asked_instead(void **state)
{
	struct fake *fake = *state;
	char path[160];

	snprintf(path, sizeof(path), "%s/v4l-subdev0", fake->folder);
	assert_int_equal(symlink(fake->path, path), 0);
	fake->options.subdevice = path;
	fake->subdevice = path;
	fake->without_events = true;
	fake_watch(fake);
	fake_show(fake, 1);
	assert_null(((struct capture_v4l2 *)fake->source)->receiver_io);
	fake->timings_rc = -ENOLINK;
	fake_run_until(fake, fake->status.state == CAPTURE_STATE_NO_CABLE);
	fake->timings_rc = 0;
	fake_run_until(fake, fake->streaming);
	assert_int_equal(capture_source_get_status(fake->source)->restarts, 0);
	unlink(path);
}

#define SPEC(test)                                                             \
	cmocka_unit_test_setup_teardown(test, fake_set_up, fake_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
			SPEC(streams_only_while_watched),
			SPEC(newest_wins_and_others_go_back),
			SPEC(frames_have_an_age),
			SPEC(asks_for_five_buffers),
			SPEC(held_frames_outlive_the_source),
			SPEC(consumers_that_hold_everything_starve_nobody),
			SPEC(consumers_that_keep_up_cost_no_copy),
			SPEC(names_each_bad_signal),
			SPEC(finds_a_signal_whose_event_was_lost),
			SPEC(follows_an_input_that_has_no_events),
			SPEC(a_new_mode_gets_new_buffers),
			SPEC(a_storm_of_modes_is_settled_by_the_newest),
			SPEC(new_modes_keep_their_distance),
			SPEC(real_times_are_the_promised_ones),
			SPEC(a_storm_without_end_does_not_blind),
			SPEC(a_change_of_colour_alone_is_followed),
			SPEC(nonsense_timings_are_unsupported_and_pass),
			SPEC(a_mode_that_the_driver_refuses_is_unsupported),
			SPEC(a_subdevice_speaks_for_the_receiver),
			SPEC(a_receiver_without_events_is_asked_instead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
