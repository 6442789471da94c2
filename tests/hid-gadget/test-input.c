/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/input.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"
#include "hid-gadget/input-internal.h"
#include "tests/hid-gadget/fake-host.h"

#define A 0x04
#define B 0x05
#define LEFT_CTRL 0xe0
#define KEYBOARD HID_FUNCTION_KEYBOARD
#define ABSOLUTE HID_FUNCTION_ABSOLUTE
#define RELATIVE HID_FUNCTION_RELATIVE

/* A daemon that was killed in the middle of a press: the next one releases. */
static void the_first_reports_say_all_up(void **state)
{
	struct fake_host *host = *state;

	assert_int_equal(hid_input_get_state(host->input), HID_STATE_ABSENT);
	fake_host_run_until_state(host, HID_STATE_READY);
	fake_host_run_until_reports(host, HID_FUNCTIONS);
	fake_host_run(host, 0);
	assert_int_equal(host->reports_n, HID_FUNCTIONS);
	for (size_t i = 0; i < HID_FUNCTIONS; i++) {
		const struct fake_report *report = &host->reports[i];

		/* the pointer stands in the middle, and in no hot corner */
		static const uint8_t expected[HID_FUNCTIONS][8] = {
				[ABSOLUTE] = {0, 0, 0x40, 0, 0x40},
		};

		assert_memory_equal(report->bytes, expected[report->function],
				report->size);
	}
}

/* Without the loop in between: what is ready is written at once. */
static void each_function_gets_its_reports_at_once(void **state)
{
	struct fake_host *host = *state;

	assert_int_equal(hid_input_key(host->input, LEFT_CTRL, true, 0), 0);
	hid_input_point(host->input, 1, 2, 1, 0, 0);
	hid_input_move(host->input, -1, 5, 2, -1);
	assert_int_equal(host->reports_n, 3);
	fake_host_expects(host, KEYBOARD, 1, 0, 0, 0, 0, 0, 0, 0);
	fake_host_expects(host, ABSOLUTE, 1, 1, 0, 2, 0, 0, 0);
	fake_host_expects(host, RELATIVE, 2, 0xff, 5, 0xff);
	hid_input_release_all(host->input);
	fake_host_expects(host, KEYBOARD, 0, 0, 0, 0, 0, 0, 0, 0);
	fake_host_expects(host, ABSOLUTE, 0, 1, 0, 2, 0, 0, 0);
	fake_host_expects(host, RELATIVE, 0, 0, 0, 0);
	fake_host_expect_nothing(host);
}

static void only_usages_of_keys_are_taken(void **state)
{
	struct fake_host *host = *state;
	static const uint8_t wrong[] = {0, 1, 3, 0xe8, 0xff};

	for (size_t i = 0; i < sizeof(wrong); i++)
		assert_int_equal(hid_input_key(host->input, wrong[i], true, 0),
				-EINVAL);
	fake_host_expect_nothing(host);
	assert_int_equal(hid_input_key(host->input, 0xdd, true, 0), 0);
	fake_host_expects(host, KEYBOARD, 0, 0, 0xdd, 0, 0, 0, 0, 0);
}

static void leaving_releases_everything(void **state)
{
	struct fake_host *host = *state;

	hid_input_key(host->input, A, true, 0);
	hid_input_point(host->input, 7, 8, 4, 0, 0);
	fake_host_forget(host);
	hid_input_destroy(host->input);
	host->input = NULL;
	fake_host_expects(host, KEYBOARD, 0, 0, 0, 0, 0, 0, 0, 0);
	fake_host_expects(host, ABSOLUTE, 0, 7, 0, 8, 0, 0, 0);
	fake_host_expect_nothing(host);
}

/* ---- U1: the host is asleep ---------------------------------------------- */

