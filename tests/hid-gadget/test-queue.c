/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hid-gadget/input.h"

#define A 0x04
#define B 0x05
#define C 0x06
#define LEFT_CTRL 0xe0
#define LEFT_SHIFT 0xe1
#define MS UINT64_C(1000)
#define STALE (HID_STALE_US + MS)

/* A queue whose host was told the initial state at time 1000 ms. */
#define START (1000 * MS)

static struct hid_queue *create(enum hid_function function)
{
	struct hid_queue *queue = malloc(sizeof(*queue));
	uint8_t report[HID_REPORT_BYTES_MAX];

	assert_non_null(queue);
	hid_queue_init(queue, function);
	assert_true(hid_queue_next(queue, START, report));
	hid_queue_written(queue, START);
	assert_false(hid_queue_next(queue, START, report));
	return queue;
}

/* The host reads one report at this time; it must be this one. */
static void reads(struct hid_queue *queue, uint64_t now_us,
		const uint8_t *expected, size_t size)
{
	uint8_t report[HID_REPORT_BYTES_MAX];

	assert_true(hid_queue_next(queue, now_us, report));
	assert_memory_equal(report, expected, size);
	hid_queue_written(queue, now_us);
}
#define reads(queue, now_us, ...)                                              \
	reads(queue, now_us, (const uint8_t[]){__VA_ARGS__},                   \
			sizeof((const uint8_t[]){__VA_ARGS__}))

static void knows_all(struct hid_queue *queue, uint64_t now_us)
{
	uint8_t report[HID_REPORT_BYTES_MAX];

	assert_false(hid_queue_next(queue, now_us, report));
}

/* ---- keyboard ------------------------------------------------------------ */

static void edges_keep_their_order(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);

	(void)state;
	hid_queue_key(queue, LEFT_SHIFT, true, START);
	hid_queue_key(queue, A, true, START);
	hid_queue_key(queue, B, true, START);
	hid_queue_key(queue, A, false, START);
	hid_queue_key(queue, LEFT_SHIFT, false, START);
	hid_queue_key(queue, B, false, START);
	reads(queue, START, 2, 0, 0, 0, 0, 0, 0, 0);
	reads(queue, START, 2, 0, A, 0, 0, 0, 0, 0);
	reads(queue, START, 2, 0, A, B, 0, 0, 0, 0);
	reads(queue, START, 2, 0, B, 0, 0, 0, 0, 0);
	reads(queue, START, 0, 0, B, 0, 0, 0, 0, 0);
	reads(queue, START, 0, 0, 0, 0, 0, 0, 0, 0);
	knows_all(queue, START);
	free(queue);
}

static void a_repeated_press_or_release_is_none(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);

	(void)state;
	hid_queue_key(queue, A, false, START);
	knows_all(queue, START);
	hid_queue_key(queue, A, true, START);
	hid_queue_key(queue, A, true, START);
	reads(queue, START, 0, 0, A, 0, 0, 0, 0, 0);
	knows_all(queue, START);
	free(queue);
}

static void a_seventh_key_replaces_the_oldest(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);

	(void)state;
	for (uint8_t usage = A; usage < A + 7; usage++)
		hid_queue_key(queue, usage, true, START);
	hid_queue_key(queue, LEFT_CTRL, true, START);
	for (int i = 0; i < 6; i++) {
		uint8_t report[HID_REPORT_BYTES_MAX];

		assert_true(hid_queue_next(queue, START, report));
		hid_queue_written(queue, START);
	}
	reads(queue, START, 0, 0, A + 1, A + 2, A + 3, A + 4, A + 5, 0);
	reads(queue, START, 0, 0, A + 1, A + 2, A + 3, A + 4, A + 5, A + 6);
	reads(queue, START, 1, 0, A + 1, A + 2, A + 3, A + 4, A + 5, A + 6);
	hid_queue_key(queue, A, false, START);
	knows_all(queue, START);
	free(queue);
}

static void a_stale_press_vanishes_with_its_release(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);
	uint64_t pressed = START + 100 * MS;

	(void)state;
	hid_queue_key(queue, A, true, pressed);
	hid_queue_key(queue, A, false, pressed + 10 * MS);
	hid_queue_key(queue, B, true, pressed + 20 * MS);
	knows_all(queue, pressed + 20 * MS + STALE);
	hid_queue_key(queue, B, false, pressed + 30 * MS + STALE);
	knows_all(queue, pressed + 30 * MS + STALE);
	assert_int_equal(queue->dropped, 2);
	free(queue);
}

