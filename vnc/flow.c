/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/flow.h"

#include <string.h>

#include "core/clock.h"

/* A frame at 30 a second: what may lie in the path beyond filling it. */
#define SLACK_US (33 * CLOCK_US_PER_MS)

/* A shorter round trip counts at once, a longer one when the old is old. */
#define ROUND_TRIP_KEPT_US (10 * CLOCK_US_PER_S)
#define ROUND_TRIP_FRESH_US (1 * CLOCK_US_PER_S)
#define SMALL_BYTES 1400 /* one packet */

/*
 * Echoes of late and early updates may come together, and then the second one
 * seems to have taken no time: less than this is not taken for a rate.
 */
#define WIRE_MIN_US (10 * CLOCK_US_PER_MS)
#define RATE_BYTES_MIN 4096
#define RATE_KEPT_US (3 * CLOCK_US_PER_S)

void vnc_flow_init(struct vnc_flow *flow)
{
	memset(flow, 0, sizeof(*flow));
	flow->window_bytes = VNC_FLOW_WINDOW_FIRST_BYTES;
}

void vnc_flow_start(struct vnc_flow *flow, uint64_t total_bytes)
{
	flow->count = 0; /* late echoes are not taken for new: ids go on */
	flow->total_bytes = total_bytes;
	flow->read_bytes = total_bytes;
}

bool vnc_flow_is_open(const struct vnc_flow *flow)
{
	return flow->total_bytes - flow->read_bytes < flow->window_bytes;
}

bool vnc_flow_is_idle(const struct vnc_flow *flow)
{
	return flow->count == 0 && flow->total_bytes == flow->read_bytes;
}

bool vnc_flow_wants_round_trip(const struct vnc_flow *flow, uint64_t now_us)
{
	return vnc_flow_is_idle(flow) &&
			(flow->round_trip_us == 0 ||
					now_us - flow->round_trip_at_us >
							ROUND_TRIP_FRESH_US);
}

uint32_t vnc_flow_ping(struct vnc_flow *flow, enum vnc_flow_cargo cargo,
		uint64_t total_bytes, uint64_t now_us)
{
	struct vnc_flow_ping *ping;
	bool idle = vnc_flow_is_idle(flow);

	if (flow->count == VNC_FLOW_PINGS_MAX)
		return 0;
	if (flow->count == 0) { /* idle time is not slowness */
		flow->read_us = now_us;
		flow->read_bytes = flow->total_bytes;
	}
	if (++flow->next_id == 0)
		flow->next_id = 1;
	ping = &flow->pings[(flow->first + flow->count) % VNC_FLOW_PINGS_MAX];
	*ping = (struct vnc_flow_ping){
			.id = flow->next_id,
			.cargo = cargo,
			.alone = idle &&
					total_bytes - flow->read_bytes <=
							SMALL_BYTES,
			.sent_us = now_us,
			.total_bytes = total_bytes,
			.read_bytes_then = flow->read_bytes,
			.read_us_then = flow->read_us,
	};
	flow->total_bytes = total_bytes;
	flow->count++;
	return ping->id;
}

void vnc_flow_note_round_trip(
		struct vnc_flow *flow, uint64_t round_trip_us, uint64_t now_us)
{
	if (flow->round_trip_us != 0 && round_trip_us > flow->round_trip_us &&
			now_us - flow->round_trip_at_us < ROUND_TRIP_KEPT_US)
		return;
	flow->round_trip_us = round_trip_us ? round_trip_us : 1;
	flow->round_trip_at_us = now_us;
}

/* An update's own time on the wire is no part of the round trip. */
static void measure_round_trip(struct vnc_flow *flow,
		const struct vnc_flow_ping *ping, uint64_t now_us)
{
	uint64_t took_us = now_us - ping->sent_us;

	if (ping->alone || took_us < flow->round_trip_us)
		vnc_flow_note_round_trip(flow, took_us, now_us);
}

static uint64_t measure_wire(const struct vnc_flow *flow,
		const struct vnc_flow_ping *ping, uint64_t now_us)
{
	uint64_t begun_us = ping->sent_us + flow->round_trip_us;

	if (begun_us < flow->read_us)
		begun_us = flow->read_us;
	return now_us > begun_us ? now_us - begun_us : 0;
}

