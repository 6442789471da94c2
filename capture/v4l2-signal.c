/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/v4l2-signal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* More than a kernel queues for one subscription. */
#define EVENTS_MAX 64

static void judge_as(struct capture_signal *signal, enum capture_state state,
		const char *detail)
{
	signal->state = state;
	snprintf(signal->detail, sizeof(signal->detail), "%s", detail);
}

/* 0 when a frame takes no time or for ever. */
static uint64_t frame_px(const struct v4l2_bt_timings *bt)
{
	uint64_t width_px = (uint64_t)bt->width + bt->hfrontporch + bt->hsync +
			bt->hbackporch;
	uint64_t height_px = (uint64_t)bt->height + bt->vfrontporch +
			bt->vsync + bt->vbackporch;

	return width_px > UINT32_MAX || height_px > UINT32_MAX / 2
			? 0
			: width_px * height_px;
}

static uint32_t refresh_millihz(const struct v4l2_bt_timings *bt)
{
	uint64_t total_px = frame_px(bt);
	uint64_t whole_hz, rest;

	if (total_px == 0 || bt->pixelclock / total_px >= 1000)
		return 0;
	whole_hz = bt->pixelclock / total_px;
	rest = bt->pixelclock % total_px;
	if (rest > UINT64_MAX / 1000)
		return 0;
	return (uint32_t)(whole_hz * 1000 + rest * 1000 / total_px);
}

void capture_signal_judge(struct capture_signal *signal,
		const struct v4l2_dv_timings *timings)
{
	const struct v4l2_bt_timings *bt = &timings->bt;

	*signal = (struct capture_signal){.state = CAPTURE_STATE_UNSUPPORTED};
	if (timings->type != V4L2_DV_BT_656_1120) {
		judge_as(signal, CAPTURE_STATE_UNSUPPORTED,
				"the receiver reports timings of an unknown kind");
	} else if (bt->width == 0 || bt->height == 0) {
		judge_as(signal, CAPTURE_STATE_UNSUPPORTED,
				"the receiver reports a picture without size");
	} else if (bt->width > VIDEO_WIDTH_MAX_PX ||
			bt->height > VIDEO_HEIGHT_MAX_PX) {
		snprintf(signal->detail, sizeof(signal->detail),
				"%ux%u is larger than %ux%u", bt->width,
				bt->height, VIDEO_WIDTH_MAX_PX,
				VIDEO_HEIGHT_MAX_PX);
	} else if (bt->interlaced != V4L2_DV_PROGRESSIVE) {
		snprintf(signal->detail, sizeof(signal->detail),
				"%ux%u is interlaced", bt->width, bt->height);
	} else if (refresh_millihz(bt) == 0) {
		snprintf(signal->detail, sizeof(signal->detail),
				"%ux%u with an impossible pixel clock",
				bt->width, bt->height);
	} else {
		signal->state = CAPTURE_STATE_OK;
		signal->timed = true;
		signal->timings = *timings;
		signal->refresh_millihz = refresh_millihz(bt);
	}
}

struct status_meaning {
	uint32_t flags;
	enum capture_state state;
	const char *detail;
};

static const struct status_meaning status_meanings[] = {
		{V4L2_IN_ST_NO_POWER, CAPTURE_STATE_NO_CABLE,
				"the input is without power"},
		{V4L2_IN_ST_NO_SIGNAL, CAPTURE_STATE_NO_CABLE,
				"no signal on the input"},
		{V4L2_IN_ST_NO_SYNC | V4L2_IN_ST_NO_H_LOCK |
						V4L2_IN_ST_NO_V_LOCK |
						V4L2_IN_ST_NO_CARRIER,
				CAPTURE_STATE_NO_LOCK,
				"the signal is not stable"},
};

/* An input without DV timings: its status, or the benefit of the doubt. */
static int measure_input(const struct capture_device *device,
		struct capture_signal *signal)
{
	struct v4l2_input input = {.index = device->input};
	int rc = capture_device_control(device, VIDIOC_ENUMINPUT, &input);

	signal->state = CAPTURE_STATE_OK;
	if (rc < 0)
		return rc == -ENODEV ? rc : 0;
	for (size_t i = 0; i <
			sizeof(status_meanings) / sizeof(status_meanings[0]);
			i++)
		if (input.status & status_meanings[i].flags) {
			judge_as(signal, status_meanings[i].state,
					status_meanings[i].detail);
			break;
		}
	return 0;
}

int capture_signal_measure(const struct capture_device *device,
		struct capture_signal *signal)
{
	struct v4l2_dv_timings timings = {0};
	int rc = capture_device_receiver_control(
			device, VIDIOC_QUERY_DV_TIMINGS, &timings);

	*signal = (struct capture_signal){.state = CAPTURE_STATE_NO_LOCK};
	switch (rc) {
	case 0:
		capture_signal_judge(signal, &timings);
		return 0;
	case -ENODEV:
		return rc;
	case -ENOTTY:
	case -ENODATA:
	case -EINVAL:
		return measure_input(device, signal);
	case -ENOLINK:
		judge_as(signal, CAPTURE_STATE_NO_CABLE,
				"no signal on the input");
		return 0;
	case -ENOLCK:
		judge_as(signal, CAPTURE_STATE_NO_LOCK,
				"the receiver cannot lock to the signal");
		return 0;
	case -ERANGE:
		judge_as(signal, CAPTURE_STATE_UNSUPPORTED,
				"the signal is outside the receiver's range");
		return 0;
	default:
		snprintf(signal->detail, sizeof(signal->detail),
				"the receiver does not answer: %s",
				strerror(-rc));
		return 0;
	}
}

/* Receivers measure the clock anew each time: half a percent is the same. */
static bool clock_equal(uint64_t a, uint64_t b)
{
	uint64_t difference = a > b ? a - b : b - a;

	return difference <= a / 200;
}

bool capture_signal_equal_mode(
		const struct capture_signal *a, const struct capture_signal *b)
{
	const struct v4l2_bt_timings *one = &a->timings.bt;
	const struct v4l2_bt_timings *two = &b->timings.bt;

	if (a->timed != b->timed)
		return false;
	if (!a->timed)
		return true;
	return one->width == two->width && one->height == two->height &&
			frame_px(one) == frame_px(two) &&
			clock_equal(one->pixelclock, two->pixelclock);
}

int capture_signal_set_mode(const struct capture_device *device,
		const struct capture_signal *signal)
{
	struct v4l2_dv_timings timings = signal->timings;

	return capture_device_receiver_control(
			device, VIDIOC_S_DV_TIMINGS, &timings);
}

int capture_signal_subscribe(const struct capture_device *device)
{
	struct v4l2_event_subscription subscription = {
			.type = V4L2_EVENT_SOURCE_CHANGE,
			.id = capture_device_receiver_pad(device),
	};

	return capture_device_receiver_control(
			device, VIDIOC_SUBSCRIBE_EVENT, &subscription);
}

int capture_signal_take_events(
		const struct capture_device *device, bool *changed)
{
	*changed = false;
	for (unsigned i = 0; i < EVENTS_MAX; i++) {
		struct v4l2_event event = {0};
		int rc = capture_device_receiver_control(
				device, VIDIOC_DQEVENT, &event);

		if (rc == -ENOENT)
			return 0;
		if (rc < 0)
			return rc;
		*changed = *changed || event.type == V4L2_EVENT_SOURCE_CHANGE;
	}
	return 0;
}
