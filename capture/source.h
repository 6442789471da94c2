/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "capture/edid.h"
#include "core/histogram.h"
#include "video/frame.h"

/*
 * Where a target's picture comes from. A source gives frames and a signal
 * state; it recovers by itself from whatever its device does, and says so
 * through its status. Kinds: capture/v4l2.h, capture/demo.h,
 * capture/file.h.
 *
 * The source holds its handler's context until it is destroyed; frames stay
 * valid after that, as long as somebody holds a reference.
 *
 * Threads: loop thread only.
 * Errors:  creation gives 0 or -errno; later failures are states.
 */
struct capture_source;

enum capture_state {
	CAPTURE_STATE_NO_DEVICE, /* no such device now; looked for again */
	CAPTURE_STATE_NO_CABLE, /* nothing plugged in, or target off: ENOLINK */
	CAPTURE_STATE_NO_LOCK,  /* a signal that is not stable: ENOLCK */
	CAPTURE_STATE_UNSUPPORTED, /* a mode the receiver can't take: ERANGE */
	CAPTURE_STATE_OK,
	CAPTURE_STATES
};

struct capture_status {
	enum capture_state state;
	char detail[160]; /* the cause in words for an operator; may be empty */
	char warning[160]; /* it works, but not as configured; may be empty */
	uint64_t since_us; /* when this state began; CLOCK_MONOTONIC */
	uint32_t width_px; /* of the newest good signal, 0 before the first */
	uint32_t height_px;
	uint32_t refresh_millihz; /* 59940 is 59.94 Hz; 0: unknown */
	char format[8];           /* what is captured: "YUYV", "MJPG", "demo" */
	uint64_t frames;          /* handed on since creation */
	uint64_t dropped;  /* skipped as stale, flagged bad or truncated */
	uint64_t copied;   /* lest the driver lack a buffer; of those frames */
	uint64_t restarts; /* of the stream, after a fault */
};

struct capture_handler {
	/* Borrowed: take a reference to keep it. */
	void (*frame)(void *context, struct video_frame *frame);
	/* State, size or detail changed. Counters alone do not call it. */
	void (*status)(void *context, const struct capture_status *status);
};

/* Each kind of source is a struct that begins with this one. */
struct capture_source_kind {
	void (*destroy)(struct capture_source *source);
	void (*set_watched)(struct capture_source *source, bool watched);
	/* NULL: it has none. */
	int (*get_edid)(const struct capture_source *source,
			struct capture_edid *edid);
	int (*set_edid)(struct capture_source *source,
			const struct capture_edid *edid);
};

struct capture_source {
	const struct capture_source_kind *kind;
	const struct capture_handler *handler;
	void *context;
	struct capture_status status;
	struct core_histogram age; /* see capture_source_get_age */
};

/* NULL is allowed. */
void capture_source_destroy(struct capture_source *source);

/*
 * Somebody looks, or nobody does any more. Frames come only while watched;
 * the signal state is followed always.
 */
void capture_source_set_watched(struct capture_source *source, bool watched);

/*
 * What the receiver tells the target about its monitor, and another thing for
 * it to tell, until the source is destroyed; it has passed capture_edid_check.
 * -EOPNOTSUPP: this source, or its device, has none, or none that can be
 * written. -ENODEV: there is no device now; what is set is written when it
 * comes.
 */
int capture_source_get_edid(
		const struct capture_source *source, struct capture_edid *edid);
int capture_source_set_edid(
		struct capture_source *source, const struct capture_edid *edid);

/* Borrowed; changes when the source does. */
const struct capture_status *capture_source_get_status(
		const struct capture_source *source);

/*
 * How old frames were when they came to us: from the driver's time stamp to
 * taking the buffer, of a file's from when it was due; 0 for what is drawn. A
 * frame whose stamp is of another clock does not count. Borrowed.
 */
const struct core_histogram *capture_source_get_age(
		const struct capture_source *source);

/* "no device", "no cable or target off", "no lock", ... for people. */
const char *capture_state_text(enum capture_state state);

/* "no-device", "no-cable", "no-lock", "unsupported-mode", "ok". */
const char *capture_state_name(enum capture_state state);