static void a_press_that_is_not_yet_stale_arrives(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);

	(void)state;
	hid_queue_key(queue, A, true, START + 100 * MS);
	reads(queue, START + 100 * MS + HID_STALE_US, 0, 0, A, 0, 0, 0, 0, 0);
	assert_int_equal(queue->dropped, 0);
	free(queue);
}

static void a_release_of_what_the_host_saw_never_gets_stale(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);
	uint64_t later = START + 3600 * 1000 * MS;

	(void)state;
	hid_queue_key(queue, LEFT_CTRL, true, START);
	reads(queue, START, 1, 0, 0, 0, 0, 0, 0, 0);
	hid_queue_key(queue, A, true, START);
	reads(queue, START, 1, 0, A, 0, 0, 0, 0, 0);
	hid_queue_key(queue, A, false, START + MS);
	hid_queue_key(queue, B, true, START + 2 * MS);
	hid_queue_key(queue, LEFT_CTRL, false, START + 3 * MS);
	hid_queue_key(queue, B, false, START + 4 * MS);
	reads(queue, later, 1, 0, 0, 0, 0, 0, 0, 0);
	reads(queue, later, 0, 0, 0, 0, 0, 0, 0, 0);
	knows_all(queue, later);
	assert_int_equal(queue->dropped, 1);
	free(queue);
}

/* The chord that is meant now has the Ctrl that has been down all along. */
static void a_stale_modifier_that_is_held_joins_the_next_press(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);
	uint64_t later = START + 2 * STALE;

	(void)state;
	hid_queue_key(queue, LEFT_CTRL, true, START);
	knows_all(queue, later);
	hid_queue_key(queue, C, true, later);
	reads(queue, later, 1, 0, C, 0, 0, 0, 0, 0);
	hid_queue_key(queue, C, false, later);
	hid_queue_key(queue, LEFT_CTRL, false, later);
	reads(queue, later, 1, 0, 0, 0, 0, 0, 0, 0);
	reads(queue, later, 0, 0, 0, 0, 0, 0, 0, 0);
	knows_all(queue, later);
	free(queue);
}

/* 10 ms a report is a full-speed keyboard; 100 keys take 2 s then. */
static void a_host_that_reads_slowly_loses_nothing(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);
	uint64_t now_us = START;

	(void)state;
	for (int i = 0; i < 100; i++) {
		hid_queue_key(queue, (uint8_t)(A + i % 26), true, START);
		hid_queue_key(queue, (uint8_t)(A + i % 26), false, START);
	}
	for (int i = 0; i < 100; i++) {
		reads(queue, now_us += 10 * MS, 0, 0, (uint8_t)(A + i % 26), 0);
		reads(queue, now_us += 10 * MS, 0, 0, 0, 0);
	}
	knows_all(queue, now_us);
	assert_int_equal(queue->dropped, 0);
	free(queue);
}

static void a_full_queue_collapses_to_what_is_held(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);

	(void)state;
	hid_queue_key(queue, LEFT_SHIFT, true, START);
	hid_queue_key(queue, A, true, START);
	reads(queue, START, 2, 0, 0, 0, 0, 0, 0, 0);
	reads(queue, START, 2, 0, A, 0, 0, 0, 0, 0);
	hid_queue_key(queue, LEFT_CTRL, true, START);
	hid_queue_key(queue, A, false, START);
	for (int i = 0; i < HID_QUEUE_ENTRIES; i++)
		hid_queue_key(queue, B, i % 2 == 0, START);
	hid_queue_key(queue, C, true, START);
	reads(queue, START, 2, 0, 0, 0, 0, 0, 0, 0);
	/* the first press after it brings the modifier's own bit, too */
	reads(queue, START, 3, 0, 0, 0, 0, 0, 0, 0);
	while (queue->count > 1) {
		uint8_t report[HID_REPORT_BYTES_MAX];

		assert_true(hid_queue_next(queue, START, report));
		hid_queue_written(queue, START);
	}
	reads(queue, START, 3, 0, C, 0, 0, 0, 0, 0);
	knows_all(queue, START);
	assert_true(queue->dropped > 200);
	free(queue);
}

