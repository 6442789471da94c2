/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/turn.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Some people, by their roles, and how the log names them. */
enum person { NOBODY, ALICE, BOB, CAROL, ROOT, WATCHER, CROWD };

static const struct {
	enum server_role role;
	const char *name;
} people[] = {
		[NOBODY] = {SERVER_ROLE_NONE, "nobody"},
		[ALICE] = {SERVER_ROLE_OPERATOR, "alice"},
		[BOB] = {SERVER_ROLE_OPERATOR, "bob"},
		[CAROL] = {SERVER_ROLE_OPERATOR, "carol"},
		[ROOT] = {SERVER_ROLE_ADMIN, "root"},
		[WATCHER] = {SERVER_ROLE_VIEWER, "watcher"},
};

static uint64_t now_us;

static uint64_t get_now_us(void)
{
	return now_us;
}

/* A target's keyboard, and a log of what became known of it. */
struct room {
	struct server_turn *turn;
	char log[512];
};

static enum server_role role_of(void *context, vnc_viewer_id viewer)
{
	(void)context;
	return viewer < CROWD ? people[viewer].role : SERVER_ROLE_OPERATOR;
}

static void append(struct room *room, const char *words)
{
	size_t used = strlen(room->log);

	snprintf(room->log + used, sizeof(room->log) - used, "%s%s",
			used ? "; " : "", words);
}

static void on_lost(void *context)
{
	append(context, "keys up");
}

static void on_changed(void *context, const struct server_turn_change *change)
{
	static const char *const words[] = {
			[SERVER_TURN_TAKEN] = "takes from",
			[SERVER_TURN_GIVEN] = "is given by",
			[SERVER_TURN_RELEASED] = "follows",
			[SERVER_TURN_ASKED] = "asks",
			[SERVER_TURN_WITHDRAWN] = "no longer asks",
	};
	char line[64] = "somebody";

	assert_in_range(change->event, 0, SERVER_TURN_EVENTS - 1);
	if (change->who < CROWD && change->from < CROWD)
		snprintf(line, sizeof(line), "%s %s %s%s",
				people[change->who].name, words[change->event],
				people[change->from].name,
				change->from_outside ? ", told so" : "");
	append(context, line);
}

static const struct server_turn_handler handler = {
		.role = role_of,
		.lost = on_lost,
		.changed = on_changed,
};

static int enter(void **state, enum config_control control)
{
	static struct room room;

	now_us = 1000000;
	room.log[0] = '\0';
	*state = &room;
	return server_turn_create(
			&room.turn, control, get_now_us, &handler, &room);
}

static int enter_idle(void **state)
{
	return enter(state, CONFIG_CONTROL_IDLE);
}

static int enter_ask(void **state)
{
	return enter(state, CONFIG_CONTROL_ASK);
}

static int enter_seize(void **state)
{
	return enter(state, CONFIG_CONTROL_SEIZE);
}

static int leave_room(void **state)
{
	struct room *room = *state;

	server_turn_destroy(room->turn);
	return 0;
}

/* What became known since the last time. */
static void assert_log(struct room *room, const char *expected)
{
	assert_string_equal(room->log, expected);
	room->log[0] = '\0';
}

static void assert_operator(const struct room *room, enum person person)
{
	assert_int_equal(server_turn_get_operator(room->turn), person);
}

static bool types(struct room *room, enum person person)
{
	return server_turn_claim(room->turn, person, true);
}

static bool moves_the_mouse(struct room *room, enum person person)
{
	return server_turn_claim(room->turn, person, false);
}

static void knocks(struct room *room, enum person person)
{
	server_turn_knock(room->turn, person);
}

static void waits(uint64_t us)
{
	now_us += us;
}

/* ---- typing ---------------------------------------------------------------
 */

static void who_types_first_operates(void **state)
{
	struct room *room = *state;

	assert_operator(room, NOBODY);
	assert_true(types(room, ALICE));
	assert_operator(room, ALICE);
	assert_log(room, "alice takes from nobody");
}

static void input_of_others_does_not_count_and_asks_nothing(void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	assert_log(room, "alice takes from nobody");
	assert_false(types(room, BOB));
	assert_false(types(room, ROOT));
	assert_log(room, "");
	assert_operator(room, ALICE);
	assert_true(types(room, ALICE));
}

static void a_viewer_never_operates(void **state)
{
	struct room *room = *state;

	assert_false(types(room, WATCHER));
	assert_false(moves_the_mouse(room, WATCHER));
	knocks(room, WATCHER);
	assert_int_equal(server_turn_give(room->turn, WATCHER), -EPERM);
	assert_operator(room, NOBODY);
	types(room, ALICE);
	waits(SERVER_TURN_IDLE_US);
	assert_false(types(room, WATCHER));
	knocks(room, WATCHER);
	assert_log(room, "alice takes from nobody");
}

