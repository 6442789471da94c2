/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/typing.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/server/typed-host.h"

#define LONG                                                                   \
	"The quick brown fox jumps over the lazy dog; 0123456789 {[(<>)]}.\n"

struct rig {
	struct typed_host host;
	struct server_typing *typing;
	struct hid_layout *us;
	uint64_t id;
	unsigned began;
	unsigned moved;
	unsigned ended;
	enum server_typing_result result;
};

static int on_open(void *context, enum hid_function function)
{
	struct rig *rig = context;

	return typed_host_open(&rig->host, function);
}

/* As the target does. */
static void on_state(void *context, enum hid_state state)
{
	struct rig *rig = context;

	if (rig->typing &&
			(state == HID_STATE_ABSENT || state == HID_STATE_OFF))
		server_typing_stop(rig->typing, SERVER_TYPING_GONE);
}

static void on_leds(void *context, uint8_t leds)
{
	struct rig *rig = context;

	if (rig->typing)
		server_typing_set_leds(rig->typing, leds);
}

static void on_told(void *context)
{
	struct rig *rig = context;

	if (rig->typing)
		server_typing_told(rig->typing);
}

static const struct hid_input_handler input_handler = {
		.open = on_open,
		.state = on_state,
		.leds = on_leds,
		.told = on_told,
};

static void on_began(void *context)
{
	struct rig *rig = context;

	rig->began++;
}

static void on_ended(void *context, enum server_typing_result result)
{
	struct rig *rig = context;

	rig->ended++;
	rig->result = result;
}

static void on_moved(void *context)
{
	struct rig *rig = context;

	rig->moved++;
}

static const struct server_typing_handler handler = {
		.began = on_began,
		.moved = on_moved,
		.ended = on_ended,
};

static int set_up(void **state)
{
	static struct rig rig;
	char why[HID_LAYOUT_WHY_BYTES];

	rig = (struct rig){0};
	typed_host_start(&rig.host, &input_handler, &rig);
	assert_int_equal(hid_layout_create(&rig.us, "us", "",
					 &hid_layout_paths_system, why),
			0);
	assert_int_equal(server_typing_create(&rig.typing, rig.host.event,
					 rig.host.input, &handler, &rig),
			0);
	*state = &rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;
	struct server_typing *typing = rig->typing;

	rig->typing = NULL;
	server_typing_destroy(typing);
	hid_layout_destroy(rig->us);
	typed_host_stop(&rig->host);
	return 0;
}

static void start_text(struct rig *rig, const char *text, unsigned delay_ms)
{
	struct server_untypables untypables;
	struct server_steps *steps;

	assert_int_equal(server_steps_from_text(&steps, text, strlen(text),
					 rig->us, &untypables),
			0);
	assert_int_equal(server_typing_start(rig->typing, steps, delay_ms,
					 &rig->id),
			0);
}

static void start_keys(struct rig *rig, const char *keys)
{
	char why[SERVER_STEPS_WHY_BYTES];
	struct server_steps *steps;

	assert_int_equal(server_steps_from_keys(&steps, keys, strlen(keys),
					 rig->us, why),
			0);
	assert_int_equal(server_typing_start(rig->typing, steps, 0, &rig->id),
			0);
}

static void run(struct rig *rig)
{
	while (rig->ended == 0)
		typed_host_turn(&rig->host);
	typed_host_settle(&rig->host);
}

static void run_until_typed(struct rig *rig, size_t characters)
{
	while (rig->host.typed_n < characters)
		typed_host_turn(&rig->host);
}

static void assert_typed(struct rig *rig, const char *text)
{
	static const uint8_t nothing[8];

	assert_int_equal(rig->result, SERVER_TYPING_DONE);
	assert_string_equal(rig->host.typed, text);
	assert_memory_equal(rig->host.report, nothing, 8);
}

/* ---- texts ------------------------------------------------------------------
 */

static void a_short_text_is_typed_as_it_is(void **state)
{
	struct rig *rig = *state;
	struct server_typing_progress progress;

	start_text(rig, "Hi, Bob!\r\n", 1);
	assert_int_equal(rig->began, 0);
	run(rig);
	assert_typed(rig, "Hi, Bob!\n");
	assert_int_equal(rig->began, 1);
	assert_int_equal(rig->ended, 1);
	assert_int_equal(rig->host.num_lock_presses, 0);
	progress = server_typing_get_progress(rig->typing);
	assert_int_equal(progress.id, rig->id);
	assert_int_equal(progress.typed, 9);
	assert_int_equal(progress.characters, 9);
	assert_false(progress.active);
}

static void leds_set_the_pace(void **state)
{
	struct rig *rig = *state;

	start_text(rig, LONG LONG, 0);
	run(rig);
	assert_typed(rig, LONG LONG);
	assert_true(server_typing_get_progress(rig->typing).by_leds);
	assert_int_equal(rig->host.most_since_answer, 12);
	assert_int_equal(rig->moved, (2 * sizeof(LONG) - 2) / 24);
	assert_int_equal(rig->host.locks, 0);
	assert_true(rig->host.num_lock_presses > 8);
}

