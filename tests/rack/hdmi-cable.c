/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hdmi-cable CAPTURE OUTPUT
 *
 * Plugs vivid's HDMI output into its HDMI input: what is shown on OUTPUT is
 * captured from CAPTURE, byte for byte. vivid hands on frames, not timings,
 * and only while both ends agree on timings and pixel format; so this agent
 * sets the output to what the input has, and the input's signal by vivid's
 * controls. The capture device is never kept open: a product that waits for
 * the device to come back must not have to wait for a test.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/rack/agent.h"
#include "tests/rack/picture.h"
#include "tests/rack/raw.h"

#define BUFFERS 4

/* The menu of vivid's control "DV Timings Signal Mode". */
enum { SIGNAL_CURRENT = 0, SIGNAL_NONE = 1, SIGNAL_SELECTED = 4 };

/* The menu of its control "HDMI 000-0 Is Connected To". */
enum { CONNECTED_GENERATOR = 0, CONNECTED_OUTPUT = 2 };

struct cable {
	const char *capture;
	const char *output;
	uint32_t colorspace; /* of what is shown, as V4L2 numbers them */
	int fd;              /* of the output, -1: nothing is shown */
	uint8_t *buffers[BUFFERS];
	size_t buffer_bytes;
	unsigned stale; /* buffers that hold the picture before the newest */
	uint8_t *raw;   /* the newest frame, as its bytes */
	uint64_t queued_us; /* when the newest picture was first queued */
};

static int open_device(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	return fd == -1 ? -errno : fd;
}

static int control(int fd, unsigned long request, void *argument)
{
	return ioctl(fd, request, argument) == -1 ? -errno : 0;
}

/* ---- vivid's controls ------------------------------------------------------
 */

/* "DV Timings Signal Mode" is called dv_timings_signal_mode. */
static bool is_named(const char *title, const char *name)
{
	for (; *title; title++) {
		unsigned char letter = (unsigned char)*title;

		if (!isalnum(letter)) {
			if (*name == '_')
				name++;
			continue;
		}
		if (*name++ != tolower(letter))
			return false;
	}
	return *name == '\0';
}

static int find_control(int fd, const char *name, uint32_t *id)
{
	struct v4l2_queryctrl query = {.id = V4L2_CTRL_FLAG_NEXT_CTRL};

	while (ioctl(fd, VIDIOC_QUERYCTRL, &query) == 0) {
		if (is_named((const char *)query.name, name)) {
			*id = query.id;
			return 0;
		}
		query.id |= V4L2_CTRL_FLAG_NEXT_CTRL;
	}
	return -ENOENT;
}

static int set_control(const char *device, const char *name, int32_t value)
{
	struct v4l2_control setting = {.value = value};
	int fd = open_device(device);
	int rc;

	if (fd < 0)
		return fd;
	rc = find_control(fd, name, &setting.id);
	if (rc == 0)
		rc = control(fd, VIDIOC_S_CTRL, &setting);
	close(fd);
	return rc;
}

/*
 * Whether the input gets what the output shows, or vivid's own patterns.
 * Kernels since 6.11 have a menu of outputs instead of the switch.
 */
static int set_loop(const char *device, bool on)
{
	int rc = set_control(device, "loop_video", on);

	if (rc == -ENOENT)
		rc = set_control(device, "hdmi_000_0_is_connected_to",
				on ? CONNECTED_OUTPUT : CONNECTED_GENERATOR);
	if (rc == 0)
		rc = set_control(device, "fill_percentage_of_frame", 100);
	return rc;
}

/* The item of the menu "DV Timings" that starts with "1280x720p60". */
static int find_mode(const char *device, const char *mode, int32_t *item)
{
	struct v4l2_querymenu menu = {0};
	int fd = open_device(device);
	uint32_t id = 0; /* the struct is packed */
	int rc;

	if (fd < 0)
		return fd;
	rc = find_control(fd, "dv_timings", &id);
	menu.id = id;
	if (rc < 0)
		goto done;
	rc = -ENOENT;
	for (; ioctl(fd, VIDIOC_QUERYMENU, &menu) == 0; menu.index++) {
		if (strcmp((const char *)menu.name, mode) == 0) {
			*item = (int32_t)menu.index;
			rc = 0;
			break;
		}
	}
done:
	close(fd);
	return rc;
}

/* ---- the output ------------------------------------------------------------
 */

static void unplug(struct cable *cable)
{
	for (size_t i = 0; i < BUFFERS; i++) {
		if (cable->buffers[i])
			munmap(cable->buffers[i], cable->buffer_bytes);
		cable->buffers[i] = NULL;
	}
	if (cable->fd != -1)
		close(cable->fd);
	cable->fd = -1;
	cable->stale = 0;
	free(cable->raw);
	cable->raw = NULL;
}

