/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * How much may be on its way to a viewer that gets updates unasked. Each
 * update is followed by a fence that the viewer sends back when it has read so
 * far; from these echoes come the round trip and the rate, and from both a
 * window: enough to keep the path busy, not so much that pictures grow old in
 * it.
 *
 * Threads: any. Errors: none. Time is passed in.
 */
#define VNC_FLOW_PINGS_MAX 32
#define VNC_FLOW_RATES 16
#define VNC_FLOW_WINDOW_MIN_BYTES (64 << 10)

struct vnc_flow_ping {
	uint32_t id;
	uint64_t sent_us;
	uint64_t total_bytes;     /* queued when it was sent */
	uint64_t read_bytes_then; /* known to be read at that time, */
	uint64_t read_us_then;    /* and since when */
};

struct vnc_flow {
	uint32_t next_id;
	uint64_t total_bytes; /* at the newest ping */
	uint64_t read_bytes;  /* known from the newest echo */
	uint64_t read_us;
	uint64_t round_trip_us; /* shortest of late; 0: unknown */
	uint64_t round_trip_at_us;
	uint64_t window_bytes;
	uint64_t rates[VNC_FLOW_RATES]; /* bytes a second, the newest ones */
	unsigned rates_n;
	unsigned first;
	unsigned count;
	struct vnc_flow_ping pings[VNC_FLOW_PINGS_MAX];
};

void vnc_flow_init(struct vnc_flow *flow);

/* Updates begin to come unasked; `total_bytes` were queued before. */
void vnc_flow_start(struct vnc_flow *flow, uint64_t total_bytes);

bool vnc_flow_is_open(const struct vnc_flow *flow);

/* All that was measured has been read. */
bool vnc_flow_is_idle(const struct vnc_flow *flow);

/*
 * An update was queued; `total_bytes` counts all that ever was. Returns the
 * number for its fence, never 0; or 0: no fence this time.
 */
uint32_t vnc_flow_ping(
		struct vnc_flow *flow, uint64_t total_bytes, uint64_t now_us);

/* A fence came back. Numbers that were not sent are passed over. */
void vnc_flow_pong(struct vnc_flow *flow, uint32_t id, uint64_t now_us);
