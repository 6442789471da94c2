/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/clock.h"

#define MS CLOCK_US_PER_MS
#define KIB UINT64_C(1024)

static void a_window_closes_and_opens(void **state)
{
	struct vnc_flow flow;
	uint32_t id;

	(void)state;
	vnc_flow_init(&flow);
	vnc_flow_start(&flow, 5000 * KIB); /* of before do not count */
	assert_true(vnc_flow_is_open(&flow));
	assert_int_not_equal(vnc_flow_ping(&flow, 5063 * KIB, 10 * MS), 0);
	assert_true(vnc_flow_is_open(&flow));
	id = vnc_flow_ping(&flow, 5064 * KIB, 11 * MS);
	assert_false(vnc_flow_is_open(&flow));
	vnc_flow_pong(&flow, id, 20 * MS);
	assert_true(vnc_flow_is_open(&flow));
}

static void strange_echoes_change_nothing(void **state)
{
	struct vnc_flow flow;
	uint32_t id;

	(void)state;
	vnc_flow_init(&flow);
	vnc_flow_start(&flow, 0);
	id = vnc_flow_ping(&flow, 100 * KIB, 10 * MS);
	vnc_flow_pong(&flow, id + 1, 20 * MS);
	vnc_flow_pong(&flow, 0, 20 * MS);
	assert_false(vnc_flow_is_open(&flow));
	vnc_flow_pong(&flow, id, 20 * MS);
	vnc_flow_pong(&flow, id, 30 * MS); /* twice */
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
	id = vnc_flow_ping(&flow, 100 * KIB, 10 * MS);
	vnc_flow_start(&flow, 100 * KIB);
	vnc_flow_ping(&flow, 200 * KIB, 20 * MS);
	vnc_flow_pong(&flow, id, 30 * MS);
	assert_false(vnc_flow_is_open(&flow));
}

/*
 * A path of 4 MB/s and 20 ms: after a while there is room for what it carries
 * in that time and a frame, and for not much more.
 */
static void the_window_finds_the_path(void **state)
{
	struct vnc_flow flow;
	uint64_t now_us = 0, total = 0, path_free_us = 0;

	(void)state;
	vnc_flow_init(&flow);
	vnc_flow_start(&flow, 0);
	for (unsigned i = 0; i < 200; i++) {
		uint32_t ids[VNC_FLOW_PINGS_MAX];
		uint64_t backs_us[VNC_FLOW_PINGS_MAX];
		unsigned sent = 0;

		while (vnc_flow_is_open(&flow) && sent < VNC_FLOW_PINGS_MAX) {
			total += 20000; /* 5 ms of the path */
			if (path_free_us < now_us)
				path_free_us = now_us;
			path_free_us += 5 * MS;
			ids[sent] = vnc_flow_ping(&flow, total, now_us);
			backs_us[sent++] = path_free_us + 20 * MS;
		}
		for (unsigned j = 0; j < sent; j++) {
			now_us = backs_us[j];
			vnc_flow_pong(&flow, ids[j], now_us);
		}
	}
	assert_in_range(flow.window_bytes, 150000, 300000);
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
		uint32_t id = vnc_flow_ping(&flow, i + 1, i);

		assert_int_not_equal(id, 0);
		if (i == 0)
			first = id;
	}
	assert_int_equal(vnc_flow_ping(&flow, 1000, 1000), 0);
	vnc_flow_pong(&flow, first, 2000);
	assert_int_not_equal(vnc_flow_ping(&flow, 1000, 3000), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_window_closes_and_opens),
			cmocka_unit_test(strange_echoes_change_nothing),
			cmocka_unit_test(a_new_start_forgets),
			cmocka_unit_test(the_window_finds_the_path),
			cmocka_unit_test(pings_run_out_quietly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