static uint64_t per_second(uint64_t bytes, uint64_t took_us)
{
	return bytes * CLOCK_US_PER_S / (took_us ? took_us : 1);
}

/* The fastest of late: a pause between updates only makes rates look low. */
static uint64_t best_rate(const struct vnc_flow *flow, uint64_t now_us)
{
	uint64_t best = 0;

	for (unsigned i = 0; i < VNC_FLOW_RATES; i++)
		if (flow->rates[i].rate > best &&
				now_us - flow->rates[i].at_us <= RATE_KEPT_US)
			best = flow->rates[i].rate;
	return best;
}

/* A slow update may be the viewer's fault: a quick one tells of the link. */
static void measure_possible(struct vnc_flow *flow,
		const struct vnc_flow_ping *ping, uint64_t wire_us)
{
	uint64_t bytes = ping->total_bytes - flow->read_bytes;

	if (ping->cargo == VNC_FLOW_NOTHING)
		return;
	if (wire_us < CLOCK_US_PER_MS)
		wire_us = CLOCK_US_PER_MS;
	flow->possible[flow->possible_n++ % VNC_FLOW_RATES] =
			per_second(bytes, wire_us);
	flow->rate_most = 0;
	for (unsigned i = 0; i < VNC_FLOW_RATES; i++)
		if (flow->possible[i] > flow->rate_most)
			flow->rate_most = flow->possible[i];
}

/* Over a whole round trip, or more sharply where the wire shows in it. */
static void measure_rate(struct vnc_flow *flow,
		const struct vnc_flow_ping *ping, uint64_t wire_us,
		uint64_t now_us)
{
	uint64_t bytes = ping->total_bytes - flow->read_bytes;
	uint64_t rate = per_second(ping->total_bytes - ping->read_bytes_then,
			now_us - ping->read_us_then);
	unsigned at = flow->rates_n % VNC_FLOW_RATES;

	if (bytes < RATE_BYTES_MIN && wire_us < 2 * WIRE_MIN_US)
		return;
	if (wire_us >= WIRE_MIN_US && per_second(bytes, wire_us) > rate)
		rate = per_second(bytes, wire_us);
	flow->rates[at].rate = rate;
	flow->rates[at].at_us = now_us;
	flow->rates_n++;
	flow->rate = best_rate(flow, now_us);
	flow->window_bytes = flow->rate * (flow->round_trip_us + SLACK_US) /
			CLOCK_US_PER_S;
	if (flow->window_bytes < VNC_FLOW_WINDOW_MIN_BYTES)
		flow->window_bytes = VNC_FLOW_WINDOW_MIN_BYTES;
}

/* The first `count` pings are echoed by the last of them. */
static void take_echo(struct vnc_flow *flow, unsigned count, uint64_t now_us,
		struct vnc_flow_sample *sample)
{
	const struct vnc_flow_ping ping =
			flow->pings[(flow->first + count - 1) %
					VNC_FLOW_PINGS_MAX];

	flow->first = (flow->first + count) % VNC_FLOW_PINGS_MAX;
	flow->count -= count;
	measure_round_trip(flow, &ping, now_us);
	sample->cargo = ping.cargo;
	sample->wire_us = measure_wire(flow, &ping, now_us);
	measure_rate(flow, &ping, sample->wire_us, now_us);
	measure_possible(flow, &ping, sample->wire_us);
	flow->read_bytes = ping.total_bytes;
	flow->read_us = now_us;
}

/* They come back in order; one that is skipped is answered, too. */
bool vnc_flow_pong(struct vnc_flow *flow, uint32_t id, uint64_t now_us,
		struct vnc_flow_sample *sample)
{
	for (unsigned i = 0; i < flow->count; i++) {
		if (flow->pings[(flow->first + i) % VNC_FLOW_PINGS_MAX].id !=
				id)
			continue;
		take_echo(flow, i + 1, now_us, sample);
		return true;
	}
	return false;
}

bool vnc_flow_pong_oldest(struct vnc_flow *flow, uint64_t now_us,
		struct vnc_flow_sample *sample)
{
	if (flow->count == 0)
		return false;
	take_echo(flow, 1, now_us, sample);
	return true;
}
