/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "capture/edid.h"
#include "capture/source.h"
#include "capture/v4l2-buffers.h"
#include "capture/v4l2-decode.h"
#include "capture/v4l2-device.h"
#include "capture/v4l2-format.h"
#include "capture/v4l2-signal.h"
#include "capture/v4l2.h"

/*
 * The inside of a V4L2 source, for its own files and its tests. v4l2.c holds
 * its life: finding, opening, failing, coming back, and what it says about
 * itself. v4l2-stream.c follows the signal and runs the stream; v4l2-edid.c is
 * its EDID.
 *
 * Threads: loop thread only.
 * Errors:  none; what goes wrong ends in capture_v4l2_fail.
 */
struct capture_v4l2_times {
	uint64_t requery_us;     /* while the signal is not good */
	uint64_t settle_us;      /* that a new mode must last */
	uint64_t settle_max_us;  /* then the newest is taken */
	uint64_t mode_gap_us;    /* between two new modes, at least */
	uint64_t stall_us;       /* without a frame */
	uint64_t retry_min_us;   /* doubled after each failure ... */
	uint64_t retry_max_us;   /* ... of a device that is there */
	uint64_t missing_max_us; /* ... of one that is not */
};

/* Everything outside; tests bring their own. */
struct capture_v4l2_world {
	const struct capture_io *io;
	const char *folder; /* of device nodes */
	struct capture_v4l2_times times;
};

struct capture_v4l2 {
	struct capture_source base; /* first: a source's address is its own */
	sd_event *event;
	struct capture_v4l2_times times;
	char *name;
	char *device_path;
	char *subdevice_path; /* NULL: none */
	char *format_name;    /* NULL: chosen by cost */
	char *folder;
	struct capture_edid edid; /* size 0: not ours to write */

	struct capture_status shown; /* as the handler was told last */
	struct capture_place place;
	struct capture_device device;
	bool has_events;   /* the receiver tells when its signal changes */
	bool edid_refused; /* and not tried again while the device stays */
	int edid_rc;       /* that was logged last */

	struct capture_signal signal; /* newest that was acted on */
	struct capture_signal mode;   /* that the receiver was set to */
	bool mode_set;
	struct capture_format format; /* valid while the signal is good */
	struct capture_buffers *buffers;
	struct capture_decoder *decoder;
	bool watched;
	bool streaming;
	bool settling; /* a new mode waits until it has lasted */
	uint64_t settle_limit_us;
	uint64_t applied_us; /* when a mode was set last */
	bool silent; /* the stream stalled, and no frame has come since */
	uint64_t arrived_us; /* the newest buffer, good or not */
	unsigned bad_run;    /* damaged frames in a row */

	unsigned faults; /* in a row, without a good frame between */
	bool lost;       /* it was there, and went */
	unsigned misses; /* failed attempts to open, in a row */
	char trouble[CAPTURE_DETAIL_BYTES]; /* why it is closed */
	bool trouble_logged;

	sd_event_source *video_io;
	sd_event_source *receiver_io;
	sd_event_source *retry;
	sd_event_source *requery;
	sd_event_source *settle;
	sd_event_source *stall;
};

int capture_v4l2_create_in(struct capture_source **out, sd_event *event,
		struct core_workers *workers,
		const struct capture_v4l2_options *options,
		const struct capture_handler *handler, void *context,
		const struct capture_v4l2_world *world);

/* ---- v4l2.c ---- */

/* The device or its stream failed in `what`: close it and try again later. */
void capture_v4l2_fail(struct capture_v4l2 *source, int rc, const char *what);

/* Bring the status up to date; logs and tells when it differs. */
void capture_v4l2_publish(struct capture_v4l2 *source);

void capture_v4l2_arm(sd_event_source *timer, uint64_t delay_us);

/* ---- v4l2-edid.c ---- */

/* What is configured, or was set since, unless the device has it already. */
void capture_v4l2_write_edid(struct capture_v4l2 *source);

int capture_v4l2_get_edid(
		const struct capture_source *base, struct capture_edid *edid);
int capture_v4l2_set_edid(
		struct capture_source *base, const struct capture_edid *edid);

/* ---- v4l2-stream.c ---- */

/* Measure the signal and act on it; `settled`: a new mode is taken at once. */
void capture_v4l2_look(struct capture_v4l2 *source, bool settled);

/* Start the stream if it is wanted and can be. */
void capture_v4l2_stream_start(struct capture_v4l2 *source);

/* Stop it; the buffers stay for the next start. */
void capture_v4l2_stream_stop(struct capture_v4l2 *source);

/* Stop it and let the buffers go. */
void capture_v4l2_stream_drop(struct capture_v4l2 *source);

capture_decoded capture_v4l2_on_decoded;
int capture_v4l2_on_video(sd_event_source *event, int fd, uint32_t revents,
		void *userdata);
int capture_v4l2_on_receiver(sd_event_source *event, int fd, uint32_t revents,
		void *userdata);
int capture_v4l2_on_requery(
		sd_event_source *event, uint64_t now_us, void *userdata);
int capture_v4l2_on_settle(
		sd_event_source *event, uint64_t now_us, void *userdata);
int capture_v4l2_on_stall(
		sd_event_source *event, uint64_t now_us, void *userdata);
