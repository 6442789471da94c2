/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/v4l2-format.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CANDIDATES_MAX 128
#define ENTRIES_MAX 256 /* of a list that a driver gives; ends bad ones */

/*
 * Without timings a device says itself how large its picture is. Dongles list
 * sizes that they only scale up to, so a computer's usual size is the limit.
 */
#define UNTIMED_WIDTH_MAX_PX 1920
#define UNTIMED_HEIGHT_MAX_PX 1200

/* Raw formats of a USB 2 dongle can be large and slow: 5 frames a second. */
#define FLUENT_MILLIHZ 24000

struct candidate {
	uint32_t fourcc;
	uint32_t width_px; /* 0: as the device is set */
	uint32_t height_px;
	struct v4l2_fract interval; /* numerator 0: as the device is set */
};

static uint32_t rate_millihz(const struct v4l2_fract *interval)
{
	uint64_t rate;

	if (interval->numerator == 0)
		return 0;
	rate = (uint64_t)interval->denominator * 1000 / interval->numerator;
	return rate > UINT32_MAX ? 0 : (uint32_t)rate;
}

/* The shortest interval at the candidate's size. */
static void find_interval(const struct capture_device *device,
		struct candidate *candidate)
{
	for (uint32_t i = 0; i < ENTRIES_MAX; i++) {
		struct v4l2_frmivalenum entry = {
				.index = i,
				.pixel_format = candidate->fourcc,
				.width = candidate->width_px,
				.height = candidate->height_px,
		};
		const struct v4l2_fract *shortest = &entry.discrete;

		if (capture_device_control(device, VIDIOC_ENUM_FRAMEINTERVALS,
				    &entry) < 0)
			return;
		if (entry.type != V4L2_FRMIVAL_TYPE_DISCRETE)
			shortest = &entry.stepwise.min;
		if (rate_millihz(shortest) > rate_millihz(&candidate->interval))
			candidate->interval = *shortest;
		if (entry.type != V4L2_FRMIVAL_TYPE_DISCRETE)
			return;
	}
}

static uint64_t area_px(uint32_t width_px, uint32_t height_px)
{
	return (uint64_t)width_px * height_px;
}

static void consider_size(struct candidate *candidate, uint32_t width_px,
		uint32_t height_px)
{
	if (width_px > UNTIMED_WIDTH_MAX_PX ||
			height_px > UNTIMED_HEIGHT_MAX_PX ||
			area_px(width_px, height_px) <=
					area_px(candidate->width_px,
							candidate->height_px))
		return;
	candidate->width_px = width_px;
	candidate->height_px = height_px;
}

/* The largest size that is no larger than the limit. */
static void find_size(const struct capture_device *device,
		struct candidate *candidate)
{
	for (uint32_t i = 0; i < ENTRIES_MAX; i++) {
		struct v4l2_frmsizeenum entry = {
				.index = i,
				.pixel_format = candidate->fourcc,
		};

		if (capture_device_control(
				    device, VIDIOC_ENUM_FRAMESIZES, &entry) < 0)
			return;
		if (entry.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
			consider_size(candidate, entry.discrete.width,
					entry.discrete.height);
			continue;
		}
		consider_size(candidate,
				entry.stepwise.max_width < 1920
						? entry.stepwise.max_width
						: 1920,
				entry.stepwise.max_height < 1080
						? entry.stepwise.max_height
						: 1080);
		return;
	}
}

static bool is_slow(const struct candidate *candidate)
{
	uint32_t rate = rate_millihz(&candidate->interval);

	return rate != 0 && rate < FLUENT_MILLIHZ;
}

/* For qsort: the better candidate first. */
static int compare(const void *left, const void *right)
{
	const struct candidate *a = left;
	const struct candidate *b = right;
	uint64_t a_px = area_px(a->width_px, a->height_px);
	uint64_t b_px = area_px(b->width_px, b->height_px);
	unsigned a_cost = capture_format_cost(a->fourcc);
	unsigned b_cost = capture_format_cost(b->fourcc);

	if (a_px != b_px)
		return a_px > b_px ? -1 : 1;
	if (is_slow(a) != is_slow(b))
		return is_slow(a) ? 1 : -1;
	if (a_cost != b_cost)
		return a_cost < b_cost ? -1 : 1;
	return a->fourcc < b->fourcc ? -1 : a->fourcc > b->fourcc;
}

