/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/capture/fake-device.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "video/jpeg.h"

/* Longer than any interval of the fake's world but the stall's. */
#define QUIET_US 40000
#define STALL_US 60000

static int set_up(void **state)
{
	struct fake *fake = calloc(1, sizeof(*fake));

	fake_init(fake);
	*state = fake;
	return 0;
}

static int tear_down(void **state)
{
	struct fake *fake = *state;

	fake_finish(fake);
	free(fake);
	return 0;
}

static void show(struct fake *fake, uint8_t value)
{
	unsigned frames = fake->frames;

	assert_true(fake_fill(fake, value));
	fake_run_until(fake, fake->frames == frames + 1);
	assert_int_equal(fake->frame->plane[0][0], value);
}

/* ---- life
 * ---------------------------------------------------------------------- */

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
	show(fake, 7);
	capture_source_set_watched(fake->source, false);
	assert_false(fake->streaming);
	fake_run_for(fake, QUIET_US);
	assert_int_equal(fake->status.state, CAPTURE_STATE_OK);

	fake_watch(fake);
	show(fake, 8);
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

static void asks_for_six_buffers(void **state)
{
	struct fake *fake = *state;

	fake_watch(fake);
	assert_int_equal(fake->buffers, 6);
}

static void held_frames_outlive_the_source(void **state)
{
	struct fake *fake = *state;

	fake_watch(fake);
	show(fake, 42);
	capture_source_destroy(fake->source);
	fake->source = NULL;
	assert_int_equal(fake->fds, 0);
	assert_int_equal(fake_count_mappings(fake), 0);
	assert_int_equal(fake->frame->plane[0][64 * 48 * 2 - 1], 42);
}

static void consumers_that_hold_everything_are_no_stall(void **state)
{
	struct fake *fake = *state;
	struct video_frame *held[8];
	unsigned n = 0;

	fake->world.times.stall_us = STALL_US;
	fake_watch(fake);
	while (fake_fill(fake, 1)) {
		unsigned frames = fake->frames;

		fake_run_until(fake, fake->frames > frames);
		held[n++] = video_frame_ref(fake->frame);
	}
	fake_run_for(fake, 3 * STALL_US);
	assert_int_equal(capture_source_get_status(fake->source)->restarts, 0);
	while (n > 0)
		video_frame_unref(held[--n]);
	show(fake, 2);
}

/* ---- the signal
 * ------------------------------------------------------------------ */

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

		show(fake, 1);
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
	show(fake, 3);
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
	show(fake, 1);
}

static void follows_an_input_that_has_no_events(void **state)
{
	struct fake *fake = *state;

	fake->timings_rc = -ENOTTY;
	fake->without_events = true;
	fake->offers[0] = (struct fake_offer){V4L2_PIX_FMT_YUYV, 64, 48, 30};
	fake_watch(fake);
	show(fake, 1);
	fake->input_status = V4L2_IN_ST_NO_SIGNAL;
	fake_run_until(fake, fake->status.state == CAPTURE_STATE_NO_CABLE);
	fake->input_status = V4L2_IN_ST_NO_H_LOCK;
	fake_run_until(fake, fake->status.state == CAPTURE_STATE_NO_LOCK);
	fake->input_status = 0;
	fake_run_until(fake, fake->streaming);
	show(fake, 2);
	assert_int_equal(fake->timings_set, 0);
}

static void a_new_mode_gets_new_buffers(void **state)
{
	struct fake *fake = *state;
	struct video_frame *old;

	fake_watch(fake);
	show(fake, 11);
	old = video_frame_ref(fake->frame);
	fake_set_mode(fake, 128, 96);
	fake_send_event(fake);
	fake_run_until(fake, fake->status.width_px == 128);
	fake_run_until(fake, fake->streaming);
	show(fake, 12);
	assert_int_equal(fake->frame->layout.width_px, 128);
	assert_int_equal(fake->timings_set, 2);
	/* The old one is still what it was, though its buffer has gone. */
	assert_int_equal(old->layout.width_px, 64);
	assert_int_equal(old->plane[0][64 * 48 * 2 - 1], 11);
	video_frame_unref(old);
}