static void num_lock_stays_on_if_it_was(void **state)
{
	struct rig *rig = *state;

	typed_host_set_locks(&rig->host, HID_LED_NUM_LOCK);
	start_text(rig, LONG, 0);
	run(rig);
	assert_typed(rig, LONG);
	assert_int_equal(rig->host.locks, HID_LED_NUM_LOCK);
}

static void a_host_without_leds_gets_a_delay(void **state)
{
	struct rig *rig = *state;

	rig->host.answers = false;
	start_text(rig, LONG, 0);
	run(rig);
	assert_typed(rig, LONG);
	assert_false(server_typing_get_progress(rig->typing).by_leds);
	assert_int_equal(rig->host.num_lock_presses, 2);
	assert_int_equal(rig->host.locks, 0);
}

static void a_delay_that_is_asked_for_needs_no_leds(void **state)
{
	struct rig *rig = *state;

	start_text(rig, LONG, 1);
	run(rig);
	assert_typed(rig, LONG);
	assert_int_equal(rig->host.num_lock_presses, 0);
}

static void leds_that_fall_silent_are_not_waited_for(void **state)
{
	struct rig *rig = *state;

	rig->host.answers_left = 2;
	start_text(rig, LONG, 0);
	run(rig);
	assert_typed(rig, LONG);
	assert_false(server_typing_get_progress(rig->typing).by_leds);
	assert_int_equal(rig->host.locks, 0);
}

static void no_more_waits_than_one_step(void **state)
{
	struct rig *rig = *state;

	start_text(rig, LONG LONG LONG, 0);
	run(rig);
	assert_true(rig->host.most_waiting <= 6);
}

/* ---- Caps Lock --------------------------------------------------------------
 */

static void caps_lock_is_off_meanwhile(void **state)
{
	struct rig *rig = *state;

	typed_host_set_locks(&rig->host, HID_LED_CAPS_LOCK);
	start_text(rig, "aBc", 1);
	run(rig);
	assert_typed(rig, "aBc");
	assert_int_equal(rig->host.locks, HID_LED_CAPS_LOCK);
}

static void nothing_is_typed_where_caps_lock_stays(void **state)
{
	struct rig *rig = *state;

	typed_host_set_locks(&rig->host, HID_LED_CAPS_LOCK);
	rig->host.caps_lock_stays = true;
	start_text(rig, "aBc", 1);
	run(rig);
	assert_int_equal(rig->result, SERVER_TYPING_CAPS_LOCK);
	assert_string_equal(rig->host.typed, "");
}

static void chords_leave_caps_lock_alone(void **state)
{
	struct rig *rig = *state;

	typed_host_set_locks(&rig->host, HID_LED_CAPS_LOCK);
	start_keys(rig, "ctrl-c");
	run(rig);
	assert_string_equal(rig->host.log, "01: 01:06 01: 00:");
}

/* ---- macros -----------------------------------------------------------------
 */

static void chords_go_down_in_order_and_up_again(void **state)
{
	struct rig *rig = *state;

	start_keys(rig, "ctrl-alt-del, wait 1ms, f1");
	run(rig);
	assert_int_equal(rig->result, SERVER_TYPING_DONE);
	assert_string_equal(
			rig->host.log, "01: 05: 05:4c 05: 01: 00: 00:3a 00:");
}

static void texts_are_part_of_macros(void **state)
{
	struct rig *rig = *state;

	start_keys(rig, "text 'it''s, me', enter");
	run(rig);
	assert_typed(rig, "it's, me\n");
}

/* ---- ends -------------------------------------------------------------------
 */

static void one_job_at_a_time(void **state)
{
	struct rig *rig = *state;
	struct server_untypables untypables;
	struct server_steps *steps;
	uint64_t id;

	start_text(rig, "a", 1);
	assert_true(server_typing_is_active(rig->typing));
	assert_int_equal(server_steps_from_text(
					 &steps, "b", 1, rig->us, &untypables),
			0);
	assert_int_equal(server_typing_start(rig->typing, steps, 1, &id),
			-EBUSY);
	run(rig);
	assert_typed(rig, "a");
	assert_int_equal(server_typing_start(rig->typing, steps, 1, &id), 0);
	assert_int_equal(id, rig->id + 1);
	rig->ended = 0;
	run(rig);
	assert_typed(rig, "ab");
}

static void a_job_that_is_stopped_leaves_nothing_down(void **state)
{
	struct rig *rig = *state;
	static const uint8_t nothing[8];

	start_keys(rig, "ctrl-alt-x, f1");
	while (!rig->host.report[2])
		typed_host_turn(&rig->host);
	server_typing_stop(rig->typing, SERVER_TYPING_CANCELLED);
	typed_host_settle(&rig->host);
	assert_int_equal(rig->ended, 1);
	assert_int_equal(rig->result, SERVER_TYPING_CANCELLED);
	assert_memory_equal(rig->host.report, nothing, 8);
	server_typing_stop(rig->typing, SERVER_TYPING_TAKEN);
	assert_int_equal(rig->ended, 1);
}

