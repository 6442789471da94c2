/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <systemd/sd-event.h>

#include "capture/source.h"
#include "core/workers.h"

/*
 * A V4L2 capture device: an HDMI bridge with DV timings and EDID, or a UVC
 * dongle. A device that is missing is no error: it is looked for again.
 */
struct capture_v4l2_options {
	const char *name;      /* the target's, for log lines */
	const char *device;    /* /dev/videoN, or a stable by-id/by-path link */
	const char *subdevice; /* /dev/v4l-subdevN with timings and EDID; NULL
				*/
	const char *format; /* fourcc such as "YUYV" to force one; NULL: choose
			     */
	const char *edid; /* preset name or absolute file; NULL: leave it alone
			   */
};

/* Strings are copied. MJPEG is decoded on `workers`. */
int capture_v4l2_create(struct capture_source **out, sd_event *event,
		struct core_workers *workers,
		const struct capture_v4l2_options *options,
		const struct capture_handler *handler, void *context);