static void nothing_is_replayed_after_a_gap(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);

	(void)state;
	hid_queue_key(queue, LEFT_SHIFT, true, START);
	reads(queue, START, 2, 0, 0, 0, 0, 0, 0, 0);
	hid_queue_key(queue, A, true, START);
	hid_queue_gap(queue);
	hid_queue_key(queue, B, true, START); /* ignored */
	hid_queue_key(queue, A, false, START);
	reads(queue, START, 2, 0, 0, 0, 0, 0, 0, 0);
	knows_all(queue, START);
	hid_queue_key(queue, B, true, START);
	reads(queue, START, 2, 0, B, 0, 0, 0, 0, 0);
	free(queue);
}

static void after_a_gap_all_up_is_said_too(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);

	(void)state;
	hid_queue_key(queue, A, true, START);
	reads(queue, START, 0, 0, A, 0, 0, 0, 0, 0);
	hid_queue_gap(queue);
	hid_queue_release_all(queue, START);
	reads(queue, START, 0, 0, 0, 0, 0, 0, 0, 0);
	knows_all(queue, START);
	free(queue);
}

static void release_all_releases_keys_and_modifiers(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_KEYBOARD);
	uint8_t report[HID_REPORT_BYTES_MAX];

	(void)state;
	for (uint8_t usage = LEFT_CTRL; usage != 0xe8; usage++)
		hid_queue_key(queue, usage, true, START);
	for (uint8_t usage = A; usage < A + 6; usage++)
		hid_queue_key(queue, usage, true, START);
	while (hid_queue_next(queue, START, report))
		hid_queue_written(queue, START);
	assert_memory_equal(report,
			((uint8_t[]){0xff, 0, A, A + 1, A + 2, A + 3, A + 4,
					A + 5}),
			8);
	hid_queue_release_all(queue, START);
	while (hid_queue_next(queue, START, report))
		hid_queue_written(queue, START);
	assert_memory_equal(report, ((uint8_t[8]){0}), 8);
	free(queue);
}

/* ---- pointers ------------------------------------------------------------ */

static void motion_is_coalesced_up_to_the_next_edge(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_ABSOLUTE);

	(void)state;
	hid_queue_point(queue, 1, 2, 0, 0, 0, START);
	hid_queue_point(queue, 0x1234, 0x5678, 0, 0, 0, START);
	hid_queue_point(queue, 0x1234, 0x5678, 1, 0, 0, START);
	hid_queue_point(queue, 3, 4, 1, 0, 0, START);
	hid_queue_point(queue, 5, 6, 1, 0, 0, START);
	hid_queue_point(queue, 5, 6, 0, 0, 0, START);
	hid_queue_point(queue, 7, 8, 0, 0, 0, START);
	reads(queue, START, 0, 0x34, 0x12, 0x78, 0x56, 0, 0);
	reads(queue, START, 1, 0x34, 0x12, 0x78, 0x56, 0, 0);
	reads(queue, START, 1, 5, 0, 6, 0, 0, 0);
	reads(queue, START, 0, 5, 0, 6, 0, 0, 0);
	reads(queue, START, 0, 7, 0, 8, 0, 0, 0);
	knows_all(queue, START);
	assert_int_equal(queue->coalesced, 2);
	free(queue);
}

static void corners_are_exact_and_no_further(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_ABSOLUTE);

	(void)state;
	hid_queue_point(queue, 0, 0, 0, 0, 0, START);
	reads(queue, START, 0, 0, 0, 0, 0, 0, 0);
	hid_queue_point(queue, HID_ABSOLUTE_MAX, HID_ABSOLUTE_MAX, 0, 0, 0,
			START);
	reads(queue, START, 0, 0xff, 0x7f, 0xff, 0x7f, 0, 0);
	hid_queue_point(queue, 0xffff, 0x8000, 0, 0, 0, START);
	knows_all(queue, START);
	free(queue);
}

static void all_eight_buttons_go_through(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_ABSOLUTE);

	(void)state;
	hid_queue_point(queue, 9, 9, 0, 0, 0, START);
	reads(queue, START, 0, 9, 0, 9, 0, 0, 0);
	for (int bit = 0; bit < 8; bit++) {
		uint8_t button = (uint8_t)(1U << bit);

		hid_queue_point(queue, 9, 9, button, 0, 0, START);
		hid_queue_point(queue, 9, 9, 0, 0, 0, START);
		reads(queue, START, button, 9, 0, 9, 0, 0, 0);
		reads(queue, START, 0, 9, 0, 9, 0, 0, 0);
	}
	free(queue);
}

