/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/clock.h"

#define MS CLOCK_US_PER_MS
#define S CLOCK_US_PER_S
#define KIB UINT64_C(1024)
#define THIN 7000 /* bytes a second: 56 kbit/s */

static uint32_t ping(
		struct vnc_flow *flow, uint64_t total_bytes, uint64_t now_us)
{
	return vnc_flow_ping(flow, VNC_FLOW_PLAIN, total_bytes, now_us);
}

static bool pong(struct vnc_flow *flow, uint32_t id, uint64_t now_us)
{
	struct vnc_flow_sample sample;

	return vnc_flow_pong(flow, id, now_us, &sample);
}

static void a_window_closes_and_opens(void **state)
{
	struct vnc_flow flow;
	uint32_t id;

	(void)state;
	vnc_flow_init(&flow);
	vnc_flow_start(&flow, 5000 * KIB); /* of before do not count */
	assert_true(vnc_flow_is_open(&flow));
	assert_true(vnc_flow_is_idle(&flow));
	assert_int_not_equal(ping(&flow, 5003 * KIB, 10 * MS), 0);
	assert_true(vnc_flow_is_open(&flow));
	assert_false(vnc_flow_is_idle(&flow));
	id = ping(&flow, 5004 * KIB, 11 * MS);
	assert_false(vnc_flow_is_open(&flow));
	pong(&flow, id, 20 * MS);
	assert_true(vnc_flow_is_open(&flow));
	assert_true(vnc_flow_is_idle(&flow));
}

static void strange_echoes_change_nothing(void **state)
{
	struct vnc_flow flow;
	uint32_t id;

	(void)state;
	vnc_flow_init(&flow);
	vnc_flow_start(&flow, 0);
	id = ping(&flow, 100 * KIB, 10 * MS);
	assert_false(pong(&flow, id + 1, 20 * MS));
	assert_false(pong(&flow, 0, 20 * MS));
	assert_false(vnc_flow_is_open(&flow));
	assert_true(pong(&flow, id, 20 * MS));
	assert_false(pong(&flow, id, 30 * MS)); /* twice */
	assert_true(vnc_flow_is_open(&flow));
}

/* Late echoes of a time before do not open a new window. */
static void a_new_start_forgets(void **state)
{
	struct vnc_flow flow;
	uint32_t id;

	(void)state;
	vnc_flow_init(&flow);
	vnc_flow_start(&flow, 0);
	id = ping(&flow, 100 * KIB, 10 * MS);
	vnc_flow_start(&flow, 100 * KIB);
	ping(&flow, 200 * KIB, 20 * MS);
	pong(&flow, id, 30 * MS);
	assert_false(vnc_flow_is_open(&flow));
}

/* More in flight than we count: updates go on, unmeasured. */
static void pings_run_out_quietly(void **state)
{
	struct vnc_flow flow;
	uint32_t first = 0;

	(void)state;
	vnc_flow_init(&flow);
	vnc_flow_start(&flow, 0);
	for (unsigned i = 0; i < VNC_FLOW_PINGS_MAX; i++) {
		uint32_t id = ping(&flow, i + 1, i);

		assert_int_not_equal(id, 0);
		if (i == 0)
			first = id;
	}
	assert_int_equal(ping(&flow, 1000, 1000), 0);
	pong(&flow, first, 2000);
	assert_int_not_equal(ping(&flow, 1000, 3000), 0);
}

/* ---- samples ----------------------------------------------------------------
 */

/* Neither the round trip nor what was sent before is an update's own time. */
static void the_wire_of_an_update_is_its_own(void **state)
{
	struct vnc_flow flow;
	struct vnc_flow_sample sample;
	uint32_t before, first, second;

	(void)state;
	vnc_flow_init(&flow);
	vnc_flow_start(&flow, 0);
	assert_true(vnc_flow_wants_round_trip(&flow, 1 * S));
	before = vnc_flow_ping(&flow, VNC_FLOW_NOTHING, 13, 1 * S);
	assert_false(vnc_flow_wants_round_trip(&flow, 1 * S));
	first = vnc_flow_ping(&flow, VNC_FLOW_LOSSY, 10000, 1 * S);
	second = vnc_flow_ping(&flow, VNC_FLOW_PLAIN, 15000, 1 * S + 1 * MS);
	assert_true(vnc_flow_pong(&flow, before, 1 * S + 80 * MS, &sample));
	assert_int_equal(sample.cargo, VNC_FLOW_NOTHING);
	assert_int_equal(sample.wire_us, 0);
	assert_true(vnc_flow_pong(&flow, first, 1 * S + 180 * MS, &sample));
	assert_int_equal(sample.cargo, VNC_FLOW_LOSSY);
	assert_int_equal(sample.wire_us, 100 * MS);
	assert_true(vnc_flow_pong(&flow, second, 1 * S + 230 * MS, &sample));
	assert_int_equal(sample.cargo, VNC_FLOW_PLAIN);
	assert_int_equal(sample.wire_us, 50 * MS);
	assert_false(vnc_flow_wants_round_trip(&flow, 2 * S)); /* fresh */
	assert_true(vnc_flow_wants_round_trip(&flow, 3 * S));
}

