/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include <systemd/sd-event.h>

#include "capture/source.h"
#include "core/workers.h"

/*
 * A V4L2 capture device: an HDMI bridge with DV timings and EDID, or a UVC
 * dongle. A device that is missing is no error: it is looked for again.
 */
struct capture_v4l2_options {
	const char *name;      /* the target's, for log lines */
	const char *device;    /* /dev/videoN, or better a by-path link */
	const char *subdevice; /* for timings and EDID; NULL: none */
	const char *format;    /* code of the one to take; NULL: choose */
	const char *edid;      /* preset or absolute path; NULL: keep it */
	const struct capture_edid *chosen; /* in its place; NULL: none */
};

/* Is it the code of a format, one to four characters? For a configuration. */
bool capture_v4l2_is_format(const char *name);

/* Strings are copied. MJPEG is decoded on `workers`. */
int capture_v4l2_create(struct capture_source **out, sd_event *event,
		struct core_workers *workers,
		const struct capture_v4l2_options *options,
		const struct capture_handler *handler, void *context);
