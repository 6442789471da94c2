/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/capture/fake-device.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cmocka.h>

/* Longer than any interval of the fake's world but the stall's. */
#define QUIET_US 40000
#define STALL_US 60000

/* ---- faults ---- */

static void damaged_buffers_are_dropped(void **state)
{
	struct fake *fake = *state;
	const uint32_t whole = 64 * 48 * 2;
	const struct capture_status *status;

	fake_watch(fake);
	fake_show(fake, 1);
	status = capture_source_get_status(fake->source);
	fake_fill_as(fake, NULL, whole, V4L2_BUF_FLAG_ERROR);
	fake_run_until(fake, status->dropped == 1);
	fake_fill_as(fake, NULL, 0, 0);
	fake_run_until(fake, status->dropped == 2);
	fake_fill_as(fake, NULL, whole - 1, 0);
	fake_run_until(fake, status->dropped == 3);
	fake_fill_as(fake, NULL, FAKE_BUFFER_BYTES + 1, 0);
	fake_run_until(fake, status->dropped == 4);
	assert_int_equal(fake->frames, 1);
	assert_int_equal(fake->frame->plane[0][0], 1);
	fake_show(fake, 2);
	assert_int_equal(status->restarts, 0);
}

static void a_run_of_damaged_buffers_restarts(void **state)
{
	struct fake *fake = *state;
	const struct capture_status *status;
	unsigned i = 0;

	fake_watch(fake);
	status = capture_source_get_status(fake->source);
	while (status->restarts == 0) {
		assert_true(i <= 31);
		if (fake_fill_as(fake, NULL, 100, V4L2_BUF_FLAG_ERROR))
			i++;
		fake_run_once(fake);
	}
	assert_int_equal(i, 31);
	fake_run_until(fake, fake->streaming);
	fake_show(fake, 1);
	assert_int_equal(fake->streams, 2);
}

/* Each call that can fail once on the way to a stream, or in it. */
static void a_call_that_fails_once_is_survived(void **state)
{
	static const struct {
		unsigned long request;
		int rc;
	} cases[] = {
			{VIDIOC_REQBUFS, -EINVAL},
			{VIDIOC_QUERYBUF, -EINVAL},
			{VIDIOC_QBUF, -EINVAL},
			{VIDIOC_STREAMON, -EINVAL},
			{VIDIOC_STREAMON, -EIO},
			{VIDIOC_DQBUF, -EIO},
			{VIDIOC_DQBUF, -EPIPE},
			{VIDIOC_G_FMT, -EIO},
			{VIDIOC_S_FMT, -EBUSY},
			{VIDIOC_REQBUFS, -EBUSY},
			{VIDIOC_QUERYCAP, -EIO},
			{VIDIOC_DQEVENT, -EIO},
	};
	struct fake *fake = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_watch(fake);
		fake_show(fake, 1);
		fake_fail(fake, VIDIOC_DQBUF, -EIO, 1);
		fake_fill(fake, 2);
		fake_run_until(fake, fake->fds == 0);
		fake_fail(fake, cases[i].request, cases[i].rc, 1);
		fake_run_until(fake, fake->streaming);
		while (fake->frames < 2 * (i + 1)) {
			fake_fill(fake, 3);
			fake_run_once(fake);
		}
		fake->frames = (unsigned)(2 * (i + 1));
		assert_int_equal(fake->status.state, CAPTURE_STATE_OK);
		memset(fake->faults, 0, sizeof(fake->faults));
	}
}

static void a_call_that_fails_for_ever_is_told_and_not_hammered(void **state)
{
	struct fake *fake = *state;
	unsigned statuses;

	fake_fail(fake, VIDIOC_STREAMON, -EIO, 1000000);
	fake_start(fake);
	capture_source_set_watched(fake->source, true);
	fake_run_until(fake,
			capture_source_get_status(fake->source)->restarts ==
					10);
	assert_int_equal(fake->status.state, CAPTURE_STATE_NO_DEVICE);
	assert_non_null(strstr(fake->status.detail, "cannot start the stream"));
	statuses = fake->statuses;
	fake_run_until(fake,
			capture_source_get_status(fake->source)->restarts ==
					15);
	assert_int_equal(fake->statuses, statuses); /* said once */

	memset(fake->faults, 0, sizeof(fake->faults));
	fake_run_until(fake, fake->streaming);
	fake_show(fake, 1);
	assert_int_equal(fake->status.state, CAPTURE_STATE_OK);
}