/* A way that became longer is noticed, by what is small, after a while. */
static void the_round_trip_is_the_shortest_of_late(void **state)
{
	struct vnc_flow flow;
	uint64_t total = 0;

	(void)state;
	vnc_flow_init(&flow);
	vnc_flow_note_round_trip(&flow, 50 * MS, 1 * S);
	for (uint64_t now_us = 2 * S; now_us < 60 * S; now_us += S) {
		total += 100;
		pong(&flow, ping(&flow, total, now_us), now_us + 90 * MS);
		assert_int_equal(flow.round_trip_us,
				now_us < 11 * S ? 50 * MS : 90 * MS);
	}
	for (uint64_t now_us = 60 * S; now_us < 90 * S; now_us += S) {
		total += 100000;
		pong(&flow, ping(&flow, total, now_us), now_us + 400 * MS);
	}
	assert_int_equal(flow.round_trip_us, 90 * MS);
	pong(&flow, ping(&flow, total + 100000, 90 * S), 90 * S + 30 * MS);
	assert_int_equal(flow.round_trip_us, 30 * MS);
}

/* Who asks for the next update has read one more, from the oldest on. */
static void requests_are_echoes_in_turn(void **state)
{
	struct vnc_flow flow;
	struct vnc_flow_sample sample;

	(void)state;
	vnc_flow_init(&flow);
	assert_false(vnc_flow_pong_oldest(&flow, 1, &sample));
	vnc_flow_ping(&flow, VNC_FLOW_LOSSY, 7000, 1 * S);
	vnc_flow_ping(&flow, VNC_FLOW_REFINEMENT, 14000, 1 * S);
	assert_true(vnc_flow_pong_oldest(&flow, 2 * S, &sample));
	assert_int_equal(sample.cargo, VNC_FLOW_LOSSY);
	assert_int_equal(sample.wire_us, 1 * S);
	assert_int_equal(flow.rate, THIN);
	assert_true(vnc_flow_pong_oldest(&flow, 3 * S, &sample));
	assert_int_equal(sample.cargo, VNC_FLOW_REFINEMENT);
	assert_int_equal(sample.wire_us, 1 * S);
	assert_false(vnc_flow_pong_oldest(&flow, 4 * S, &sample));
}

/* Echoes that come together do not make a thin link look wide. */
static void a_hasty_echo_is_no_rate(void **state)
{
	struct vnc_flow flow;
	uint32_t first, second;

	(void)state;
	vnc_flow_init(&flow);
	vnc_flow_start(&flow, 0);
	first = ping(&flow, 7000, 1 * S);
	second = ping(&flow, 14000, 1 * S);
	pong(&flow, first, 3 * S);
	pong(&flow, second, 3 * S);
	assert_int_equal(flow.rate, THIN);
}

/* What one update can do, the link can, however long others took. */
static void a_viewer_that_pauses_is_no_thin_link(void **state)
{
	struct vnc_flow flow;
	struct vnc_flow_sample sample;
	uint64_t now_us = 1 * S, total = 0;

	(void)state;
	vnc_flow_init(&flow);
	vnc_flow_note_round_trip(&flow, 1 * MS, now_us);
	for (unsigned i = 0; i < 100; i++) {
		total += 1000;
		vnc_flow_ping(&flow, VNC_FLOW_PLAIN, total, now_us);
		now_us += i % 4 == 0 ? 2 * MS : 200 * MS;
		vnc_flow_pong_oldest(&flow, now_us, &sample);
	}
	assert_true(flow.rate < 100000);
	assert_true(flow.rate_most >= 1000000);
}

/* ---- a path in a time of its own --------------------------------------------
 */

/* A wire that carries `rate`, and a viewer that echoes after a round trip. */
struct path {
	struct vnc_flow flow;
	uint64_t rate;
	uint64_t round_trip_us;
	uint64_t now_us;
	uint64_t free_us; /* when the wire is */
	uint64_t total;
	unsigned count; /* fences on their way, the oldest first */
	uint32_t ids[VNC_FLOW_PINGS_MAX + 1];
	uint64_t backs_us[VNC_FLOW_PINGS_MAX + 1];
	uint64_t oldest_us;    /* age of a picture when its last byte came, */
	uint64_t oldest_by_us; /* beyond its own time on the wire */
	uint64_t bytes_read;
};

static void path_init(struct path *path, uint64_t rate, uint64_t round_trip_us)
{
	*path = (struct path){
			.rate = rate,
			.round_trip_us = round_trip_us,
			.now_us = 1 * S,
	};
	vnc_flow_init(&path->flow);
	vnc_flow_start(&path->flow, 0);
}

