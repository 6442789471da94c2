/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/typist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/server/desk.h"

#define KEYSYM_ISO_LEVEL3 0xfe03
#define KEYSYM_CONTROL_L 0xffe3
#define KEYSYM_DEAD_ACUTE 0xfe51
#define XT_V 0x2f

static struct hid_layout *layouts[2];
enum { DE, FR };

static int set_up_layout(void **state, int layout)
{
	static const char *const names[] = {"de", "fr"};
	char why[HID_LAYOUT_WHY_BYTES];
	struct desk *desk;

	if (!layouts[layout])
		assert_int_equal(hid_layout_create(&layouts[layout],
						 names[layout], "",
						 &hid_layout_paths_system, why),
				0);
	desk_set_up(state);
	desk = *state;
	server_typist_set_layout(desk->typist, layouts[layout]);
	return 0;
}

static int set_up_de(void **state)
{
	return set_up_layout(state, DE);
}

static int set_up_fr(void **state)
{
	return set_up_layout(state, FR);
}

static void tap(struct desk *desk, uint32_t keysym)
{
	desk_key(desk, ALICE, keysym, 0, true);
	desk_key(desk, ALICE, keysym, 0, false);
}

/* ---- layouts ----------------------------------------------------------------
 */

static void keysyms_are_found_on_the_targets_keyboard(void **state)
{
	struct desk *desk = *state;

	tap(desk, 'z');
	desk_assert_keys(desk, "00:1c 00:");
	tap(desk, 0xfc); /* u umlaut */
	desk_assert_keys(desk, "00:2f 00:");
	tap(desk, 0xdc); /* U umlaut */
	desk_assert_keys(desk, "02: 02:2f 00:2f 00:");
	tap(desk, '@');
	desk_assert_keys(desk, "40: 40:14 00:14 00:");
}

static void codes_are_places_on_any_keyboard(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, 'z', XT_A, true);
	desk_key(desk, ALICE, 'z', XT_A, false);
	desk_assert_keys(desk, "00:04 00:");
}

/* A US viewer has @ on Shift-2, the German target on AltGr-Q. */
static void shifters_of_the_viewer_give_way(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, KEYSYM_SHIFT_L, 0, true);
	tap(desk, '@');
	desk_key(desk, ALICE, KEYSYM_SHIFT_L, 0, false);
	desk_assert_keys(desk, "02: 00: 40: 40:14 00:14 02:14 02: 00:");
	desk_key(desk, ALICE, KEYSYM_ISO_LEVEL3, 0, true);
	tap(desk, '@');
	desk_key(desk, ALICE, KEYSYM_ISO_LEVEL3, 0, false);
	desk_assert_keys(desk, "40: 40:14 40: 00:");
}

static void accents_without_a_key_are_typed_by_dead_ones(void **state)
{
	struct desk *desk = *state;

	tap(desk, 0xe9); /* e acute */
	desk_assert_keys(desk, "00:2e 00: 00:08 00:");
	tap(desk, KEYSYM_DEAD_ACUTE);
	desk_assert_keys(desk, "00:2e 00:");
}

static void a_chord_is_what_its_letter_says(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, KEYSYM_CONTROL_L, 0, true);
	tap(desk, 'a');
	desk_key(desk, ALICE, KEYSYM_CONTROL_L, 0, false);
	desk_assert_keys(desk, "01: 01:14 01: 00:");
}

static void digits_bring_their_shift_where_they_need_it(void **state)
{
	struct desk *desk = *state;

	tap(desk, '1');
	desk_assert_keys(desk, "02: 02:1e 00:1e 00:");
	desk_key(desk, ALICE, KEYSYM_SHIFT_L, 0, true);
	tap(desk, '1');
	tap(desk, ' ');
	desk_key(desk, ALICE, KEYSYM_SHIFT_L, 0, false);
	desk_assert_keys(desk, "02: 02:1e 02: 02:2c 02: 00:");
}

static void what_the_layout_lacks_is_where_us_has_it(void **state)
{
	struct desk *desk = *state;

	tap(desk, 0xffbe); /* F1 */
	desk_assert_keys(desk, "00:3a 00:");
	tap(desk, 0x06c1); /* a Cyrillic a: nowhere */
	desk_assert_keys(desk, "");
}

/* ---- hushed -----------------------------------------------------------------
 */