static void a_host_that_wakes_in_time_gets_every_edge(void **state)
{
	struct fake_host *host = *state;
	uint64_t start_us = clock_now_us();

	fake_host_sleep(host, true);
	hid_input_key(host->input, A, true, 0);
	hid_input_key(host->input, A, false, 0);
	hid_input_key(host->input, B, true, 0);
	for (uint16_t i = 1; i <= 100; i++)
		hid_input_point(host->input, i, i, 0, 0, 0);
	fake_host_expect_nothing(host);
	assert_int_equal(hid_input_get_stats(host->input).retries, 2);
	fake_host_sleep(host, false);
	fake_host_run(host, 0);
	if (clock_now_us() - start_us > HID_SLEEP_US)
		skip(); /* not in time, on a machine this busy */
	fake_host_expects(host, KEYBOARD, 0, 0, A, 0, 0, 0, 0, 0);
	fake_host_expects(host, KEYBOARD, 0, 0, 0, 0, 0, 0, 0, 0);
	fake_host_expects(host, KEYBOARD, 0, 0, B, 0, 0, 0, 0, 0);
	fake_host_expects(host, ABSOLUTE, 0, 100, 0, 100, 0, 0, 0);
	assert_int_equal(hid_input_get_stats(host->input).coalesced, 99);
}

static void a_host_that_sleeps_longer_gets_releases_only(void **state)
{
	struct fake_host *host = *state;

	hid_input_key(host->input, A, true, 0);
	fake_host_forget(host);
	fake_host_sleep(host, true);
	hid_input_key(host->input, B, true, 0);
	hid_input_key(host->input, A, false, 0);
	hid_input_point(host->input, 5, 5, 1, 0, 0);
	hid_input_point(host->input, 5, 5, 0, 0, 0);
	fake_host_run_until_state(host, HID_STATE_SLEEPING);
	fake_host_run(host, (unsigned)(HID_STALE_US / 1000 + 10));
	fake_host_sleep(host, false);
	fake_host_run_until_state(host, HID_STATE_READY);
	fake_host_run_until_reports(host, 2);
	fake_host_expects(host, KEYBOARD, 0, 0, 0, 0, 0, 0, 0, 0);
	fake_host_expects(host, ABSOLUTE, 0, 5, 0, 5, 0, 0, 0);
	hid_input_key(host->input, B, false, 0);
	fake_host_expect_nothing(host);
	assert_int_equal(hid_input_get_stats(host->input).dropped, 2);
}

/* A text console reads no pointer; the host is awake all the same. */
static void a_pointer_that_nobody_reads_is_no_sleep(void **state)
{
	struct fake_host *host = *state;

	fake_host_sleep_function(host, ABSOLUTE, true);
	hid_input_point(host->input, 1, 1, 0, 0, 0);
	fake_host_run(host, 500);
	assert_int_equal(host->state, HID_STATE_READY);
	hid_input_key(host->input, A, true, 0);
	fake_host_expects(host, KEYBOARD, 0, 0, A, 0, 0, 0, 0, 0);
}

/* Nobody types, and still the state tells. */
static void sleep_is_noticed_without_typing(void **state)
{
	struct fake_host *host = *state;

	fake_host_sleep(host, true);
	fake_host_run_until_state(host, HID_STATE_SLEEPING);
	fake_host_sleep(host, false);
	fake_host_run_until_state(host, HID_STATE_READY);
	fake_host_expect_nothing(host);
}

/* ---- U2: the host is off --------------------------------------------------
 */

static void what_is_typed_while_the_host_is_off_is_lost(void **state)
{
	struct fake_host *host = *state;

	fake_host_fail(host, ESHUTDOWN);
	hid_input_key(host->input, A, true, 0);
	assert_int_equal(host->state, HID_STATE_OFF);
	hid_input_key(host->input, A, false, 0);
	hid_input_key(host->input, B, true, 0);
	hid_input_point(host->input, 3, 4, 1, 2, 0);
	fake_host_run(host, 300);
	assert_int_equal(host->state, HID_STATE_OFF);
	fake_host_fail(host, 0);
	fake_host_run_until_reports(host, 3);
	fake_host_run(host, 0);
	assert_int_equal(host->state, HID_STATE_READY);
	assert_int_equal(host->reports_n, 3); /* all up, once for each */
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(host->reports[i].bytes[0], 0);
		if (host->reports[i].function == KEYBOARD)
			assert_int_equal(host->reports[i].bytes[2], 0);
	}
}