static void a_storm_of_modes_is_settled_by_the_newest(void **state)
{
	struct fake *fake = *state;

	fake_watch(fake);
	show(fake, 1);
	for (uint32_t i = 0; i < 100; i++) {
		fake_set_mode(fake, 64 + 2 * (i % 32), 48 + 2 * (i % 16));
		fake_send_event(fake);
	}
	fake_set_mode(fake, 96, 64);
	fake_send_event(fake);
	assert_int_equal(fake->status.width_px, 64);
	fake_run_until(fake, fake->status.width_px == 96 && fake->streaming);
	show(fake, 2);
	assert_int_equal(fake->timings_set, 2);
}

static void a_storm_without_end_does_not_blind(void **state)
{
	struct fake *fake = *state;
	unsigned set;

	fake_watch(fake);
	set = fake->timings_set;
	for (uint32_t i = 0; fake->timings_set == set; i++) {
		assert_true(i < 100000);
		fake_set_mode(fake, 64 + 2 * (i % 32), 48);
		fake_send_event(fake);
		fake_run_once(fake);
	}
}

static void a_change_of_colour_alone_is_followed(void **state)
{
	struct fake *fake = *state;

	fake_watch(fake);
	show(fake, 1);
	assert_int_equal(fake->frame->layout.matrix, VIDEO_MATRIX_BT601);
	fake->colorspace = V4L2_COLORSPACE_REC709;
	fake_send_event(fake);
	fake_run_until(fake, fake->formats_set == 2);
	fake_run_until(fake, fake->streaming);
	show(fake, 2);
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
	show(fake, 1);
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

/* ---- faults
 * ---------------------------------------------------------------------- */

static void damaged_buffers_are_dropped(void **state)
{
	struct fake *fake = *state;
	const uint32_t whole = 64 * 48 * 2;
	const struct capture_status *status;

	fake_watch(fake);
	show(fake, 1);
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
	show(fake, 2);
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
	show(fake, 1);
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
		show(fake, 1);
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
	show(fake, 1);
	assert_int_equal(fake->status.state, CAPTURE_STATE_OK);
}

static void a_stalled_stream_is_restarted(void **state)
{
	struct fake *fake = *state;

	fake->world.times.stall_us = STALL_US;
	fake_watch(fake);
	show(fake, 1);
	fake_run_until(fake, fake->status.state == CAPTURE_STATE_NO_LOCK);
	fake_run_until(fake, fake->streams == 3);
	show(fake, 2);
	assert_int_equal(fake->status.state, CAPTURE_STATE_OK);
	assert_true(capture_source_get_status(fake->source)->restarts >= 2);
}

/* ---- lost and found
 * ----------------------------------------------------------------- */

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
	show(fake, 1);
}