static void path_send(
		struct path *path, enum vnc_flow_cargo cargo, uint64_t bytes)
{
	uint64_t wire_us = bytes * S / path->rate, age_us;

	path->total += bytes;
	if (path->free_us < path->now_us)
		path->free_us = path->now_us;
	path->free_us += wire_us;
	age_us = path->free_us + path->round_trip_us / 2 - path->now_us;
	if (age_us > path->oldest_us)
		path->oldest_us = age_us;
	if (age_us - wire_us > path->oldest_by_us)
		path->oldest_by_us = age_us - wire_us;
	path->ids[path->count] = vnc_flow_ping(
			&path->flow, cargo, path->total, path->now_us);
	path->backs_us[path->count] = path->free_us + path->round_trip_us;
	if (path->ids[path->count] != 0)
		path->count++;
}

static void path_next_echo(struct path *path)
{
	path->now_us = path->backs_us[0];
	pong(&path->flow, path->ids[0], path->now_us);
	path->count--;
	for (unsigned i = 0; i < path->count; i++) {
		path->ids[i] = path->ids[i + 1];
		path->backs_us[i] = path->backs_us[i + 1];
	}
}

/* Frames of `bytes` each, 30 a second, whenever the window is open. */
static void path_stream(struct path *path, uint64_t time_us, uint64_t bytes)
{
	uint64_t end_us = path->now_us + time_us, frame_us = path->now_us;

	while (path->now_us < end_us) {
		if (path->count > 0 && path->backs_us[0] <= frame_us) {
			path_next_echo(path);
			continue;
		}
		path->now_us = frame_us;
		frame_us += S / 30;
		if (!vnc_flow_is_open(&path->flow))
			continue;
		if (vnc_flow_wants_round_trip(&path->flow, path->now_us))
			path_send(path, VNC_FLOW_NOTHING, 13);
		path_send(path, VNC_FLOW_PLAIN, bytes);
	}
}

/*
 * On whatever path, from the start: pictures never wait in it for longer than a
 * second, whatever their size, nor does the wire fall idle when they are large
 * enough to fill it.
 */
static void the_window_finds_the_path(void **state)
{
	static const uint64_t rates[] = {
			THIN, 30000, 250000, 4000000, 100000000};
	static const uint64_t trips_us[] = {
			1 * MS, 20 * MS, 200 * MS, 600 * MS};
	static const uint64_t sizes[] = {300, 3000, 40000, 800000};

	(void)state;
	for (size_t i = 0; i < 5 * 4 * 4; i++) {
		struct path path;
		uint64_t rate = rates[i % 5], total;
		uint64_t bytes = sizes[i / 20];

		path_init(&path, rate, trips_us[i / 5 % 4]);
		path_stream(&path, 120 * S, bytes);
		total = path.total;
		path_stream(&path, 240 * S, bytes);
		assert_true(path.oldest_by_us < 1 * S);
		if (bytes * 30 > 2 * rate)
			assert_in_range(path.total - total, rate * 240 / 2,
					rate * 240 * 102 / 100 + bytes);
	}
}

/* What it was quick enough for is too much when it becomes thin. */
static void a_link_that_becomes_thin_is_noticed(void **state)
{
	struct path path;

	(void)state;
	path_init(&path, 4000000, 50 * MS);
	path_stream(&path, 20 * S, 20000);
	assert_true(path.flow.window_bytes > 45000);
	path.rate = THIN;
	path_stream(&path, 10 * S, 20000); /* three pictures */
	assert_in_range(path.flow.rate, THIN - 100, THIN + 100);
	assert_true(path.flow.rate_most > 100000); /* it may be a moment's */
	path.oldest_by_us = 0;
	path_stream(&path, 120 * S, 20000);
	assert_in_range(path.flow.rate_most, THIN - 100, THIN + 100);
	assert_true(path.oldest_by_us < 1 * S);
	assert_in_range(path.flow.window_bytes, VNC_FLOW_WINDOW_MIN_BYTES,
			VNC_FLOW_WINDOW_MIN_BYTES * 2);
	path.rate = 4000000;
	path_stream(&path, 20 * S, 20000);
	assert_true(path.flow.window_bytes > 45000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_window_closes_and_opens),
			cmocka_unit_test(strange_echoes_change_nothing),
			cmocka_unit_test(a_new_start_forgets),
			cmocka_unit_test(pings_run_out_quietly),
			cmocka_unit_test(the_wire_of_an_update_is_its_own),
			cmocka_unit_test(
					the_round_trip_is_the_shortest_of_late),
			cmocka_unit_test(requests_are_echoes_in_turn),
			cmocka_unit_test(a_hasty_echo_is_no_rate),
			cmocka_unit_test(a_viewer_that_pauses_is_no_thin_link),
			cmocka_unit_test(the_window_finds_the_path),
			cmocka_unit_test(a_link_that_becomes_thin_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