static void wheels_turn_where_the_pointer_was(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_ABSOLUTE);

	(void)state;
	hid_queue_point(queue, 1, 1, 2, 0, 0, START);
	reads(queue, START, 2, 1, 0, 1, 0, 0, 0);
	hid_queue_point(queue, 1, 1, 2, 1, 0, START);
	hid_queue_point(queue, 1, 1, 2, 1, -1, START);
	hid_queue_point(queue, 2, 2, 2, 0, 0, START);
	hid_queue_point(queue, 2, 2, 2, -1, 0, START);
	reads(queue, START, 2, 1, 0, 1, 0, 2, 0xff);
	reads(queue, START, 2, 2, 0, 2, 0, 0xff, 0);
	knows_all(queue, START); /* the wheel is relative: no zero follows */
	free(queue);
}

static void a_long_turn_is_split(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_ABSOLUTE);

	(void)state;
	hid_queue_point(queue, 0, 0, 0, 300, -128, START);
	reads(queue, START, 0, 0, 0, 0, 0, 127, (uint8_t)-127);
	reads(queue, START, 0, 0, 0, 0, 0, 127, (uint8_t)-1);
	reads(queue, START, 0, 0, 0, 0, 0, 46, 0);
	knows_all(queue, START);
	free(queue);
}

static void a_stale_click_and_turn_vanish_but_the_place_stays(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_ABSOLUTE);
	uint64_t later = START + 2 * STALE;

	(void)state;
	hid_queue_point(queue, 7, 7, 1, 0, 0, START);
	hid_queue_point(queue, 7, 7, 0, 0, 0, START);
	hid_queue_point(queue, 8, 8, 0, 5, 0, START);
	reads(queue, later, 0, 7, 0, 7, 0, 0, 0);
	reads(queue, later, 0, 8, 0, 8, 0, 0, 0);
	knows_all(queue, later);
	assert_int_equal(queue->dropped, 2);
	free(queue);
}

static void a_button_that_the_host_saw_is_released(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_ABSOLUTE);
	uint64_t later = START + 100 * STALE;

	(void)state;
	hid_queue_point(queue, 7, 7, 1, 0, 0, START);
	reads(queue, START, 1, 7, 0, 7, 0, 0, 0);
	for (int i = 0; i < 4 * HID_QUEUE_ENTRIES; i++)
		hid_queue_point(queue, 7, 7, (uint8_t)(i % 2 ? 0 : 3), 0, 0,
				START + (uint64_t)i);
	reads(queue, later, 0, 7, 0, 7, 0, 0, 0);
	knows_all(queue, later);
	free(queue);
}

/* Any length is the sum of reports of at most 127, along a straight line. */
static void relative_motion_is_split_evenly(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_RELATIVE);
	uint8_t report[HID_REPORT_BYTES_MAX];
	int x = 0;
	int y = 0;

	(void)state;
	hid_queue_move(queue, 1000, -500, 0, 0, START);
	hid_queue_move(queue, 0, 0, 1, 0, START);
	while (queue->count > 1) {
		assert_true(hid_queue_next(queue, START, report));
		assert_int_equal(report[0], 0);
		x += (int8_t)report[1];
		y += (int8_t)report[2];
		assert_in_range(x + 2 * y + 20, 0, 40);
		hid_queue_written(queue, START);
	}
	assert_int_equal(x, 1000);
	assert_int_equal(y, -500);
	reads(queue, START, 1, 0, 0, 0);
	knows_all(queue, START);
	free(queue);
}

static void relative_motions_add_up(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_RELATIVE);

	(void)state;
	hid_queue_move(queue, 1, -2, 0, 0, START);
	hid_queue_move(queue, 3, 4, 0, -1, START);
	reads(queue, START, 0, 4, 2, 0xff);
	knows_all(queue, START);
	free(queue);
}

/* A mouse that is shaken to wake a host must not fly off once it wakes. */
static void relative_motion_gets_stale(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_RELATIVE);
	uint64_t now_us = START;

	(void)state;
	for (int i = 0; i < 100; i++)
		hid_queue_move(queue, 10, 0, 0, 0, now_us += 20 * MS);
	for (int sum = 0; sum < 510;) {
		uint8_t report[HID_REPORT_BYTES_MAX];

		if (!hid_queue_next(queue, now_us, report))
			break;
		sum += (int8_t)report[1];
		assert_in_range(sum, 1, 510);
		hid_queue_written(queue, now_us);
	}
	knows_all(queue, now_us);
	free(queue);
}

