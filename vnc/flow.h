/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * How quick the path to a viewer is, and how much may be on its way there.
 * Behind each update a ping is noted, whose echo says that the viewer has read
 * so far: a fence that it sends back, or, from one that has no fences, its
 * next request. From these come the shortest round trip, the time that each
 * update occupied the wire, the rate, and for viewers that get updates unasked
 * a window: enough to keep the path busy, not so much that pictures grow old
 * in it. Nothing bounds it from below but VNC_FLOW_WINDOW_MIN_BYTES, since on a
 * thin link a few packets are a second.
 *
 * Threads: any. Errors: none. Time is passed in.
 */
#define VNC_FLOW_PINGS_MAX 32
#define VNC_FLOW_RATES 8
#define VNC_FLOW_WINDOW_FIRST_BYTES (4 << 10) /* nothing is known yet */
#define VNC_FLOW_WINDOW_MIN_BYTES (2 << 10)

/* What a ping stands behind. */
enum vnc_flow_cargo {
	VNC_FLOW_NOTHING, /* it is sent before an update, for the round trip */
	VNC_FLOW_PLAIN,
	VNC_FLOW_LOSSY,
	VNC_FLOW_REFINEMENT,
};

struct vnc_flow_ping {
	uint32_t id;
	enum vnc_flow_cargo cargo;
	bool alone; /* all before it had been read, and it is small */
	uint64_t sent_us;
	uint64_t total_bytes;     /* queued when it was sent */
	uint64_t read_bytes_then; /* known to be read at that time, */
	uint64_t read_us_then;    /* and since when */
};

/* What an echo tells of what was sent before its ping. */
struct vnc_flow_sample {
	enum vnc_flow_cargo cargo;
	uint64_t wire_us; /* beyond the round trip and what was before it */
};

struct vnc_flow {
	uint32_t next_id;
	uint64_t total_bytes; /* at the newest ping */
	uint64_t read_bytes;  /* known from the newest echo */
	uint64_t read_us;
	uint64_t round_trip_us; /* shortest of late; 0: unknown */
	uint64_t round_trip_at_us;
	uint64_t rate; /* bytes a second, the best of late; 0: unknown */
	/* What the last updates, however small, show to be possible. */
	uint64_t rate_most;
	uint64_t window_bytes;
	struct {
		uint64_t rate;
		uint64_t at_us;
	} rates[VNC_FLOW_RATES]; /* the newest ones */
	unsigned rates_n;
	uint64_t possible[VNC_FLOW_RATES];
	unsigned possible_n;
	unsigned first;
	unsigned count;
	struct vnc_flow_ping pings[VNC_FLOW_PINGS_MAX];
};

void vnc_flow_init(struct vnc_flow *flow);

/*
 * Another kind of echo from now on; `total_bytes` were queued before. What was
 * learnt of the path is kept.
 */
void vnc_flow_start(struct vnc_flow *flow, uint64_t total_bytes);

/* A small message was answered after that time. */
void vnc_flow_note_round_trip(
		struct vnc_flow *flow, uint64_t round_trip_us, uint64_t now_us);

bool vnc_flow_is_open(const struct vnc_flow *flow);

/* All that was measured has been read. */
bool vnc_flow_is_idle(const struct vnc_flow *flow);

/* It is time for a ping before the next update, and it would tell the truth. */
bool vnc_flow_wants_round_trip(const struct vnc_flow *flow, uint64_t now_us);

/*
 * An update was queued; `total_bytes` counts all that ever was. Returns the
 * number for its fence, never 0; or 0: no fence this time.
 */
uint32_t vnc_flow_ping(struct vnc_flow *flow, enum vnc_flow_cargo cargo,
		uint64_t total_bytes, uint64_t now_us);

/*
 * A fence came back. Numbers that were not sent are passed over: false, and
 * *sample is not written.
 */
bool vnc_flow_pong(struct vnc_flow *flow, uint32_t id, uint64_t now_us,
		struct vnc_flow_sample *sample);

/* The same for a viewer without fences, which asked for another update. */
bool vnc_flow_pong_oldest(struct vnc_flow *flow, uint64_t now_us,
		struct vnc_flow_sample *sample);