static size_t list_candidates(const struct capture_device *device,
		const struct capture_signal *signal, const char *forced,
		struct candidate candidates[CANDIDATES_MAX])
{
	uint32_t wanted = forced ? capture_format_parse(forced) : 0;
	size_t n = 0;

	for (uint32_t i = 0; i < ENTRIES_MAX && n < CANDIDATES_MAX; i++) {
		struct candidate *candidate = &candidates[n];
		struct v4l2_fmtdesc entry = {
				.index = i, .type = device->buffer_type};

		if (capture_device_control(device, VIDIOC_ENUM_FMT, &entry) < 0)
			break;
		if (forced && entry.pixelformat != wanted)
			continue;
		*candidate = (struct candidate){.fourcc = entry.pixelformat};
		if (signal->timed) {
			candidate->width_px = signal->timings.bt.width;
			candidate->height_px = signal->timings.bt.height;
		} else {
			find_size(device, candidate);
			find_interval(device, candidate);
		}
		n++;
	}
	qsort(candidates, n, sizeof(*candidates), compare);
	return n;
}

static void fill_raw(struct v4l2_format *raw, const struct candidate *candidate)
{
	struct v4l2_format old = *raw;

	*raw = (struct v4l2_format){.type = old.type};
	if (V4L2_TYPE_IS_MULTIPLANAR(raw->type)) {
		struct v4l2_pix_format_mplane *mp = &raw->fmt.pix_mp;

		mp->pixelformat = candidate->fourcc;
		mp->field = V4L2_FIELD_NONE;
		mp->width = candidate->width_px ? candidate->width_px
						: old.fmt.pix_mp.width;
		mp->height = candidate->height_px ? candidate->height_px
						  : old.fmt.pix_mp.height;
	} else {
		struct v4l2_pix_format *pix = &raw->fmt.pix;

		pix->pixelformat = candidate->fourcc;
		pix->field = V4L2_FIELD_NONE;
		pix->width = candidate->width_px ? candidate->width_px
						 : old.fmt.pix.width;
		pix->height = candidate->height_px ? candidate->height_px
						   : old.fmt.pix.height;
	}
}

static int set_candidate(const struct capture_device *device,
		const struct candidate *candidate,
		struct capture_format *format,
		char detail[CAPTURE_DETAIL_BYTES])
{
	struct v4l2_format raw = {.type = device->buffer_type};
	int rc = capture_device_control(device, VIDIOC_G_FMT, &raw);

	if (rc == 0) {
		fill_raw(&raw, candidate);
		rc = capture_device_control(device, VIDIOC_S_FMT, &raw);
	}
	if (rc < 0) {
		char name[8];

		capture_format_name(candidate->fourcc, name);
		snprintf(detail, CAPTURE_DETAIL_BYTES,
				"the device refuses format %s: %s", name,
				strerror(-rc));
		return rc;
	}
	rc = capture_format_map(format, &raw, detail);
	if (rc < 0)
		return rc;
	if (format->fourcc != candidate->fourcc) {
		snprintf(detail, CAPTURE_DETAIL_BYTES,
				"the device takes format %s for another",
				format->name);
		return -ERANGE;
	}
	return 0;
}

/* A dongle streams at the speed that was asked for last. */
static void set_interval(const struct capture_device *device,
		const struct candidate *candidate,
		struct capture_format *format)
{
	struct v4l2_streamparm parameters = {.type = device->buffer_type};
	struct v4l2_captureparm *capture = &parameters.parm.capture;

	if (candidate->interval.numerator == 0)
		return;
	capture->timeperframe = candidate->interval;
	if (capture_device_control(device, VIDIOC_S_PARM, &parameters) == 0)
		format->refresh_millihz = rate_millihz(&capture->timeperframe);
}

int capture_format_choose(const struct capture_device *device,
		const struct capture_signal *signal, const char *forced,
		struct capture_format *format,
		char detail[CAPTURE_DETAIL_BYTES])
{
	struct candidate candidates[CANDIDATES_MAX];
	size_t n = list_candidates(device, signal, forced, candidates);
	int rc = -ERANGE;

	if (forced)
		snprintf(detail, CAPTURE_DETAIL_BYTES,
				"the device has no format %s", forced);
	else
		snprintf(detail, CAPTURE_DETAIL_BYTES,
				"the device offers no format");
	for (size_t i = 0; i < n; i++) {
		rc = set_candidate(device, &candidates[i], format, detail);
		if (rc == 0) {
			set_interval(device, &candidates[i], format);
			return 0;
		}
		if (rc == -ENODEV || rc == -EBUSY)
			break;
	}
	return rc;
}
