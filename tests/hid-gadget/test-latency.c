/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "hid-gadget/queue.h"
#include "tests/hid-gadget/fake-host.h"

#define A 0x04
#define B 0x05
#define LEFT_CTRL 0xe0

#define MS UINT64_C(1000)
#define START (1000 * MS)

/* ---- whose report tells of which event ----------------------------------- */

/* The host takes the next report: when was the event that it told of? */
static uint64_t tell(struct hid_queue *queue, uint64_t now_us)
{
	uint8_t report[HID_REPORT_BYTES_MAX];

	assert_true(hid_queue_next(queue, now_us, report));
	return hid_queue_written(queue, now_us);
}

static struct hid_queue *create(enum hid_function function)
{
	struct hid_queue *queue = malloc(sizeof(*queue));

	assert_non_null(queue);
	hid_queue_init(queue, function);
	assert_int_equal(tell(queue, START), 0); /* of what was before */
	return queue;
}

static void each_report_tells_of_its_own_event(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);

	(void)state;
	hid_queue_key(queue, LEFT_CTRL, true, START + 1);
	hid_queue_key(queue, A, true, START + 2);
	hid_queue_key(queue, A, false, START + 3);
	assert_int_equal(tell(queue, START + MS), START + 1);
	assert_int_equal(tell(queue, START + MS), START + 2);
	assert_int_equal(tell(queue, START + MS), START + 3);
	free(queue);
}

static void motion_is_no_key(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_ABSOLUTE);

	(void)state;
	hid_queue_point(queue, 1, 2, 1, 0, 0, START + 1);
	assert_int_equal(tell(queue, START + MS), 0);
	free(queue);
}

/* Nobody has released these: their way to the host says nothing. */
static void what_nobody_asked_for_has_no_event(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);

	(void)state;
	for (uint8_t i = 0; i < 7; i++) /* the seventh pushes one out */
		hid_queue_key(queue, A + i, true, START + 1);
	for (int i = 0; i < 6; i++)
		assert_int_equal(tell(queue, START + MS), START + 1);
	assert_int_equal(tell(queue, START + MS), 0);
	assert_int_equal(tell(queue, START + MS), START + 1);
	hid_queue_release_all(queue, START + 2);
	for (int i = 0; i < 6; i++)
		assert_int_equal(tell(queue, START + MS), 0);
	free(queue);
}

/* A night that a host slept is no delay of ours. */
static void a_release_that_waited_for_a_sleeper_has_no_event(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);
	uint64_t morning_us = START + 30000000 * MS;

	(void)state;
	hid_queue_key(queue, A, true, START);
	assert_int_equal(tell(queue, START), START);
	hid_queue_key(queue, A, false, START + MS);
	assert_int_equal(tell(queue, morning_us), 0);
	free(queue);
}

/* One that reads slowly does delay, and is counted. */
static void a_slow_host_is_counted(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);
	uint64_t now_us = START;

	(void)state;
	for (int i = 0; i < 4; i++)
		hid_queue_key(queue, A, i % 2 == 0, START);
	for (int i = 0; i < 4; i++) {
		now_us += HID_STALE_US - MS;
		assert_int_equal(tell(queue, now_us), START);
	}
	free(queue);
}

/* ---- with a host ----------------------------------------------------------
 */

static uint64_t count(const struct fake_host *host)
{
	return hid_input_get_latency(host->input)->samples;
}

static void each_key_is_timed_until_it_is_written(void **state)
{
	struct fake_host *host = *state;
	uint64_t read_us = clock_now_us() - 5 * MS;

	hid_input_key(host->input, A, true, read_us);
	assert_int_equal(count(host), 1);
	assert_true(hid_input_get_latency(host->input)->max_us >= 5 * MS);
	hid_input_key(host->input, A, false, 0);
	assert_int_equal(count(host), 2);
	hid_input_key(host->input, A, false, 0); /* it is up: no report */
	assert_int_equal(count(host), 2);
}

static void what_is_not_written_is_not_timed_yet(void **state)
{
	struct fake_host *host = *state;

	fake_host_sleep(host, true);
	hid_input_key(host->input, A, true, 0);
	hid_input_key(host->input, A, false, 0);
	assert_int_equal(count(host), 0);
	usleep(10 * MS);
	fake_host_sleep(host, false);
	fake_host_run_until_reports(host, host->reports_n + 2);
	assert_int_equal(count(host), 2);
	assert_true(hid_input_get_latency(host->input)->max_us >= 10 * MS);
}

static void only_keys_are_timed(void **state)
{
	struct fake_host *host = *state;

	hid_input_point(host->input, 1, 1, 1, 1, 0);
	hid_input_move(host->input, 1, 1, 1, 0);
	hid_input_release_all(host->input);
	assert_int_equal(count(host), 0);
}

#define HOST_TEST(name)                                                        \
	cmocka_unit_test_setup_teardown(                                       \
			name, fake_host_setup, fake_host_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(each_report_tells_of_its_own_event),
			cmocka_unit_test(motion_is_no_key),
			cmocka_unit_test(what_nobody_asked_for_has_no_event),
			cmocka_unit_test(
					a_release_that_waited_for_a_sleeper_has_no_event),
			cmocka_unit_test(a_slow_host_is_counted),
			HOST_TEST(each_key_is_timed_until_it_is_written),
			HOST_TEST(what_is_not_written_is_not_timed_yet),
			HOST_TEST(only_keys_are_timed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