static void what_is_held_all_along_is_held_afterwards(void **state)
{
	struct fake_host *host = *state;

	hid_input_key(host->input, LEFT_CTRL, true, 0);
	hid_input_key(host->input, A, true, 0);
	fake_host_fail(host, ESHUTDOWN);
	hid_input_key(host->input, A, false, 0);
	fake_host_forget(host);
	fake_host_fail(host, 0);
	fake_host_run_until_reports(host, 3);
	for (size_t i = 0; i < 3; i++)
		if (host->reports[i].function == KEYBOARD) {
			assert_int_equal(host->reports[i].bytes[0], 1);
			assert_int_equal(host->reports[i].bytes[2], 0);
		}
}

/* Linux ignores a keyboard's first 50 ms; who holds F2 must be heard. */
static void what_is_held_is_said_again(void **state)
{
	struct fake_host *host = *state;

	hid_input_key(host->input, A, true, 0);
	fake_host_expects(host, KEYBOARD, 0, 0, A, 0, 0, 0, 0, 0);
	fake_host_expects(host, KEYBOARD, 0, 0, A, 0, 0, 0, 0, 0);
	hid_input_key(host->input, A, false, 0);
	fake_host_expects(host, KEYBOARD, 0, 0, 0, 0, 0, 0, 0, 0);
	/* once more: a host that resets the bus loses what it has not read */
	fake_host_expects(host, KEYBOARD, 0, 0, 0, 0, 0, 0, 0, 0);
	hid_input_point(host->input, 9, 9, 0, 0, 0);
	fake_host_expects(host, ABSOLUTE, 0, 9, 0, 9, 0, 0, 0);
	fake_host_run(host, 1500);
	fake_host_expect_nothing(host); /* nothing held, nothing said */
}

static void buttons_that_are_up_are_said_again(void **state)
{
	struct fake_host *host = *state;

	hid_input_point(host->input, 9, 9, 1, 0, 0);
	fake_host_expects(host, ABSOLUTE, 1, 9, 0, 9, 0, 0, 0);
	hid_input_point(host->input, 9, 9, 0, 3, 0);
	fake_host_expects(host, ABSOLUTE, 0, 9, 0, 9, 0, 3, 0);
	fake_host_expects(host, ABSOLUTE, 0, 9, 0, 9, 0, 0, 0);
	fake_host_run(host, 1500);
	fake_host_expect_nothing(host);
}

/* A descriptor that polls as writable and still fails must not spin. */
static void a_host_that_stays_off_is_asked_rarely(void **state)
{
	struct fake_host *host = *state;
	unsigned before;

	for (int f = 0; f < HID_FUNCTIONS; f++)
		host->functions[f].write_errno = ESHUTDOWN;
	hid_input_key(host->input, A, true, 0);
	before = host->functions[KEYBOARD].writes;
	fake_host_run(host, 1000);
	assert_int_equal(host->state, HID_STATE_OFF);
	/* after 0, 50, 150, 350, 750 ms, each with one poll */
	assert_in_range(host->functions[KEYBOARD].writes - before, 1, 12);
}

static void off_is_noticed_without_typing(void **state)
{
	struct fake_host *host = *state;

	fake_host_fail(host, ESHUTDOWN);
	fake_host_run_until_state(host, HID_STATE_OFF);
	fake_host_fail(host, 0);
	fake_host_run_until_state(host, HID_STATE_READY);
}

/* ---- U3, U7: the gadget goes and comes ------------------------------------
 */