static void who_is_idle_can_be_followed(void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	waits(SERVER_TURN_IDLE_US - 1);
	assert_false(types(room, BOB));
	waits(1);
	assert_true(types(room, BOB));
	assert_log(room,
			"alice takes from nobody; "
			"keys up; bob takes from alice");
	assert_false(types(room, ALICE));
}

static void input_keeps_the_keyboard(void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	waits(SERVER_TURN_IDLE_US - 1);
	moves_the_mouse(room, ALICE);
	waits(SERVER_TURN_IDLE_US - 1);
	assert_false(types(room, BOB));
}

static void ignored_input_does_not_make_the_operator_busy(void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	waits(SERVER_TURN_IDLE_US / 2);
	types(room, BOB);
	waits(SERVER_TURN_IDLE_US / 2);
	assert_true(types(room, BOB));
}

static void motion_takes_what_is_free_but_nothing_from_anybody(void **state)
{
	struct room *room = *state;

	assert_true(moves_the_mouse(room, ALICE));
	waits(SERVER_TURN_IDLE_US);
	assert_false(moves_the_mouse(room, BOB));
	assert_operator(room, ALICE);
	assert_true(types(room, BOB));
}

static void where_it_is_only_given_idling_loses_nothing(void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	waits(100 * SERVER_TURN_IDLE_US);
	assert_false(types(room, BOB));
	knocks(room, BOB);
	assert_log(room, "alice takes from nobody; bob asks alice");
	assert_operator(room, ALICE);
}

/* ---- Scroll Lock twice ----------------------------------------------------
 */

static void the_operator_lets_go(void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	knocks(room, ALICE);
	assert_operator(room, NOBODY);
	assert_log(room,
			"alice takes from nobody; "
			"keys up; nobody follows alice");
	assert_true(moves_the_mouse(room, BOB));
}

static void who_let_go_does_not_take_it_back_by_accident(void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	knocks(room, ALICE);
	assert_false(moves_the_mouse(room, ALICE));
	assert_operator(room, NOBODY);
	assert_true(types(room, ALICE));
	assert_operator(room, ALICE);
}

static void what_is_free_is_taken(void **state)
{
	struct room *room = *state;

	knocks(room, BOB);
	assert_log(room, "bob takes from nobody");
}

static void what_is_used_is_asked_for_once(void **state)
{
	struct room *room = *state;
	vnc_viewer_id askers[SERVER_TURN_ASKERS_MAX];

	types(room, ALICE);
	knocks(room, BOB);
	knocks(room, CAROL);
	knocks(room, BOB);
	assert_log(room,
			"alice takes from nobody; "
			"bob asks alice; carol asks alice");
	assert_operator(room, ALICE);
	assert_int_equal(server_turn_get_askers(room->turn, askers), 2);
	assert_int_equal(askers[0], BOB);
	assert_int_equal(askers[1], CAROL);
}

static void who_asked_first_is_given_it_first(void **state)
{
	struct room *room = *state;
	vnc_viewer_id askers[SERVER_TURN_ASKERS_MAX];

	types(room, ALICE);
	knocks(room, BOB);
	knocks(room, CAROL);
	room->log[0] = '\0';
	knocks(room, ALICE);
	assert_log(room, "keys up; bob is given by alice");
	assert_int_equal(server_turn_get_askers(room->turn, askers), 1);
	knocks(room, BOB);
	assert_log(room, "keys up; carol is given by bob");
	knocks(room, CAROL);
	assert_log(room, "keys up; nobody follows carol");
}

static void what_is_given_is_not_idle(void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	knocks(room, BOB);
	waits(SERVER_TURN_IDLE_US);
	knocks(room, ALICE);
	assert_operator(room, BOB);
	assert_false(types(room, CAROL));
}

static void who_is_idle_is_not_asked(void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	waits(SERVER_TURN_IDLE_US);
	knocks(room, BOB);
	assert_operator(room, BOB);
}

static void who_takes_it_asks_no_longer(void **state)
{
	struct room *room = *state;
	vnc_viewer_id askers[SERVER_TURN_ASKERS_MAX];

	types(room, ALICE);
	knocks(room, BOB);
	waits(SERVER_TURN_IDLE_US);
	types(room, BOB);
	assert_int_equal(server_turn_get_askers(room->turn, askers), 0);
}

static void an_admin_seizes_it(void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	knocks(room, ROOT);
	assert_log(room,
			"alice takes from nobody; "
			"keys up; root takes from alice");
	knocks(room, ALICE);
	assert_log(room, "alice asks root");
}