static int map_buffers(struct cable *cable)
{
	struct v4l2_requestbuffers request = {
			.count = BUFFERS,
			.type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
			.memory = V4L2_MEMORY_MMAP,
	};
	int rc = control(cable->fd, VIDIOC_REQBUFS, &request);

	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < BUFFERS; i++) {
		struct v4l2_buffer buffer = {
				.index = i,
				.type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
				.memory = V4L2_MEMORY_MMAP,
		};
		void *map;

		rc = control(cable->fd, VIDIOC_QUERYBUF, &buffer);
		if (rc < 0)
			return rc;
		map = mmap(NULL, buffer.length, PROT_READ | PROT_WRITE,
				MAP_SHARED, cable->fd, buffer.m.offset);
		if (map == MAP_FAILED)
			return -errno;
		cable->buffers[i] = map;
		cable->buffer_bytes = buffer.length;
	}
	return 0;
}

static int queue_buffer(struct cable *cable, uint32_t index)
{
	struct v4l2_buffer buffer = {
			.index = index,
			.type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
			.memory = V4L2_MEMORY_MMAP,
			.field = V4L2_FIELD_NONE,
			.bytesused = (uint32_t)cable->buffer_bytes,
	};

	return control(cable->fd, VIDIOC_QBUF, &buffer);
}

static int start_output(struct cable *cable)
{
	int type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
	int rc = map_buffers(cable);

	for (uint32_t i = 0; rc == 0 && i < BUFFERS; i++) {
		memcpy(cable->buffers[i], cable->raw, cable->buffer_bytes);
		rc = queue_buffer(cable, i);
	}
	if (rc == 0)
		rc = control(cable->fd, VIDIOC_STREAMON, &type);
	return rc;
}

/* Give every buffer that is done back, with the newest picture in it. */
static void circulate(struct cable *cable)
{
	struct v4l2_buffer buffer = {
			.type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
			.memory = V4L2_MEMORY_MMAP,
	};

	while (ioctl(cable->fd, VIDIOC_DQBUF, &buffer) == 0) {
		if (cable->stale > 0) {
			memcpy(cable->buffers[buffer.index], cable->raw,
					cable->buffer_bytes);
			if (cable->stale-- == BUFFERS)
				cable->queued_us = agent_now_us();
		}
		if (queue_buffer(cable, buffer.index) < 0)
			break;
	}
}