static void a_lost_device_is_let_go_at_once(void **state)
{
	struct fake *fake = *state;
	unsigned statuses;

	fake_watch(fake);
	show(fake, 33);
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
	show(fake, 34);
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
	show(fake, 1);
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
	show(fake, 1);
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

/* ---- formats
 * ----------------------------------------------------------------------- */

static void two_memory_planes_make_one_picture(void **state)
{
	struct fake *fake = *state;

	fake->multiplanar = true;
	fake->offers[0].fourcc = V4L2_PIX_FMT_NV12M;
	fake_watch(fake);
	show(fake, 5);
	assert_int_equal(fake->frame->layout.pixel, VIDEO_PIXEL_NV12);
	assert_int_equal(fake->frame->plane[1][64 * 24 - 1], 5);
	assert_string_equal(fake->status.format, "NM12");
}

static void an_exotic_format_is_converted(void **state)
{
	struct fake *fake = *state;
	uint8_t data[64 * 48 * 2];

	fake->offers[0].fourcc = V4L2_PIX_FMT_YVYU;
	fake_watch(fake);
	for (size_t i = 0; i < sizeof(data); i += 4) {
		data[i] = 100;
		data[i + 1] = 30; /* Cr */
		data[i + 2] = 101;
		data[i + 3] = 20; /* Cb */
	}
	fake_fill_as(fake, data, sizeof(data), 0);
	fake_run_until(fake, fake->frames == 1);
	assert_int_equal(fake->frame->layout.pixel, VIDEO_PIXEL_YU12);
	assert_int_equal(fake->frame->plane[0][64 * 48 - 1], 101);
	assert_int_equal(fake->frame->plane[1][32 * 24 - 1], 20);
	assert_int_equal(fake->frame->plane[2][32 * 24 - 1], 30);
	assert_true(fake->frame->captured_us > 0);
}

static size_t compress(uint8_t *jpeg, size_t room, uint8_t grey)
{
	struct video_jpeg *codec;
	uint8_t bgrx[64 * 48 * 4];
	const uint8_t *data;
	size_t size;

	memset(bgrx, grey, sizeof(bgrx));
	assert_int_equal(video_jpeg_create(&codec), 0);
	assert_int_equal(video_jpeg_encode(codec, bgrx, 64 * 4, 64, 48, 90,
					 VIDEO_SUBSAMPLING_420, &data, &size),
			0);
	assert_true(size <= room);
	memcpy(jpeg, data, size);
	video_jpeg_destroy(codec);
	return size;
}

static void jpegs_are_decoded_and_torn_ones_dropped(void **state)
{
	struct fake *fake = *state;
	const struct capture_status *status;
	uint8_t jpeg[16384];
	size_t size = compress(jpeg, sizeof(jpeg), 200);

	fake->offers[0].fourcc = V4L2_PIX_FMT_MJPEG;
	fake_watch(fake);
	status = capture_source_get_status(fake->source);
	assert_string_equal(fake->status.format, "MJPG");
	fake_fill_as(fake, jpeg, (uint32_t)size, 0);
	fake_run_until(fake, fake->frames == 1);
	assert_int_equal(fake->frame->layout.pixel, VIDEO_PIXEL_BGRX);
	assert_in_range(fake->frame->plane[0][0], 198, 202);

	for (size_t cut = 0; cut < size; cut += 37) {
		uint64_t dropped = status->dropped;

		fake_run_until(fake,
				fake_fill_as(fake, jpeg, (uint32_t)cut, 0));
		fake_run_until(fake, status->dropped > dropped);
		fake_fill_as(fake, jpeg, (uint32_t)size, 0);
		fake_run_until(fake,
				status->frames == fake->frames &&
						fake->frames == 2 + cut / 37);
	}
	assert_int_equal(status->restarts, 0);
}

static void of_many_jpegs_the_newest_is_decoded(void **state)
{
	struct fake *fake = *state;
	const struct capture_status *status;
	uint8_t jpeg[16384];
	unsigned total = 60;

	fake->offers[0].fourcc = V4L2_PIX_FMT_MJPEG;
	fake_watch(fake);
	status = capture_source_get_status(fake->source);
	for (unsigned i = 1; i <= total; i++) {
		size_t size = compress(jpeg, sizeof(jpeg), (uint8_t)(4 * i));

		fake_run_until(fake,
				fake_fill_as(fake, jpeg, (uint32_t)size, 0));
		fake_run_once(fake);
	}
	fake_run_until(fake, status->frames + status->dropped == total);
	assert_in_range(fake->frame->plane[0][0], 4 * total - 2, 4 * total + 2);
}

static void only_broken_jpegs_are_a_fault(void **state)
{
	struct fake *fake = *state;
	const struct capture_status *status;

	fake->offers[0].fourcc = V4L2_PIX_FMT_MJPEG;
	fake_watch(fake);
	status = capture_source_get_status(fake->source);
	while (status->restarts == 0) {
		fake_fill_as(fake, "no JPEG at all", 14, 0);
		fake_run_once(fake);
	}
	assert_true(status->dropped >= 31);
	assert_int_equal(status->frames, 0);
}

/* ---- EDID
 * -------------------------------------------------------------------------- */

static void an_edid_is_written_once(void **state)
{
	struct fake *fake = *state;

	fake->options.edid = "1080p60";
	fake_watch(fake);
	assert_int_equal(fake->edids_written, 1);
	assert_int_equal(fake->edid_blocks, 2);
	assert_string_equal(fake->status.warning, "");
	/* A restart finds it there, and spares the target a new monitor. */
	fake_fail(fake, VIDIOC_DQBUF, -EIO, 1);
	fake_fill(fake, 1);
	fake_run_until(fake, fake->streams == 2);
	assert_int_equal(fake->edids_written, 1);
	/* A receiver that forgot it gets it again. */
	fake_unplug(fake);
	fake->edid_blocks = 0;
	fake_plug(fake, "video0");
	fake_run_until(fake, fake->streams == 3);
	assert_int_equal(fake->edids_written, 2);
}

static void an_edid_that_is_refused_is_a_warning(void **state)
{
	struct fake *fake = *state;

	fake->options.edid = "720p60";
	fake_fail(fake, VIDIOC_S_EDID, -EINVAL, 1000);
	fake_watch(fake);
	show(fake, 1);
	assert_non_null(strstr(fake->status.warning, "EDID"));
	assert_int_equal(fake->status.state, CAPTURE_STATE_OK);
	for (unsigned i = 2; i < 5; i++) { /* and no loop */
		fake_fail(fake, VIDIOC_DQBUF, -EIO, 1);
		fake_fill(fake, 1);
		fake_run_until(fake, fake->streams == i);
		show(fake, 1);
	}
	assert_int_equal(fake->faults[0].times, 999);
}

static void wrong_options_are_refused(void **state)
{
	struct fake *fake = *state;
	static const struct capture_handler none = {NULL, NULL};
	struct capture_source *source;

	fake->options.edid = "1081p61";
	assert_int_equal(capture_v4l2_create_in(&source, fake->event,
					 fake->workers, &fake->options, &none,
					 NULL, &fake->world),
			-ENOENT);
	assert_null(source);
	fake->options.edid = NULL;
	fake->options.format = "YUYV2";
	assert_int_equal(capture_v4l2_create_in(&source, fake->event,
					 fake->workers, &fake->options, &none,
					 NULL, &fake->world),
			-EINVAL);
	assert_null(source);
}

#define SPEC(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
			SPEC(streams_only_while_watched),
			SPEC(newest_wins_and_others_go_back),
			SPEC(asks_for_six_buffers),
			SPEC(held_frames_outlive_the_source),
			SPEC(consumers_that_hold_everything_are_no_stall),
			SPEC(names_each_bad_signal),
			SPEC(finds_a_signal_whose_event_was_lost),
			SPEC(follows_an_input_that_has_no_events),
			SPEC(a_new_mode_gets_new_buffers),
			SPEC(a_storm_of_modes_is_settled_by_the_newest),
			SPEC(a_storm_without_end_does_not_blind),
			SPEC(a_change_of_colour_alone_is_followed),
			SPEC(nonsense_timings_are_unsupported_and_pass),
			SPEC(a_mode_that_the_driver_refuses_is_unsupported),
			SPEC(damaged_buffers_are_dropped),
			SPEC(a_run_of_damaged_buffers_restarts),
			SPEC(a_call_that_fails_once_is_survived),
			SPEC(a_call_that_fails_for_ever_is_told_and_not_hammered),
			SPEC(a_stalled_stream_is_restarted),
			SPEC(a_missing_device_is_waited_for),
			SPEC(a_lost_device_is_let_go_at_once),
			SPEC(a_device_with_a_new_number_is_found),
			SPEC(another_device_under_the_old_number_is_not_taken),
			SPEC(a_stable_link_may_lead_to_another_device),
			SPEC(what_is_no_capture_device_is_said),
			SPEC(too_few_buffers_are_said),
			SPEC(faults_at_random_leave_nothing_behind),
			SPEC(two_memory_planes_make_one_picture),
			SPEC(an_exotic_format_is_converted),
			SPEC(jpegs_are_decoded_and_torn_ones_dropped),
			SPEC(of_many_jpegs_the_newest_is_decoded),
			SPEC(only_broken_jpegs_are_a_fault),
			SPEC(an_edid_is_written_once),
			SPEC(an_edid_that_is_refused_is_a_warning),
			SPEC(wrong_options_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