static void where_it_may_be_seized_everybody_does(void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	assert_false(types(room, BOB)); /* not by accident */
	knocks(room, BOB);
	knocks(room, ALICE);
	assert_log(room,
			"alice takes from nobody; "
			"keys up; bob takes from alice; "
			"keys up; alice takes from bob");
}

static void too_many_cannot_ask(void **state)
{
	struct room *room = *state;
	vnc_viewer_id askers[SERVER_TURN_ASKERS_MAX];

	types(room, ALICE);
	for (unsigned i = 0; i < 2 * SERVER_TURN_ASKERS_MAX; i++)
		server_turn_knock(room->turn, CROWD + i);
	assert_int_equal(server_turn_get_askers(room->turn, askers),
			SERVER_TURN_ASKERS_MAX);
	assert_int_equal(askers[0], CROWD);
}

/* ---- leaving, and from outside --------------------------------------------
 */

static void leaving_frees_it(void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	server_turn_leave(room->turn, BOB);
	assert_operator(room, ALICE);
	server_turn_leave(room->turn, ALICE);
	assert_log(room,
			"alice takes from nobody; "
			"keys up; nobody follows alice");
}

static void leaving_gives_it_to_who_asked(void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	knocks(room, BOB);
	knocks(room, CAROL);
	server_turn_leave(room->turn, BOB);
	server_turn_leave(room->turn, ALICE);
	assert_log(room,
			"alice takes from nobody; "
			"bob asks alice; carol asks alice; "
			"bob no longer asks alice; "
			"keys up; carol is given by alice");
}

static void it_is_given_to_anybody_by_name(void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	knocks(room, BOB);
	assert_int_equal(server_turn_give(room->turn, CAROL), 0);
	assert_int_equal(server_turn_give(room->turn, CAROL), 0);
	assert_log(room,
			"alice takes from nobody; bob asks alice; "
			"keys up; carol is given by alice, told so");
	assert_int_equal(server_turn_give(room->turn, BOB), 0);
	assert_log(room, "keys up; bob is given by carol, told so");
	server_turn_release(room->turn);
	assert_log(room, "keys up; nobody follows bob, told so");
	server_turn_release(room->turn);
	assert_log(room, "");
}

static void whom_it_is_taken_from_does_not_take_it_back_by_accident(
		void **state)
{
	struct room *room = *state;

	types(room, ALICE);
	server_turn_release(room->turn);
	assert_false(moves_the_mouse(room, ALICE));
	assert_true(types(room, ALICE));
}

static void it_is_told_how_long(void **state)
{
	struct room *room = *state;
	uint64_t began_us = now_us;

	types(room, ALICE);
	waits(5);
	types(room, ALICE);
	waits(5);
	assert_int_equal(server_turn_get_since_us(room->turn), began_us);
	assert_int_equal(server_turn_get_input_us(room->turn), began_us + 5);
}

#define IDLE(name) cmocka_unit_test_setup_teardown(name, enter_idle, leave_room)
#define ASK(name) cmocka_unit_test_setup_teardown(name, enter_ask, leave_room)
#define SEIZE(name)                                                            \
	cmocka_unit_test_setup_teardown(name, enter_seize, leave_room)

int main(void)
{
	static const struct CMUnitTest tests[] = {
			IDLE(who_types_first_operates),
			IDLE(input_of_others_does_not_count_and_asks_nothing),
			IDLE(a_viewer_never_operates),
			SEIZE(a_viewer_never_operates),
			IDLE(who_is_idle_can_be_followed),
			SEIZE(who_is_idle_can_be_followed),
			IDLE(input_keeps_the_keyboard),
			IDLE(ignored_input_does_not_make_the_operator_busy),
			IDLE(motion_takes_what_is_free_but_nothing_from_anybody),
			ASK(where_it_is_only_given_idling_loses_nothing),
			IDLE(the_operator_lets_go),
			IDLE(who_let_go_does_not_take_it_back_by_accident),
			ASK(what_is_free_is_taken),
			IDLE(what_is_used_is_asked_for_once),
			ASK(who_asked_first_is_given_it_first),
			IDLE(what_is_given_is_not_idle),
			IDLE(who_is_idle_is_not_asked),
			IDLE(who_takes_it_asks_no_longer),
			ASK(an_admin_seizes_it),
			SEIZE(where_it_may_be_seized_everybody_does),
			ASK(too_many_cannot_ask),
			IDLE(leaving_frees_it),
			ASK(leaving_gives_it_to_who_asked),
			ASK(it_is_given_to_anybody_by_name),
			IDLE(whom_it_is_taken_from_does_not_take_it_back_by_accident),
			IDLE(it_is_told_how_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#undef IDLE
#undef ASK
#undef SEIZE