static void a_gadget_that_is_unbound_is_absent(void **state)
{
	struct fake_host *host = *state;

	hid_input_key(host->input, A, true, 0);
	fake_host_fail(host, ESHUTDOWN);
	fake_host_remove(host, -ENODEV);
	hid_input_key(host->input, B, true, 0);
	fake_host_run_until_state(host, HID_STATE_ABSENT);
	hid_input_key(host->input, A, false, 0);
	hid_input_key(host->input, B, false, 0);
	fake_host_forget(host);
	fake_host_rebuild(host);
	fake_host_run_until_state(host, HID_STATE_READY);
	fake_host_run_until_reports(host, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(host->reports[i].bytes[0], 0);
	hid_input_key(host->input, A, true, 0);
	assert_int_equal(host->reports[3].bytes[2], A);
}

/* Rebuilt so fast that no open ever failed: the old nodes are dead. */
static void new_nodes_are_found(void **state)
{
	struct fake_host *host = *state;

	hid_input_key(host->input, A, true, 0);
	fake_host_forget(host);
	fake_host_rebuild(host);
	hid_input_key(host->input, B, true, 0); /* into the dead one */
	assert_int_equal(host->state, HID_STATE_OFF);
	fake_host_run_until_reports(host, 3);
	for (size_t i = 0; i < 3; i++)
		if (host->reports[i].function == KEYBOARD) {
			assert_int_equal(host->reports[i].bytes[2], A);
			assert_int_equal(host->reports[i].bytes[3], B);
		}
	assert_int_equal(host->state, HID_STATE_READY);
}

/* The same while the host slept, so that no write has failed either. */
static void new_nodes_are_found_while_waiting(void **state)
{
	struct fake_host *host = *state;

	fake_host_sleep(host, true);
	hid_input_key(host->input, B, true, 0);
	fake_host_rebuild(host);
	/* stale, but held: a new host hears all that is held */
	fake_host_expects(host, KEYBOARD, 0, 0, B, 0, 0, 0, 0, 0);
}

/* devtmpfs makes nodes root's; udev hands them over a moment later. */
static void a_node_that_may_not_be_opened_yet_is_tried_again(void **state)
{
	struct fake_host *host = *state;

	fake_host_remove(host, -EACCES);
	fake_host_run(host, 120);
	assert_int_equal(host->state, HID_STATE_ABSENT);
	assert_in_range(host->functions[KEYBOARD].opens, 1, 3);
	fake_host_remove(host, 0);
	fake_host_run_until_state(host, HID_STATE_READY);
}

static void any_other_error_is_a_state_too(void **state)
{
	struct fake_host *host = *state;
	static const int errors[] = {ENODEV, EIO, EPIPE, ENXIO, EINVAL};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		fake_host_fail(host, errors[i]);
		hid_input_key(host->input, A, i % 2 == 0, 0);
		fake_host_run_until_state(host, HID_STATE_OFF);
		fake_host_fail(host, 0);
		fake_host_run_until_state(host, HID_STATE_READY);
	}
}

static void a_node_that_hangs_up_is_closed(void **state)
{
	struct fake_host *host = *state;

	for (int f = 0; f < HID_FUNCTIONS; f++)
		shutdown(host->functions[f].host_fd, SHUT_RDWR);
	fake_host_remove(host, -ENODEV);
	fake_host_run(host, 0);
	assert_int_equal(host->state, HID_STATE_ABSENT);
	fake_host_rebuild(host);
	fake_host_run_until_state(host, HID_STATE_READY);
}

/* ---- U6: LEDs -------------------------------------------------------------
 */

static void leds_are_told_when_they_change(void **state)
{
	struct fake_host *host = *state;
	int fd = host->functions[KEYBOARD].host_fd;
	static const uint8_t reports[] = {0, 2, 2, 3, 0};

	for (size_t i = 0; i < sizeof(reports); i++) {
		assert_int_equal(send(fd, &reports[i], 1, 0), 1);
		fake_host_run(host, 30); /* one report at a time */
		fake_host_run_until_leds(host, reports[i]);
		assert_int_equal(hid_input_get_leds(host->input), reports[i]);
	}
	assert_int_equal(host->leds_n, 3); /* the first 0 says nothing new */
}

static void a_flood_of_leds_is_read_slowly_and_ends_right(void **state)
{
	struct fake_host *host = *state;
	int fd = host->functions[KEYBOARD].host_fd;
	unsigned sent = 0;

	for (uint8_t leds = 1; sent < 200; leds ^= 3) {
		ssize_t size = send(fd, &leds, 1, 0);

		if (size == -1) {
			assert_int_equal(errno, EAGAIN);
			break;
		}
		sent++;
	}
	assert_in_range(sent, 20, 200);
	fake_host_run(host, 0);
	assert_int_not_equal(host->leds, 0);
	assert_int_equal(recv(host->functions[KEYBOARD].gadget_fd,
					 &(uint8_t){0}, 1, MSG_PEEK),
			1);                     /* most of it still waits */
	hid_input_key(host->input, A, true, 0); /* is not held up */
	fake_host_expects(host, KEYBOARD, 0, 0, A, 0, 0, 0, 0, 0);
	while (recv(host->functions[KEYBOARD].gadget_fd, &(uint8_t){0}, 1,
			       MSG_PEEK) > 0)
		fake_host_run(host, 10);
	fake_host_run_until_leds(host, sent % 2 ? 1 : 2);
}

