/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/flow.h"

#include <string.h>

#include "core/clock.h"

/* A frame at 30 a second: what may lie in the path beyond filling it. */
#define SLACK_US (33 * CLOCK_US_PER_MS)
#define ROUND_TRIP_KEPT_US (10 * CLOCK_US_PER_S)

void vnc_flow_init(struct vnc_flow *flow)
{
	memset(flow, 0, sizeof(*flow));
	flow->window_bytes = VNC_FLOW_WINDOW_MIN_BYTES;
}

void vnc_flow_start(struct vnc_flow *flow, uint64_t total_bytes)
{
	uint32_t next_id =
			flow->next_id; /* late echoes are not taken for new */

	vnc_flow_init(flow);
	flow->next_id = next_id;
	flow->total_bytes = total_bytes;
	flow->read_bytes = total_bytes;
}

bool vnc_flow_is_open(const struct vnc_flow *flow)
{
	return flow->total_bytes - flow->read_bytes < flow->window_bytes;
}

bool vnc_flow_is_idle(const struct vnc_flow *flow)
{
	return flow->total_bytes == flow->read_bytes;
}

uint32_t vnc_flow_ping(
		struct vnc_flow *flow, uint64_t total_bytes, uint64_t now_us)
{
	struct vnc_flow_ping *ping;

	if (flow->count == VNC_FLOW_PINGS_MAX)
		return 0;
	if (flow->count == 0) { /* idle time is not slowness */
		flow->read_us = now_us;
		flow->read_bytes = flow->total_bytes;
	}
	if (++flow->next_id == 0)
		flow->next_id = 1;
	flow->total_bytes = total_bytes;
	ping = &flow->pings[(flow->first + flow->count) % VNC_FLOW_PINGS_MAX];
	*ping = (struct vnc_flow_ping){
			.id = flow->next_id,
			.sent_us = now_us,
			.total_bytes = total_bytes,
			.read_bytes_then = flow->read_bytes,
			.read_us_then = flow->read_us,
	};
	flow->count++;
	return ping->id;
}

static void measure_round_trip(
		struct vnc_flow *flow, uint64_t round_trip_us, uint64_t now_us)
{
	if (flow->round_trip_us != 0 && round_trip_us > flow->round_trip_us &&
			now_us - flow->round_trip_at_us < ROUND_TRIP_KEPT_US)
		return;
	flow->round_trip_us = round_trip_us;
	flow->round_trip_at_us = now_us;
}

/* The fastest of late: a pause between updates only makes rates look low. */
static uint64_t measure_rate(
		struct vnc_flow *flow, uint64_t bytes, uint64_t took_us)
{
	uint64_t best = 0;

	flow->rates[flow->rates_n++ % VNC_FLOW_RATES] =
			bytes * CLOCK_US_PER_S / (took_us ? took_us : 1);
	for (unsigned i = 0; i < VNC_FLOW_RATES; i++)
		if (flow->rates[i] > best)
			best = flow->rates[i];
	return best;
}

void vnc_flow_pong(struct vnc_flow *flow, uint32_t id, uint64_t now_us)
{
	struct vnc_flow_ping ping;
	uint64_t rate;

	/* They come back in order; one that is skipped is answered, too. */
	for (unsigned i = 0; i < flow->count; i++) {
		ping = flow->pings[(flow->first + i) % VNC_FLOW_PINGS_MAX];
		if (ping.id != id)
			continue;
		flow->first = (flow->first + i + 1) % VNC_FLOW_PINGS_MAX;
		flow->count -= i + 1;
		flow->read_bytes = ping.total_bytes;
		flow->read_us = now_us;
		measure_round_trip(flow, now_us - ping.sent_us, now_us);
		rate = measure_rate(flow,
				ping.total_bytes - ping.read_bytes_then,
				now_us - ping.read_us_then);
		flow->window_bytes = rate * (flow->round_trip_us + SLACK_US) /
				CLOCK_US_PER_S;
		if (flow->window_bytes < VNC_FLOW_WINDOW_MIN_BYTES)
			flow->window_bytes = VNC_FLOW_WINDOW_MIN_BYTES;
		return;
	}
}