struct counts {
	unsigned interrupted;
	unsigned pasted;
	vnc_viewer_id viewer;
};

static void on_interrupted(void *context)
{
	struct counts *counts = context;

	counts->interrupted++;
}

static void on_pasted(void *context, vnc_viewer_id viewer)
{
	struct counts *counts = context;

	counts->pasted++;
	counts->viewer = viewer;
}

static struct counts counts;

static int set_up_counting(void **state)
{
	counts = (struct counts){0};
	return desk_set_up_with(state, on_interrupted, on_pasted, &counts);
}

static void what_is_held_goes_up_and_stays_up(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, KEYSYM_CONTROL_L, 0, true);
	desk_key(desk, ALICE, 'v', XT_V, true);
	desk_assert_keys(desk, "01: 01:19");
	server_typist_set_hushed(desk->typist, true);
	desk_assert_keys(desk, "00:19 00:");
	/* the viewer repeats what it holds, and lets go of it */
	desk_key(desk, ALICE, 'v', XT_V, true);
	desk_key(desk, ALICE, 'v', XT_V, false);
	server_typist_set_hushed(desk->typist, false);
	desk_key(desk, ALICE, KEYSYM_CONTROL_L, 0, false);
	desk_assert_keys(desk, "");
	assert_int_equal(counts.interrupted, 0);
	tap(desk, 'a');
	desk_assert_keys(desk, "00:04 00:");
}

static void a_key_interrupts_and_is_not_typed(void **state)
{
	struct desk *desk = *state;

	tap(desk, 'b');
	desk_assert_keys(desk, "00:05 00:");
	server_typist_set_hushed(desk->typist, true);
	tap(desk, KEYSYM_SHIFT_L);
	assert_int_equal(counts.interrupted, 0);
	desk_key(desk, ALICE, 'a', 0, true);
	assert_int_equal(counts.interrupted, 1);
	server_typist_set_hushed(desk->typist, false);
	desk_key(desk, ALICE, 'a', 0, true);
	desk_key(desk, ALICE, 'a', 0, false);
	desk_assert_keys(desk, "");
	desk_key(desk, BOB, 'a', 0, true);
	assert_int_equal(counts.interrupted, 1);
}

/* ---- paste ------------------------------------------------------------------
 */

static void v_while_scroll_lock_is_held_pastes(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, KEYSYM_SCROLL_LOCK, 0, true);
	tap(desk, 'v');
	desk_key(desk, ALICE, KEYSYM_SCROLL_LOCK, 0, false);
	/* pressed an even number of times, so it is as it was */
	desk_assert_keys(desk, "00:47 00: 00:47 00:");
	assert_int_equal(counts.pasted, 1);
	assert_int_equal(counts.viewer, ALICE);
	tap(desk, 'v');
	desk_assert_keys(desk, "00:19 00:");
	assert_int_equal(counts.pasted, 1);
}

static void only_the_operator_pastes(void **state)
{
	struct desk *desk = *state;

	tap(desk, 'a');
	desk_key(desk, BOB, KEYSYM_SCROLL_LOCK, 0, true);
	desk_key(desk, BOB, 'v', 0, true);
	assert_int_equal(counts.pasted, 0);
	desk_assert_keys(desk, "00:04 00:");
}

#define TEST(name, set_up)                                                     \
	cmocka_unit_test_setup_teardown(name, set_up, desk_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(keysyms_are_found_on_the_targets_keyboard,
					set_up_de),
			TEST(codes_are_places_on_any_keyboard, set_up_de),
			TEST(shifters_of_the_viewer_give_way, set_up_de),
			TEST(accents_without_a_key_are_typed_by_dead_ones,
					set_up_de),
			TEST(a_chord_is_what_its_letter_says, set_up_fr),
			TEST(digits_bring_their_shift_where_they_need_it,
					set_up_fr),
			TEST(what_the_layout_lacks_is_where_us_has_it,
					set_up_fr),
			TEST(what_is_held_goes_up_and_stays_up,
					set_up_counting),
			TEST(a_key_interrupts_and_is_not_typed,
					set_up_counting),
			TEST(v_while_scroll_lock_is_held_pastes,
					set_up_counting),
			TEST(only_the_operator_pastes, set_up_counting),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		hid_layout_destroy(layouts[i]);
	return failed;
}
