/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/clock.h"

#define TURNS 10
#define LONG_TURN_US (30 * CLOCK_US_PER_MS)

struct rig {
	sd_event *event;
	struct server_loop loop;
	unsigned turns;
};

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	*state = rig;
	return sd_event_new(&rig->event) < 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	sd_event_unref(rig->event);
	free(rig);
	return 0;
}

/* The third turn computes for long. */
static int on_turn(sd_event_source *source, void *userdata)
{
	struct rig *rig = userdata;
	uint64_t until_us = clock_now_us() + LONG_TURN_US;

	rig->turns++;
	while (rig->turns == 3 && clock_now_us() < until_us)
		;
	if (rig->turns == TURNS)
		return sd_event_exit(sd_event_source_get_event(source), 42);
	return 0;
}

static void each_turn_is_timed(void **state)
{
	struct rig *rig = *state;
	sd_event_source *source;

	assert_true(sd_event_add_defer(rig->event, &source, on_turn, rig) >= 0);
	sd_event_source_set_enabled(source, SD_EVENT_ON);
	assert_int_equal(server_loop_run(&rig->loop, rig->event), 42);
	sd_event_source_disable_unref(source);

	assert_int_equal(rig->turns, TURNS);
	assert_true(rig->loop.hold.samples >= TURNS);
	assert_int_equal(rig->loop.hold.samples, rig->loop.cpu.samples);
	assert_true(rig->loop.hold.max_us >= LONG_TURN_US);
	/* The clock is read outside the turn: so it computes a bit less. */
	assert_true(rig->loop.cpu.max_us <= rig->loop.hold.max_us);
}

/* Waiting for something to do holds nobody up. */
static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)usec;
	(void)userdata;
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static void waiting_is_not_counted(void **state)
{
	struct rig *rig = *state;
	uint64_t began_us = clock_now_us();

	assert_true(sd_event_add_time_relative(rig->event, NULL,
				    CLOCK_MONOTONIC, LONG_TURN_US, 1, on_time,
				    NULL) >= 0);
	assert_int_equal(server_loop_run(&rig->loop, rig->event), 0);
	assert_true(clock_now_us() - began_us >= LONG_TURN_US);
	assert_true(rig->loop.cpu.max_us < LONG_TURN_US);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			test(each_turn_is_timed),
			test(waiting_is_not_counted),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