/* ---- on a real socket ------------------------------------------------------
 */

static int open_once(void *context, enum hid_function function)
{
	int *fd = context;
	int taken = function == KEYBOARD ? *fd : -ENODEV;

	if (function == KEYBOARD)
		*fd = -ENODEV;
	return taken;
}

static void ignore_state(void *context, enum hid_state state)
{
	(void)context;
	(void)state;
}

static void ignore_leds(void *context, uint8_t leds)
{
	(void)context;
	(void)leds;
}

/* The system calls themselves, with a buffer that fills up. */
static void writes_wait_for_room_in_a_real_buffer(void **state)
{
	static const struct hid_input_handler handler = {
			.open = open_once,
			.state = ignore_state,
			.leds = ignore_leds,
	};
	struct hid_input *input;
	sd_event *event;
	int fds[2];
	int size = 1;
	uint8_t report[64];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0,
					 fds),
			0);
	setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	assert_true(sd_event_new(&event) >= 0);
	assert_int_equal(hid_input_create(&input, event, "test", &handler, fds),
			0);
	while (sd_event_run(event, 0) > 0)
		continue;
	assert_int_equal(recv(fds[1], report, sizeof(report), 0), 8);
	for (int i = 0; i < 100; i++)
		hid_input_key(input, A, i % 2 == 0, 0);
	assert_int_equal(hid_input_get_stats(input).retries, 1);
	for (int i = 0; i < 100;) {
		if (recv(fds[1], report, sizeof(report), 0) == -1) {
			assert_true(sd_event_run(event, 1000000) >= 0);
			continue;
		}
		assert_int_equal(report[2], i % 2 == 0 ? A : 0);
		i++;
	}
	assert_int_equal(hid_input_get_stats(input).dropped, 0);
	assert_int_equal(hid_input_get_stats(input).reports, 101);
	hid_input_destroy(input);
	sd_event_unref(event);
	close(fds[1]);
}

static void states_have_names_for_programs_and_people(void **state)
{
	(void)state;
	assert_string_equal(hid_state_name(HID_STATE_ABSENT), "absent");
	assert_string_equal(hid_state_name(HID_STATE_OFF), "off");
	assert_string_equal(hid_state_name(HID_STATE_SLEEPING), "sleeping");
	assert_string_equal(hid_state_name(HID_STATE_READY), "ready");
	for (int s = 0; s < HID_STATES; s++)
		assert_non_null(hid_state_text((enum hid_state)s));
}

#define test(name)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
			name, fake_host_setup, fake_host_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test_setup_teardown(
					the_first_reports_say_all_up,
					fake_host_setup_closed,
					fake_host_teardown),
			test(each_function_gets_its_reports_at_once),
			test(only_usages_of_keys_are_taken),
			test(leaving_releases_everything),
			test(a_host_that_wakes_in_time_gets_every_edge),
			test(a_host_that_sleeps_longer_gets_releases_only),
			test(a_pointer_that_nobody_reads_is_no_sleep),
			test(sleep_is_noticed_without_typing),
			test(what_is_typed_while_the_host_is_off_is_lost),
			test(what_is_held_all_along_is_held_afterwards),
			test(what_is_held_is_said_again),
			test(buttons_that_are_up_are_said_again),
			test(a_host_that_stays_off_is_asked_rarely),
			test(off_is_noticed_without_typing),
			test(a_gadget_that_is_unbound_is_absent),
			test(new_nodes_are_found),
			test(new_nodes_are_found_while_waiting),
			cmocka_unit_test_setup_teardown(
					a_node_that_may_not_be_opened_yet_is_tried_again,
					fake_host_setup_closed,
					fake_host_teardown),
			test(any_other_error_is_a_state_too),
			test(a_node_that_hangs_up_is_closed),
			test(leds_are_told_when_they_change),
			test(a_flood_of_leds_is_read_slowly_and_ends_right),
			cmocka_unit_test(writes_wait_for_room_in_a_real_buffer),
			cmocka_unit_test(
					states_have_names_for_programs_and_people),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
