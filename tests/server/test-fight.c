/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/typist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/server/desk.h"

/*
 * Two who do not give way: each types chords of its own, asks, takes, leaves in
 * the midst of a chord and comes back. Whatever they do, the target sees the
 * chords of one of them at a time, and nothing pressed in the end.
 */
#define STEP_US (10 * CLOCK_US_PER_MS)

/* What each of the two types, as codes, and as reports show it. */
static const struct hand {
	uint32_t codes[2];
	uint8_t modifiers;
	uint8_t usage;
} hands[2] = {
		{{XT_RIGHT_CTRL, XT_A}, 0x10, 0x04},
		{{XT_LEFT_SHIFT, XT_B}, 0x02, 0x05},
};

struct fighter {
	const struct hand *hand;
	vnc_viewer_id viewer;
	bool held[2];
};

struct fight {
	struct desk *desk;
	struct fighter fighters[2];
	vnc_viewer_id last_viewer;
	uint64_t seed;
	unsigned chords[2]; /* whole ones that the target saw */
};

static uint32_t choose(struct fight *fight, uint32_t below)
{
	fight->seed = fight->seed * UINT64_C(6364136223846793005) +
			UINT64_C(1442695040888963407);
	return (uint32_t)(fight->seed >> 33) % below;
}

static bool has_key(const uint8_t *report, uint8_t usage)
{
	return memchr(report + 2, usage, HID_KEYBOARD_REPORT_BYTES - 2);
}

/* Which of the two a report is of; 2: of neither. */
static unsigned whose(const uint8_t *report)
{
	bool of[2];

	for (int i = 0; i < 2; i++)
		of[i] = report[0] & hands[i].modifiers ||
				has_key(report, hands[i].usage);
	assert_false(of[0] && of[1]);
	assert_int_equal(report[0] & ~(hands[0].modifiers | hands[1].modifiers),
			0);
	return of[0] ? 0 : of[1] ? 1 : 2;
}

static bool is_up(const uint8_t *report)
{
	static const uint8_t up[HID_KEYBOARD_REPORT_BYTES];

	return memcmp(report, up, sizeof(up)) == 0;
}

/* Looks at all reports; the newest one stays in `report`. */
static void watch(struct fight *fight, uint8_t *report)
{
	desk_settle(fight->desk);
	while (desk_read_keyboard(fight->desk, report)) {
		unsigned who = whose(report);

		if (who < 2 && report[0] && has_key(report, hands[who].usage))
			fight->chords[who]++;
	}
}

static void toggle(struct fight *fight, struct fighter *fighter)
{
	uint32_t i = choose(fight, 2);

	fighter->held[i] = !fighter->held[i];
	desk_key(fight->desk, fighter->viewer, 0, fighter->hand->codes[i],
			fighter->held[i]);
}

static void tap_scroll_lock(struct fight *fight, struct fighter *fighter)
{
	desk_key(fight->desk, fighter->viewer, 0, XT_SCROLL_LOCK, true);
	desk_key(fight->desk, fighter->viewer, 0, XT_SCROLL_LOCK, false);
}

static void leave(struct fight *fight, struct fighter *fighter)
{
	server_turn_leave(fight->desk->turn, fighter->viewer);
	fighter->viewer = ++fight->last_viewer;
	memset(fighter->held, 0, sizeof(fighter->held));
}

static void act(struct fight *fight, struct fighter *fighter)
{
	switch (choose(fight, 64)) {
	case 0:
		leave(fight, fighter);
		break;
	case 1:
	case 2:
		tap_scroll_lock(fight, fighter);
		tap_scroll_lock(fight, fighter);
		break;
	case 3: /* to be called away, too, happens */
		desk_wait(choose(fight, 2 * SERVER_TURN_IDLE_US));
		break;
	default:
		toggle(fight, fighter);
		break;
	}
}

static void two_who_fight_never_type_at_once(void **state)
{
	struct fight fight = {
			.desk = *state,
			.fighters = {{&hands[0], 1, {false, false}},
					{&hands[1], 2, {false, false}}},
			.last_viewer = 2,
			.seed = 7,
	};
	uint64_t fought_us = (getenv("RACKHAND_TEST_FULL") ? 3600 : 60) *
			CLOCK_US_PER_S;
	uint8_t report[HID_KEYBOARD_REPORT_BYTES] = {0};

	for (uint64_t us = 0; us < fought_us; us += STEP_US) {
		act(&fight, &fight.fighters[choose(&fight, 2)]);
		desk_wait(STEP_US);
		watch(&fight, report);
	}
	assert_true(fight.chords[0] > 50 && fight.chords[1] > 50);
	for (int i = 0; i < 2; i++)
		leave(&fight, &fight.fighters[i]);
	watch(&fight, report);
	assert_true(is_up(report));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
			cmocka_unit_test_setup_teardown(
					two_who_fight_never_type_at_once,
					desk_set_up, desk_tear_down),
			cmocka_unit_test_setup_teardown(
					two_who_fight_never_type_at_once,
					desk_set_up_seize, desk_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