/* Some drivers answer so although only a part behind them is missing. */
static void a_device_that_is_there_is_not_lost(void **state)
{
	struct fake *fake = *state;
	unsigned statuses;

	fake_fail(fake, VIDIOC_STREAMON, -ENODEV, 1000000);
	fake_start(fake);
	capture_source_set_watched(fake->source, true);
	fake_run_until(fake,
			capture_source_get_status(fake->source)->restarts == 5);
	assert_non_null(strstr(fake->status.detail, "cannot start the stream"));
	statuses = fake->statuses;
	fake_run_until(fake,
			capture_source_get_status(fake->source)->restarts ==
					10);
	assert_int_equal(fake->statuses, statuses); /* said once */
}

static void a_stalled_stream_is_restarted(void **state)
{
	struct fake *fake = *state;

	fake->world.times.stall_us = STALL_US;
	fake_watch(fake);
	fake_show(fake, 1);
	fake_run_until(fake, fake->status.state == CAPTURE_STATE_NO_LOCK);
	fake_run_until(fake, fake->streams == 3);
	fake_show(fake, 2);
	assert_int_equal(fake->status.state, CAPTURE_STATE_OK);
	assert_true(capture_source_get_status(fake->source)->restarts >= 2);
}

static void an_error_without_a_stream_is_no_loss(void **state)
{
	struct fake *fake = *state;
	struct capture_v4l2 *source;

	fake_start(fake);
	fake_run_until(fake, fake->status.state == CAPTURE_STATE_OK);
	source = (struct capture_v4l2 *)fake->source;
	capture_v4l2_on_video(NULL, -1, EPOLLERR, source);
	assert_int_equal(fake->fds, 1);
	fake->timings_rc = -ENOLINK; /* and no event tells */
	fake_run_until(fake, fake->status.state == CAPTURE_STATE_NO_CABLE);
	fake->timings_rc = 0;
	fake_watch(fake);
	fake_show(fake, 1);
	capture_source_set_watched(fake->source, false);
	fake->present = false;
	capture_v4l2_on_video(NULL, -1, EPOLLERR, source);
	assert_int_equal(fake->status.state, CAPTURE_STATE_NO_DEVICE);
}

/* ---- lost and found ---- */

static void a_missing_device_is_waited_for(void **state)
{
	struct fake *fake = *state;

	unlink(fake->path);
	fake_start(fake);
	capture_source_set_watched(fake->source, true);
	fake_run_until(fake, fake->statuses == 1);
	assert_int_equal(fake->status.state, CAPTURE_STATE_NO_DEVICE);
	assert_non_null(strstr(fake->status.detail, fake->path));
	fake_run_for(fake, QUIET_US);
	assert_int_equal(fake->statuses, 1);
	fake_plug(fake, "video0");
	fake_run_until(fake, fake->streaming);
	fake_show(fake, 1);
}

static void a_lost_device_is_let_go_at_once(void **state)
{
	struct fake *fake = *state;
	unsigned statuses;

	fake_watch(fake);
	fake_show(fake, 33);
	fake_unplug(fake);
	assert_int_equal(fake->status.state, CAPTURE_STATE_NO_DEVICE);
	assert_int_equal(fake->fds, 0);
	/* A frame is still held, and yet nothing of the device is mapped. */
	assert_int_equal(fake_count_mappings(fake), 0);
	assert_int_equal(fake->frame->plane[0][64 * 48 * 2 - 1], 33);
	statuses = fake->statuses;
	fake_run_for(fake, QUIET_US);
	assert_int_equal(fake->statuses, statuses); /* said once */

	fake_plug(fake, "video0");
	fake_run_until(fake, fake->streaming);
	fake_show(fake, 34);
	assert_int_equal(fake->status.state, CAPTURE_STATE_OK);
}

static void a_device_with_a_new_number_is_found(void **state)
{
	struct fake *fake = *state;

	fake_watch(fake);
	fake_unplug(fake);
	fake_run_for(fake, QUIET_US);
	fake_plug(fake, "video1");
	fake_run_until(fake, fake->streaming);
	fake_show(fake, 1);
}

static void another_device_under_the_old_number_is_not_taken(void **state)
{
	struct fake *fake = *state;

	fake_watch(fake);
	fake_unplug(fake);
	fake->bus_info = "usb-9.9"; /* the same dongle at another machine */
	fake_plug(fake, "video0");
	fake_run_until(fake, strstr(fake->status.detail, "another device"));
	fake_run_for(fake, QUIET_US);
	assert_int_equal(fake->status.state, CAPTURE_STATE_NO_DEVICE);
	assert_int_equal(fake->fds, 0);
	fake->bus_info = "usb-1.2";
	fake_run_until(fake, fake->streaming);
}

