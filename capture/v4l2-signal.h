/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <linux/videodev2.h>

#include "capture/source.h"
#include "capture/v4l2-device.h"

/*
 * What the receiver says about the cable. An HDMI bridge is asked for its DV
 * timings; an input without them (a UVC dongle) for the status of its input,
 * and where that says nothing, the signal counts as good. What a receiver
 * measures is not trusted: nonsense is an unsupported mode.
 *
 * Threads: loop thread only.
 * Errors:  -ENODEV when the device is gone; all else is a state.
 */
struct capture_signal {
	enum capture_state state; /* never NO_DEVICE */
	bool timed;               /* `timings` hold the measured mode */
	struct v4l2_dv_timings timings;
	uint32_t refresh_millihz;          /* 0: unknown */
	char detail[CAPTURE_DETAIL_BYTES]; /* the cause in words, or empty */
};

int capture_signal_measure(const struct capture_device *device,
		struct capture_signal *signal);

/* Judge timings as a receiver may report them; used by measuring. */
void capture_signal_judge(struct capture_signal *signal,
		const struct v4l2_dv_timings *timings);

/* The same mode, but for the jitter of a measured pixel clock. */
bool capture_signal_equal_mode(
		const struct capture_signal *a, const struct capture_signal *b);

/* Make a timed signal's mode the receiver's. No buffer may exist. */
int capture_signal_set_mode(const struct capture_device *device,
		const struct capture_signal *signal);

/* Ask for an event when the signal changes. */
int capture_signal_subscribe(const struct capture_device *device);

/* Take all events that wait; *changed says if the signal is to be measured. */
int capture_signal_take_events(
		const struct capture_device *device, bool *changed);