static int get_capture_format(
		const struct cable *cable, struct v4l2_format *format)
{
	int fd = open_device(cable->capture);
	int rc;

	if (fd < 0)
		return fd;
	*format = (struct v4l2_format){.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
	rc = control(fd, VIDIOC_G_FMT, format);
	close(fd);
	return rc;
}

/*
 * Bring the output to the input's timings and format. The colorspace of the
 * input is the output's then, so what a viewer should see is known last.
 */
static int follow(struct cable *cable, struct v4l2_format *format)
{
	struct v4l2_dv_timings timings = {0};
	struct v4l2_format shown;
	int capture = open_device(cable->capture);
	int rc = capture;

	if (rc < 0)
		return rc;
	rc = control(capture, VIDIOC_G_DV_TIMINGS, &timings);
	close(capture);
	if (rc == 0)
		rc = get_capture_format(cable, &shown);
	if (rc < 0)
		return rc;

	cable->fd = open_device(cable->output);
	if (cable->fd < 0) {
		rc = cable->fd;
		cable->fd = -1;
		return rc;
	}
	shown.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
	shown.fmt.pix.colorspace = cable->colorspace;
	rc = control(cable->fd, VIDIOC_S_DV_TIMINGS, &timings);
	if (rc == 0)
		rc = control(cable->fd, VIDIOC_S_FMT, &shown);
	if (rc == 0)
		rc = get_capture_format(cable, format);
	if (rc == 0 &&
			(shown.fmt.pix.sizeimage != format->fmt.pix.sizeimage ||
					shown.fmt.pix.pixelformat !=
							format->fmt.pix.pixelformat))
		rc = -EPROTO;
	return rc;
}

/* ---- commands --------------------------------------------------------------
 */

static int run_set(void *context, int words_n, char **words)
{
	struct cable *cable = context;

	(void)words_n;
	return set_control(cable->capture, words[0], atoi(words[1]));
}

/* What a target does that changes its mode: dark for a moment, then new. */
static int run_mode(void *context, int words_n, char **words)
{
	struct cable *cable = context;
	unsigned dark_ms = words_n > 1 ? (unsigned)atoi(words[1]) : 200;
	int32_t item;
	int rc = find_mode(cable->capture, words[0], &item);

	if (rc < 0)
		return rc;
	unplug(cable);
	if (dark_ms > 0) {
		rc = set_control(cable->capture, "dv_timings_signal_mode",
				SIGNAL_NONE);
		if (rc < 0)
			return rc;
		agent_sleep_ms(dark_ms);
	}
	/* The menu can be set in mode "selected" alone. */
	rc = set_control(cable->capture, "dv_timings_signal_mode",
			SIGNAL_SELECTED);
	if (rc == 0)
		rc = set_control(cable->capture, "dv_timings", item);
	if (rc == 0)
		agent_ok("t=%llu", (unsigned long long)agent_now_us());
	return rc;
}

static int save_expected(const struct v4l2_pix_format *format,
		const uint8_t *raw, const char *path)
{
	struct picture *expected;
	int rc = picture_create(&expected, format->width, format->height);

	if (rc < 0)
		return rc;
	rc = raw_decode(expected, format, raw);
	if (rc == 0)
		rc = picture_save(expected, path);
	picture_destroy(expected);
	return rc;
}

static int draw(struct cable *cable, const struct v4l2_pix_format *format,
		const char *pattern, uint32_t seed)
{
	struct picture *picture;
	int rc = picture_create(&picture, format->width, format->height);

	if (rc < 0)
		return rc;
	rc = picture_draw(picture, pattern, seed);
	free(cable->raw);
	cable->raw = malloc(format->sizeimage);
	if (rc == 0 && !cable->raw)
		rc = -ENOMEM;
	if (rc == 0)
		rc = raw_encode(cable->raw, format, picture);
	picture_destroy(picture);
	return rc;
}

static int run_show(void *context, int words_n, char **words)
{
	struct cable *cable = context;
	uint32_t seed = (uint32_t)strtoul(words[1], NULL, 0);
	struct v4l2_format format;
	const struct v4l2_pix_format *pix = &format.fmt.pix;
	int rc;

	unplug(cable);
	rc = set_loop(cable->capture, true);
	if (rc == 0) /* no text over what is shown */
		rc = set_control(cable->capture, "osd_text_mode", 2);
	if (rc == 0)
		rc = follow(cable, &format);
	if (rc == 0)
		rc = draw(cable, pix, words[0], seed);
	if (rc == 0 && words_n > 2)
		rc = save_expected(pix, cable->raw, words[2]);
	if (rc == 0)
		rc = start_output(cable);
	if (rc < 0) {
		unplug(cable);
		return rc;
	}
	agent_ok("%ux%u %.4s colorspace=%u encoding=%u quantization=%u",
			pix->width, pix->height,
			(const char *)&pix->pixelformat, pix->colorspace,
			pix->ycbcr_enc, pix->quantization);
	return 0;
}

/* Another picture of the same shape; answers when the output shows it. */
static int run_change(void *context, int words_n, char **words)
{
	struct cable *cable = context;
	uint32_t seed = (uint32_t)strtoul(words[1], NULL, 0);
	struct v4l2_format format;
	uint64_t deadline_us = agent_now_us() + 2000000;
	int rc;

	if (cable->fd == -1)
		return -ENOTCONN;
	rc = get_capture_format(cable, &format);
	if (rc == 0 && format.fmt.pix.sizeimage != cable->buffer_bytes)
		rc = -EPROTO;
	if (rc == 0)
		rc = draw(cable, &format.fmt.pix, words[0], seed);
	if (rc == 0 && words_n > 2)
		rc = save_expected(&format.fmt.pix, cable->raw, words[2]);
	if (rc < 0)
		return rc;
	cable->stale = BUFFERS;
	while (cable->stale > 0 && agent_now_us() < deadline_us) {
		circulate(cable);
		agent_sleep_ms(1);
	}
	if (cable->stale > 0)
		return -ETIMEDOUT;
	agent_ok("t=%llu", (unsigned long long)cable->queued_us);
	return 0;
}

static int run_generate(void *context, int words_n, char **words)
{
	struct cable *cable = context;

	(void)words_n;
	(void)words;
	unplug(cable);
	return set_loop(cable->capture, false);
}

/* For what is shown from now on; vivid does not take it in every mode. */
static int run_colour(void *context, int words_n, char **words)
{
	struct cable *cable = context;

	(void)words_n;
	cable->colorspace = (uint32_t)atoi(words[0]);
	return 0;
}

static int run_unplug(void *context, int words_n, char **words)
{
	(void)words_n;
	(void)words;
	unplug(context);
	return 0;
}

static void wait_for_command(void *context)
{
	struct cable *cable = context;

	while (!(agent_poll(-1, cable->fd == -1 ? -1 : 4) & AGENT_STDIN)) {
		if (cable->fd != -1)
			circulate(cable);
	}
}

static const struct agent_command commands[] = {
		{"set", 2, run_set, "CONTROL VALUE"},
		{"mode", 1, run_mode, "1280x720p60 [DARK_MS]"},
		{"show", 2, run_show, "PATTERN SEED [EXPECTED.ppm]"},
		{"change", 2, run_change, "PATTERN SEED [EXPECTED.ppm]"},
		{"generate", 0, run_generate, ""},
		{"colour", 1, run_colour, "COLORSPACE"},
		{"unplug", 0, run_unplug, ""},
};

int main(int argc, char **argv)
{
	struct cable cable = {.fd = -1, .colorspace = V4L2_COLORSPACE_SRGB};
	int rc;

	if (argc != 3) {
		fprintf(stderr, "use: hdmi-cable CAPTURE OUTPUT\n");
		return 2;
	}
	cable.capture = argv[1];
	cable.output = argv[2];
	rc = agent_run(commands, sizeof(commands) / sizeof(commands[0]), &cable,
			wait_for_command);
	unplug(&cable);
	return rc < 0 ? 1 : 0;
}