static void a_stable_link_may_lead_to_another_device(void **state)
{
	struct fake *fake = *state;
	char link[160];

	snprintf(link, sizeof(link), "%s/by-path", fake->folder);
	assert_int_equal(symlink(fake->path, link), 0);
	free((char *)(uintptr_t)fake->options.device);
	fake->options.device = strdup(link);
	fake_watch(fake);
	fake_unplug(fake);
	fake->card = "Better HDMI";
	fake_plug(fake, "video0");
	fake_run_until(fake, fake->streaming);
	fake_show(fake, 1);
	unlink(link);
}

static void what_is_no_capture_device_is_said(void **state)
{
	struct fake *fake = *state;

	fake->abilities = V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING;
	fake_start(fake);
	fake_run_until(fake, fake->statuses == 1);
	assert_non_null(strstr(fake->status.detail, "not a capture device"));
	assert_int_equal(fake->fds, 0);
}

static void too_few_buffers_are_said(void **state)
{
	struct fake *fake = *state;

	fake->buffers_max = 2;
	fake_start(fake);
	capture_source_set_watched(fake->source, true);
	fake_run_until(fake, strstr(fake->status.detail, "too few buffers"));
}

static void faults_at_random_leave_nothing_behind(void **state)
{
	static const unsigned long requests[] = {VIDIOC_DQBUF, VIDIOC_QBUF,
			VIDIOC_STREAMON, VIDIOC_REQBUFS, VIDIOC_QUERYBUF,
			VIDIOC_S_FMT, VIDIOC_G_FMT, VIDIOC_QUERY_DV_TIMINGS,
			VIDIOC_S_DV_TIMINGS, VIDIOC_DQEVENT};
	static const int rcs[] = {-EIO, -EINVAL, -ENODEV, -EBUSY, -ENOLINK};
	unsigned rounds = getenv("RACKHAND_TEST_FULL") ? 20000 : 400;
	struct fake *fake = *state;
	unsigned seed = 20261120;

	fake_watch(fake);
	for (unsigned i = 0; i < rounds; i++) {
		unsigned dice = (unsigned)rand_r(&seed);

		memset(fake->faults, 0, sizeof(fake->faults));
		fake_fail(fake, requests[dice % 10], rcs[dice / 16 % 5],
				1 + dice / 128 % 2);
		if (dice / 256 % 4 == 0)
			fake_set_mode(fake, 64 + 2 * (dice / 1024 % 16), 48);
		if (dice / 256 % 4 == 1)
			fake_send_event(fake);
		if (dice / 256 % 8 == 2)
			capture_source_set_watched(fake->source, dice & 4096);
		fake_fill(fake, 1);
		fake_run_once(fake);
	}
	memset(fake->faults, 0, sizeof(fake->faults));
	capture_source_set_watched(fake->source, true);
	fake_send_event(fake);
	fake_run_until(fake, fake->streaming);
	fake_run_until(fake, fake_fill(fake, 5));
	fake_run_until(fake, fake->frame && fake->frame->plane[0][0] == 5);
	assert_int_equal(fake->fds, 1);
	assert_true(fake_count_mappings(fake) <= 6);
}

#define SPEC(test)                                                             \
	cmocka_unit_test_setup_teardown(test, fake_set_up, fake_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
			SPEC(damaged_buffers_are_dropped),
			SPEC(a_run_of_damaged_buffers_restarts),
			SPEC(a_call_that_fails_once_is_survived),
			SPEC(a_call_that_fails_for_ever_is_told_and_not_hammered),
			SPEC(a_device_that_is_there_is_not_lost),
			SPEC(a_stalled_stream_is_restarted),
			SPEC(an_error_without_a_stream_is_no_loss),
			SPEC(a_missing_device_is_waited_for),
			SPEC(a_lost_device_is_let_go_at_once),
			SPEC(a_device_with_a_new_number_is_found),
			SPEC(another_device_under_the_old_number_is_not_taken),
			SPEC(a_stable_link_may_lead_to_another_device),
			SPEC(what_is_no_capture_device_is_said),
			SPEC(too_few_buffers_are_said),
			SPEC(faults_at_random_leave_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
