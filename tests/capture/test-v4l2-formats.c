/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/capture/fake-device.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "video/jpeg.h"

/* ---- formats ---- */

static void two_memory_planes_make_one_picture(void **state)
{
	struct fake *fake = *state;

	fake->multiplanar = true;
	fake->offers[0].fourcc = V4L2_PIX_FMT_NV12M;
	fake_watch(fake);
	fake_show(fake, 5);
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

/* Beyond its end lies what nobody wrote, or nothing. */
static void a_short_exotic_picture_is_dropped(void **state)
{
	struct fake *fake = *state;
	uint8_t data[64 * 48 * 2] = {0};
	const struct capture_status *status;

	fake->offers[0].fourcc = V4L2_PIX_FMT_YVYU;
	fake_watch(fake);
	status = capture_source_get_status(fake->source);
	fake_fill_as(fake, data, sizeof(data) - 1, 0);
	fake_run_until(fake, status->dropped == 1);
	assert_int_equal(fake->frames, 0);
	fake_fill_as(fake, data, sizeof(data), 0);
	fake_run_until(fake, fake->frames == 1);
}

static size_t compress(uint8_t *jpeg, size_t room, uint8_t grey)
{
	struct video_jpeg *codec;
	uint8_t bgrx[64 * 48 * 4];
	size_t size;

	memset(bgrx, grey, sizeof(bgrx));
	assert_int_equal(video_jpeg_create(&codec), 0);
	assert_true(video_jpeg_bound(64, 48, VIDEO_SUBSAMPLING_420) <= room);
	assert_int_equal(video_jpeg_encode(codec, VIDEO_PIXEL_BGRX, bgrx,
					 64 * 4, 64, 48, 90,
					 VIDEO_SUBSAMPLING_420, jpeg, &size),
			0);
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
	assert_int_equal(fake->frame->layout.pixel, VIDEO_PIXEL_YU12);
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

/* Fill a buffer with a JPEG and wait until its frame has been handed on. */
static void show_jpeg(struct fake *fake, const uint8_t *jpeg, size_t size)
{
	unsigned frames = fake->frames;

	fake_run_until(fake, fake_fill_as(fake, jpeg, (uint32_t)size, 0));
	fake_run_until(fake, fake->frames == frames + 1);
}

/* A picture that stands still costs a comparison of its bytes. */
static void the_same_jpeg_is_decoded_once(void **state)
{
	struct fake *fake = *state;
	const struct capture_status *status;
	uint8_t jpeg[16384];
	size_t size = compress(jpeg, sizeof(jpeg), 200);
	struct video_frame *first;

	fake->offers[0].fourcc = V4L2_PIX_FMT_MJPEG;
	fake_watch(fake);
	status = capture_source_get_status(fake->source);
	show_jpeg(fake, jpeg, size);
	first = video_frame_ref(fake->frame);
	for (unsigned i = 0; i < 20; i++) {
		uint64_t before_us = fake_now_us();

		show_jpeg(fake, jpeg, size);
		assert_ptr_equal(fake->frame, first);
		assert_true(fake->frame->captured_us >= before_us);
	}
	assert_int_equal(status->frames, 21);
	assert_int_equal(status->dropped, 0);

	jpeg[size] = 0; /* longer by a byte, then different in one */
	show_jpeg(fake, jpeg, size + 1);
	assert_ptr_not_equal(fake->frame, first);
	video_frame_unref(first);
	first = video_frame_ref(fake->frame);
	jpeg[size] = 1;
	show_jpeg(fake, jpeg, size + 1);
	assert_ptr_not_equal(fake->frame, first);
	video_frame_unref(first);
}

static void after_a_pause_the_same_jpeg_is_decoded_again(void **state)
{
	struct fake *fake = *state;
	uint8_t jpeg[16384];
	size_t size = compress(jpeg, sizeof(jpeg), 200);
	struct video_frame *first;

	fake->offers[0].fourcc = V4L2_PIX_FMT_MJPEG;
	fake_watch(fake);
	show_jpeg(fake, jpeg, size);
	first = video_frame_ref(fake->frame);
	capture_source_set_watched(fake->source, false);
	capture_source_set_watched(fake->source, true);
	show_jpeg(fake, jpeg, size);
	assert_ptr_not_equal(fake->frame, first);
	video_frame_unref(first);
}

/* Even on the least number of buffers, of which it keeps one. */
static void a_standing_picture_leaves_the_driver_its_buffers(void **state)
{
	struct fake *fake = *state;
	uint8_t jpeg[2][16384];
	size_t size[2] = {compress(jpeg[0], sizeof(jpeg[0]), 20),
			compress(jpeg[1], sizeof(jpeg[1]), 200)};

	fake->buffers_max = 3;
	fake->offers[0].fourcc = V4L2_PIX_FMT_MJPEG;
	fake_watch(fake);
	for (unsigned i = 0; i < 40; i++) {
		show_jpeg(fake, jpeg[i / 2 % 2], size[i / 2 % 2]);
		assert_in_range(fake->frame->plane[0][0], i / 2 % 2 ? 198 : 18,
				i / 2 % 2 ? 202 : 22);
	}
}

/* Bytes that cannot be decoded are no picture however often they come. */
static void the_same_broken_jpeg_is_never_taken_for_known(void **state)
{
	struct fake *fake = *state;
	const struct capture_status *status;
	uint8_t jpeg[16384];
	size_t size = compress(jpeg, sizeof(jpeg), 200);

	fake->offers[0].fourcc = V4L2_PIX_FMT_MJPEG;
	fake_watch(fake);
	status = capture_source_get_status(fake->source);
	show_jpeg(fake, jpeg, size);
	for (unsigned i = 1; i <= 5; i++) {
		fake_run_until(fake, fake_fill_as(fake, jpeg, 400, 0));
		fake_run_until(fake, status->dropped == i);
	}
	assert_int_equal(fake->frames, 1);
	show_jpeg(fake, jpeg, size);
}

static void what_was_being_decoded_is_forgotten_with_its_stream(void **state)
{
	struct fake *fake = *state;
	uint8_t jpeg[16384];
	size_t size = compress(jpeg, sizeof(jpeg), 10);

	fake->offers[0].fourcc = V4L2_PIX_FMT_MJPEG;
	fake_watch(fake);
	fake_fill_as(fake, jpeg, (uint32_t)size, 0);
	fake_run_until(fake, fake->filled_n == 0);
	capture_source_set_watched(fake->source, false);
	capture_source_set_watched(fake->source, true);
	fake_run_for(fake, 20000);
	assert_int_equal(fake->frames, 0);

	size = compress(jpeg, sizeof(jpeg), 100);
	fake_fill_as(fake, jpeg, (uint32_t)size, 0);
	fake_run_until(fake, fake->frames == 1);
	assert_in_range(fake->frame->plane[0][0], 98, 102);
	/* And a source may go at any time. */
	size = compress(jpeg, sizeof(jpeg), 200);
	fake_fill_as(fake, jpeg, (uint32_t)size, 0);
	fake_run_until(fake, fake->filled_n == 0);
	capture_source_destroy(fake->source);
	fake->source = NULL;
	fake_run_for(fake, 20000);
	assert_int_equal(fake->frames, 1);
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

/* ---- EDID ---- */

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

static void one_that_was_chosen_is_written_instead(void **state)
{
	struct capture_edid edid;
	struct fake *fake = *state;
	const char *why;

	assert_int_equal(capture_edid_load(&edid, "720p60", &why), 0);
	fake->options.edid = "1080p60";
	fake->options.chosen = &edid;
	fake_watch(fake);
	assert_int_equal(fake->edids_written, 1);
	assert_memory_equal(fake->edid, edid.data, edid.size);
}

static void an_edid_that_is_refused_is_a_warning(void **state)
{
	struct fake *fake = *state;

	fake->options.edid = "720p60";
	fake_fail(fake, VIDIOC_S_EDID, -EINVAL, 1000);
	fake_watch(fake);
	fake_show(fake, 1);
	assert_non_null(strstr(fake->status.warning, "EDID"));
	assert_int_equal(fake->status.state, CAPTURE_STATE_OK);
	for (unsigned i = 2; i < 5; i++) { /* and no loop */
		fake_fail(fake, VIDIOC_DQBUF, -EIO, 1);
		fake_fill(fake, 1);
		fake_run_until(fake, fake->streams == i);
		fake_show(fake, 1);
	}
	assert_int_equal(fake->faults[0].times, 999);
}

static void an_edid_can_be_another_while_it_runs(void **state)
{
	struct capture_edid edid, read;
	struct fake *fake = *state;
	const char *why;

	fake->options.edid = "1080p60";
	fake_watch(fake);
	assert_int_equal(capture_edid_load(&edid, "1280x1024", &why), 0);
	assert_int_equal(capture_source_set_edid(fake->source, &edid), 0);
	assert_int_equal(fake->edids_written, 2);
	assert_int_equal(capture_source_get_edid(fake->source, &read), 0);
	assert_int_equal(read.size, edid.size);
	assert_memory_equal(read.data, edid.data, edid.size);
	/* It stays so, wherever the device goes. */
	fake_unplug(fake);
	fake->edid_blocks = 0;
	assert_int_equal(capture_source_get_edid(fake->source, &read), -ENODEV);
	fake_plug(fake, "video0");
	fake_run_until(fake, fake->streams == 2);
	assert_int_equal(fake->edids_written, 3);
	assert_memory_equal(fake->edid, edid.data, edid.size);
}

static void an_edid_that_is_refused_is_not_kept(void **state)
{
	struct capture_edid edid;
	struct fake *fake = *state;
	const char *why;

	fake->options.edid = "1080p60";
	fake_watch(fake);
	assert_int_equal(capture_edid_load(&edid, "720p60", &why), 0);
	fake_fail(fake, VIDIOC_S_EDID, -EBUSY, 1);
	assert_int_equal(capture_source_set_edid(fake->source, &edid), -EBUSY);
	fake_fail(fake, VIDIOC_S_EDID, -ENOTTY, 1);
	assert_int_equal(capture_source_set_edid(fake->source, &edid),
			-EOPNOTSUPP);
	fake_fail(fake, VIDIOC_G_EDID, -ENOTTY, 1);
	assert_int_equal(capture_source_get_edid(fake->source, &edid),
			-EOPNOTSUPP);
	fake_show(fake, 1);
	assert_string_equal(fake->status.warning, "");
	fake_unplug(fake);
	fake->edid_blocks = 0;
	fake_plug(fake, "video0");
	fake_run_until(fake, fake->streams == 2);
	assert_int_equal(capture_edid_load(&edid, "1080p60", &why), 0);
	assert_memory_equal(fake->edid, edid.data, edid.size);
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

#define SPEC(test)                                                             \
	cmocka_unit_test_setup_teardown(test, fake_set_up, fake_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
			SPEC(two_memory_planes_make_one_picture),
			SPEC(an_exotic_format_is_converted),
			SPEC(a_short_exotic_picture_is_dropped),
			SPEC(jpegs_are_decoded_and_torn_ones_dropped),
			SPEC(of_many_jpegs_the_newest_is_decoded),
			SPEC(the_same_jpeg_is_decoded_once),
			SPEC(after_a_pause_the_same_jpeg_is_decoded_again),
			SPEC(a_standing_picture_leaves_the_driver_its_buffers),
			SPEC(the_same_broken_jpeg_is_never_taken_for_known),
			SPEC(what_was_being_decoded_is_forgotten_with_its_stream),
			SPEC(only_broken_jpegs_are_a_fault),
			SPEC(an_edid_is_written_once),
			SPEC(one_that_was_chosen_is_written_instead),
			SPEC(an_edid_that_is_refused_is_a_warning),
			SPEC(an_edid_can_be_another_while_it_runs),
			SPEC(an_edid_that_is_refused_is_not_kept),
			SPEC(wrong_options_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