static void locks_are_put_back_when_it_is_stopped(void **state)
{
	struct rig *rig = *state;

	typed_host_set_locks(&rig->host, HID_LED_CAPS_LOCK);
	start_text(rig, LONG, 0);
	run_until_typed(rig, 3);
	server_typing_stop(rig->typing, SERVER_TYPING_TAKEN);
	typed_host_settle(&rig->host);
	assert_int_equal(rig->result, SERVER_TYPING_TAKEN);
	assert_int_equal(rig->host.locks, HID_LED_CAPS_LOCK);
	assert_true(rig->host.typed_n < sizeof(LONG) - 1);
}

static void a_host_that_does_not_read_ends_it(void **state)
{
	struct rig *rig = *state;

	start_text(rig, LONG, 1);
	run_until_typed(rig, 5);
	typed_host_sleep(&rig->host);
	run(rig);
	assert_int_equal(rig->result, SERVER_TYPING_STALLED);
	assert_true(server_typing_get_progress(rig->typing).typed <
			sizeof(LONG) - 1);
}

static enum server_typing_result doze_over(struct rig *rig, bool odd)
{
	rig->ended = 0;
	rig->host.typed_n = 0;
	start_text(rig, LONG, 1);
	run_until_typed(rig, 5);
	typed_host_doze(&rig->host, 2 * HID_STALE_US);
	if (odd)
		hid_input_key(rig->host.input, 0xe0, true, 0);
	run(rig);
	hid_input_key(rig->host.input, 0xe0, false, 0);
	typed_host_settle(&rig->host);
	assert_memory_equal(rig->host.typed, LONG, rig->host.typed_n);
	if (rig->result == SERVER_TYPING_DONE)
		assert_int_equal(rig->host.typed_n, sizeof(LONG) - 1);
	return rig->result;
}

/*
 * What it missed cannot be made good by going on. A release is never lost: of
 * an even and an odd number of reports, one leaves a press waiting.
 */
static void nothing_follows_what_got_lost(void **state)
{
	enum server_typing_result even = doze_over(*state, false);
	enum server_typing_result odd = doze_over(*state, true);

	assert_true(even == SERVER_TYPING_STALLED ||
			odd == SERVER_TYPING_STALLED);
}

/* Hosts nod off while they load drivers. */
static void a_host_that_dozes_loses_nothing(void **state)
{
	struct rig *rig = *state;

	start_text(rig, LONG, 1);
	run_until_typed(rig, 5);
	typed_host_doze(&rig->host, HID_STALE_US / 2);
	run(rig);
	assert_typed(rig, LONG);
}

static void a_host_that_vanishes_ends_it(void **state)
{
	struct rig *rig = *state;
	struct server_untypables untypables;
	struct server_steps *steps;
	uint64_t id;

	start_text(rig, LONG, 1);
	run_until_typed(rig, 5);
	typed_host_vanish(&rig->host);
	run(rig);
	assert_int_equal(rig->result, SERVER_TYPING_GONE);
	assert_int_equal(server_steps_from_text(
					 &steps, "b", 1, rig->us, &untypables),
			0);
	assert_int_equal(server_typing_start(rig->typing, steps, 1, &id),
			-EHOSTDOWN);
	server_steps_destroy(steps);
}

static void results_have_names(void **state)
{
	(void)state;
	assert_string_equal(
			server_typing_result_name(SERVER_TYPING_DONE), "done");
	for (int i = 0; i < SERVER_TYPING_RESULTS; i++)
		assert_true(strlen(server_typing_result_text((
					    enum server_typing_result)i)) > 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(a_short_text_is_typed_as_it_is),
			TEST(leds_set_the_pace),
			TEST(num_lock_stays_on_if_it_was),
			TEST(a_host_without_leds_gets_a_delay),
			TEST(a_delay_that_is_asked_for_needs_no_leds),
			TEST(leds_that_fall_silent_are_not_waited_for),
			TEST(no_more_waits_than_one_step),
			TEST(caps_lock_is_off_meanwhile),
			TEST(nothing_is_typed_where_caps_lock_stays),
			TEST(chords_leave_caps_lock_alone),
			TEST(chords_go_down_in_order_and_up_again),
			TEST(texts_are_part_of_macros),
			TEST(one_job_at_a_time),
			TEST(a_job_that_is_stopped_leaves_nothing_down),
			TEST(locks_are_put_back_when_it_is_stopped),
			TEST(a_host_that_does_not_read_ends_it),
			TEST(nothing_follows_what_got_lost),
			TEST(a_host_that_dozes_loses_nothing),
			TEST(a_host_that_vanishes_ends_it),
			cmocka_unit_test(results_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
