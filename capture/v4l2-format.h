/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/videodev2.h>

#include "capture/v4l2-device.h"
#include "capture/v4l2-signal.h"
#include "video/frame.h"

/*
 * The pixel format of a device: which of those that it offers is taken, and
 * what its bytes mean as a video_layout, colours included.
 *
 * Threads: loop thread only.
 * Errors:  -ENODEV when the device is gone; -ERANGE with a detail in words for
 *          what cannot be captured.
 */
enum capture_coding {
	CAPTURE_CODING_NATIVE, /* the buffer is the picture */
	CAPTURE_CODING_JPEG,
	CAPTURE_CODING_OTHER, /* plain pixels, through libv4l's conversion */
};

/* Where a plane of the picture lies in a buffer. */
struct capture_part {
	uint32_t memory; /* memory plane */
	size_t offset_bytes;
};

struct capture_format {
	struct v4l2_format raw; /* as the driver said it */
	uint32_t fourcc;
	char name[8]; /* "YUYV" */
	enum capture_coding coding;
	uint32_t memories;          /* memory planes of a buffer */
	struct video_layout layout; /* of the frame; of a JPEG only the size */
	struct capture_part part[VIDEO_PLANES_MAX]; /* of native ones */
	uint32_t other_stride_bytes; /* of what libv4l converts: its rows, */
	size_t other_bytes;          /* and all of a whole picture */
	uint32_t refresh_millihz; /* of a device without timings; 0: unknown */
};

/* Of a name that passes; and back, unprintable characters as '?'. */
uint32_t capture_format_parse(const char *name);
void capture_format_name(uint32_t fourcc, char name[8]);

/* What a format costs to take in, relative to others; lower is better. */
#define CAPTURE_COST_OTHER 90
unsigned capture_format_cost(uint32_t fourcc);

/* Understand what the driver said. */
int capture_format_map(struct capture_format *format,
		const struct v4l2_format *raw,
		char detail[CAPTURE_DETAIL_BYTES]);

/* What the device is set to now. */
int capture_format_read(const struct capture_device *device,
		struct capture_format *format,
		char detail[CAPTURE_DETAIL_BYTES]);

/*
 * Set the cheapest format in which the device can deliver `signal`, or the one
 * that is `forced` by name (NULL: none). No buffer may exist.
 */
int capture_format_choose(const struct capture_device *device,
		const struct capture_signal *signal, const char *forced,
		struct capture_format *format,
		char detail[CAPTURE_DETAIL_BYTES]);

/* The same bytes with the same meaning. */
bool capture_format_equal(
		const struct capture_format *a, const struct capture_format *b);
