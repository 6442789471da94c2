/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include <linux/videodev2.h>

#include "capture/v4l2-source.h"

/*
 * A capture device in memory, behind the table of system calls of
 * capture/v4l2-device.h, with a source on it and everything that the source
 * says. It keeps the rules of V4L2 that matter (nothing is set while buffers
 * exist, an unplugged device answers ENODEV) and fails on demand.
 *
 * A test sets the fields at the top, calls fake_watch and then
 * fake_run_until some condition holds; nothing depends on how long it takes.
 */
#define FAKE_BUFFERS_MAX 8
#define FAKE_FORMATS_MAX 8
#define FAKE_FAULTS_MAX 8
#define FAKE_BUFFER_BYTES 65536

/* Of so many calls of one kind, each fails with rc. */
struct fake_fault {
	unsigned long request;
	int rc;
	unsigned times;
};

struct fake_offer {
	uint32_t fourcc;
	uint32_t width_px; /* of an untimed device */
	uint32_t height_px;
	uint32_t rate_hz; /* 0: it does not say */
};

struct fake {
	/* The device, for tests to change. */
	bool multiplanar;
	bool present;
	uint32_t abilities;
	const char *card;
	const char *bus_info;
	int timings_rc; /* of a query: 0, -ENOLINK, ..., -ENOTTY for none */
	struct v4l2_dv_timings timings;
	uint32_t input_status;
	bool without_events;
	unsigned events; /* that wait */
	bool eats_events;
	const char *subdevice; /* its path; the receiver's calls go there */
	struct fake_offer offers[FAKE_FORMATS_MAX];
	uint32_t field;
	uint32_t colorspace;
	unsigned buffers_max;
	uint64_t stamp_us; /* of each buffer, by the clock that its flags say */
	uint8_t edid[512];
	uint32_t edid_blocks;
	struct fake_fault faults[FAKE_FAULTS_MAX];

	/* What came of it. */
	unsigned opens;
	unsigned fds; /* open now */
	int subdevice_fd;
	unsigned maps;    /* that were made and not unmapped */
	unsigned streams; /* times that the stream was started */
	unsigned timings_set;
	unsigned formats_set;
	unsigned edids_written;
	bool streaming;
	struct v4l2_format format;
	uint32_t buffers;
	bool queued[FAKE_BUFFERS_MAX];
	uint32_t filled[FAKE_BUFFERS_MAX]; /* in order of filling */
	unsigned filled_n;
	uint32_t filled_bytes[FAKE_BUFFERS_MAX];
	uint32_t filled_flags[FAKE_BUFFERS_MAX];

	/* What the source said. */
	struct capture_source *source;
	unsigned statuses;
	struct capture_status status; /* newest */
	unsigned frames;
	struct video_frame *frame; /* newest, a reference */
	bool seen[CAPTURE_STATES];

	/* Machinery. */
	struct capture_v4l2_world world;
	struct capture_v4l2_options options;
	struct capture_io io;
	sd_event *event;
	struct core_workers *workers;
	int memory; /* memfd behind the maps */
	int ready;  /* eventfd: a count of filled buffers; is the device's fd */
	char folder[64];
	char path[128];
};

/* The table of system calls, of fake-device.c; fake_init calls it. */
void fake_device_connect(struct fake *fake);

/* How many memory planes a format has. */
uint32_t fake_planes_of(uint32_t fourcc);
uint32_t fake_fourcc(const struct fake *fake);

/* An HDMI receiver at FOLDER/video0 with 64x48 at 60 Hz and YUYV, no source. */
void fake_init(struct fake *fake);
void fake_finish(struct fake *fake);

/* As set-up and tear-down of a test whose state is a fake. */
int fake_set_up(void **state);
int fake_tear_down(void **state);

/* Make the source; options may have been changed before. */
void fake_start(struct fake *fake);
void fake_watch(struct fake *fake);

/* Whatever was open no longer answers; new name, or "" for none. */
void fake_unplug(struct fake *fake);
void fake_plug(struct fake *fake, const char *node);

void fake_set_mode(struct fake *fake, uint32_t width_px, uint32_t height_px);
void fake_send_event(struct fake *fake);
void fake_fail(struct fake *fake, unsigned long request, int rc,
		unsigned times);

/* Fill the oldest queued buffer with one value; false if none is queued. */
bool fake_fill(struct fake *fake, uint8_t value);
bool fake_fill_as(struct fake *fake, const void *data, uint32_t bytes,
		uint32_t flags);

/* Fill a buffer and wait until its frame has been handed on. */
void fake_show(struct fake *fake, uint8_t value);

/* Mappings of the device's memory in this process. */
unsigned fake_count_mappings(const struct fake *fake);

/* Run the loop until the condition holds; fails the test after 10 s. */
#define fake_run_until(fake, condition)                                        \
	do {                                                                   \
		uint64_t fake_end_us = fake_now_us() + 10000000;               \
		while (!(condition)) {                                         \
			if (fake_now_us() > fake_end_us)                       \
				fail_msg("never: %s", #condition);             \
			fake_run_once(fake);                                   \
		}                                                              \
	} while (0)
uint64_t fake_now_us(void);
void fake_run_once(struct fake *fake);

/* Run the loop for a while in which nothing is expected to happen. */
void fake_run_for(struct fake *fake, uint64_t us);