static void a_drag_ends_where_it_ends(void **state)
{
	struct hid_queue *queue = create(HID_FUNCTION_RELATIVE);

	(void)state;
	hid_queue_move(queue, 0, 0, 1, 0, START);
	reads(queue, START, 1, 0, 0, 0);
	hid_queue_move(queue, 200, 0, 0, 0, START); /* the release is the end */
	reads(queue, START, 1, 100, 0, 0);
	reads(queue, START, 0, 100, 0, 0);
	knows_all(queue, START);
	free(queue);
}

/* ---- at random ------------------------------------------------------------
 */

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 8;
}

/*
 * Whatever callers do and however the host reads: once they hold nothing and
 * the host has read all, nothing is pressed; and no edge ever tells more than
 * the callers held at some time.
 */
static void nothing_stays_pressed(void **state)
{
	uint32_t seed = 20;
	int rounds = getenv("RACKHAND_TEST_FULL") ? 20000 : 300;

	(void)state;
	for (int round = 0; round < rounds; round++) {
		enum hid_function function =
				(enum hid_function)(round % HID_FUNCTIONS);
		struct hid_queue *queue = create(function);
		uint8_t report[HID_REPORT_BYTES_MAX] = {0};
		uint64_t now_us = START;

		for (int i = 0; i < 1500; i++) {
			uint32_t r = next_random(&seed);
			uint8_t usage = (uint8_t)(r % 2 ? A + r / 2 % 10
							: LEFT_CTRL + r / 2 % 8);

			now_us += r % 64 == 1 ? STALE : r % 5000;
			if (r % 512 == 3)
				hid_queue_gap(queue);
			if (r % 16 < (uint32_t)(round % 16) &&
					hid_queue_next(queue, now_us, report))
				hid_queue_written(queue, now_us);
			if (function == HID_FUNCTION_KEYBOARD)
				hid_queue_key(queue, usage, r / 512 % 2,
						now_us);
			else if (function == HID_FUNCTION_ABSOLUTE)
				hid_queue_point(queue, (uint16_t)(r % 4),
						(uint16_t)(r / 8 % 4),
						(uint8_t)(r / 32), r % 7 == 0,
						0, now_us);
			else
				hid_queue_move(queue, (int)(r % 300) - 150, 3,
						(uint8_t)(r / 32), 0, now_us);
			assert_in_range(queue->count, 0, HID_QUEUE_ENTRIES);
		}
		hid_queue_release_all(queue, now_us);
		while (hid_queue_next(queue, now_us, report))
			hid_queue_written(queue, now_us);
		hid_queue_repeat(queue, report);
		assert_int_equal(report[0], 0);
		if (function == HID_FUNCTION_KEYBOARD)
			assert_memory_equal(report, ((uint8_t[8]){0}), 8);
		free(queue);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(edges_keep_their_order),
			cmocka_unit_test(a_repeated_press_or_release_is_none),
			cmocka_unit_test(a_seventh_key_replaces_the_oldest),
			cmocka_unit_test(
					a_stale_press_vanishes_with_its_release),
			cmocka_unit_test(a_press_that_is_not_yet_stale_arrives),
			cmocka_unit_test(
					a_release_of_what_the_host_saw_never_gets_stale),
			cmocka_unit_test(
					a_stale_modifier_that_is_held_joins_the_next_press),
			cmocka_unit_test(
					a_host_that_reads_slowly_loses_nothing),
			cmocka_unit_test(
					a_full_queue_collapses_to_what_is_held),
			cmocka_unit_test(nothing_is_replayed_after_a_gap),
			cmocka_unit_test(after_a_gap_all_up_is_said_too),
			cmocka_unit_test(
					release_all_releases_keys_and_modifiers),
			cmocka_unit_test(
					motion_is_coalesced_up_to_the_next_edge),
			cmocka_unit_test(corners_are_exact_and_no_further),
			cmocka_unit_test(all_eight_buttons_go_through),
			cmocka_unit_test(wheels_turn_where_the_pointer_was),
			cmocka_unit_test(a_long_turn_is_split),
			cmocka_unit_test(
					a_stale_click_and_turn_vanish_but_the_place_stays),
			cmocka_unit_test(
					a_button_that_the_host_saw_is_released),
			cmocka_unit_test(relative_motion_is_split_evenly),
			cmocka_unit_test(relative_motions_add_up),
			cmocka_unit_test(relative_motion_gets_stale),
			cmocka_unit_test(a_drag_ends_where_it_ends),
			cmocka_unit_test(nothing_stays_pressed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
