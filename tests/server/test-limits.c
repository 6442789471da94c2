/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/server/fakes.h"

#define ALICE 1
#define BOB 2

#define IDLE_US (60 * CLOCK_US_PER_S)
#define SESSION_US (600 * CLOCK_US_PER_S)

static uint64_t now_us;

static uint64_t get_now_us(void)
{
	return now_us;
}

/* A target with those who are logged in, and a log of who was sent away. */
struct room {
	sd_event *event;
	struct server_sessions *sessions;
	struct server_limits *limits;
	struct server_session_place place;
	struct server_session_place elsewhere;
	char log[512];
};

static void on_close(void *context, vnc_viewer_id viewer, const char *why)
{
	struct room *room = context;
	size_t used = strlen(room->log);

	snprintf(room->log + used, sizeof(room->log) - used, "%s%llu: %s",
			used ? "; " : "", (unsigned long long)viewer, why);
}

static int enter(void **state, uint64_t idle_us, uint64_t session_us)
{
	static struct room room;

	now_us = clock_now_us(); /* which the timer goes by */
	room = (struct room){
			.place = {"rack1", on_close, &room},
			.elsewhere = {"rack2", on_close, &room},
	};
	assert_true(sd_event_new(&room.event) >= 0);
	assert_int_equal(server_sessions_create(&room.sessions, NULL, NULL,
					 get_now_us),
			0);
	assert_int_equal(server_limits_create(&room.limits, room.event,
					 room.sessions, &room.place, idle_us,
					 session_us),
			0);
	*state = &room;
	return 0;
}

static int enter_both(void **state)
{
	return enter(state, IDLE_US, SESSION_US);
}

static int enter_unlimited(void **state)
{
	return enter(state, 0, 0);
}

/* Before anybody can look. */
static int enter_short(void **state)
{
	return enter(state, 1, 0);
}

static int leave_room(void **state)
{
	struct room *room = *state;

	server_limits_destroy(room->limits);
	server_session_end_place(room->sessions, &room->place, "the end");
	server_session_end_place(room->sessions, &room->elsewhere, "the end");
	server_sessions_destroy(room->sessions);
	sd_event_unref(room->event);
	return 0;
}

static void comes(struct room *room, const struct server_session_place *place,
		vnc_viewer_id viewer)
{
	const struct server_session_login login = {
			.kind = SERVER_SESSION_LOCAL,
			.role = SERVER_ROLE_OPERATOR,
			.peer = "unix",
			.how = "none",
	};

	assert_int_equal(server_session_begin(
					 room->sessions, place, viewer, &login),
			0);
	server_limits_watch(room->limits);
}

static void types(struct room *room, vnc_viewer_id viewer)
{
	server_session_may(server_session_find(room->sessions, &room->place,
					   viewer),
			VNC_MESSAGE_KEY);
}

static void assert_log(struct room *room, const char *expected)
{
	assert_string_equal(room->log, expected);
	room->log[0] = '\0';
}

static void who_does_nothing_is_sent_away(void **state)
{
	struct room *room = *state;
	uint64_t came_us = now_us;

	comes(room, &room->place, ALICE);
	now_us += IDLE_US - 1;
	assert_int_equal(server_limits_enforce(room->limits, now_us),
			came_us + IDLE_US);
	assert_log(room, "");
	now_us++;
	assert_int_equal(server_limits_enforce(room->limits, now_us),
			UINT64_MAX);
	assert_log(room, "1: no input for 60 s");
}

static void input_begins_the_time_anew(void **state)
{
	struct room *room = *state;

	comes(room, &room->place, ALICE);
	comes(room, &room->place, BOB);
	now_us += IDLE_US - 1;
	types(room, BOB);
	now_us++;
	assert_int_equal(server_limits_enforce(room->limits, now_us),
			now_us - 1 + IDLE_US);
	assert_log(room, "1: no input for 60 s");
}

static void nobody_stays_for_ever(void **state)
{
	struct room *room = *state;
	uint64_t came_us = now_us;

	comes(room, &room->place, ALICE);
	while (now_us < came_us + SESSION_US - 1) {
		types(room, ALICE);
		server_limits_enforce(room->limits, now_us);
		assert_log(room, "");
		now_us += IDLE_US - 1;
	}
	now_us = came_us + SESSION_US;
	types(room, ALICE);
	server_limits_enforce(room->limits, now_us);
	assert_log(room, "1: it was here for 600 s");
}

static void it_is_said_once(void **state)
{
	struct room *room = *state;

	comes(room, &room->place, ALICE);
	now_us += IDLE_US;
	server_limits_enforce(room->limits, now_us);
	assert_log(room, "1: no input for 60 s");
	assert_int_equal(server_limits_enforce(room->limits, now_us),
			UINT64_MAX);
	assert_log(room, "");
}

static void other_targets_have_other_limits(void **state)
{
	struct room *room = *state;

	comes(room, &room->elsewhere, ALICE);
	now_us += 10 * SESSION_US;
	assert_int_equal(server_limits_enforce(room->limits, now_us),
			UINT64_MAX);
	assert_log(room, "");
}

static void without_limits_nobody_goes(void **state)
{
	struct room *room = *state;

	comes(room, &room->place, ALICE);
	now_us += 1000 * SESSION_US;
	assert_int_equal(server_limits_enforce(room->limits, now_us),
			UINT64_MAX);
	assert_log(room, "");
}

static void the_timer_does_it_from_the_loop(void **state)
{
	struct room *room = *state;

	comes(room, &room->place, ALICE);
	while (room->log[0] == '\0')
		assert_true(sd_event_run(room->event, UINT64_MAX) >= 0);
	assert_log(room, "1: no input for 0 s");
	comes(room, &room->place, BOB); /* the timer had been off */
	while (room->log[0] == '\0')
		assert_true(sd_event_run(room->event, UINT64_MAX) >= 0);
	assert_log(room, "2: no input for 0 s");
}

#define BOTH(name) cmocka_unit_test_setup_teardown(name, enter_both, leave_room)

int main(void)
{
	static const struct CMUnitTest tests[] = {
			BOTH(who_does_nothing_is_sent_away),
			BOTH(input_begins_the_time_anew),
			BOTH(nobody_stays_for_ever),
			BOTH(it_is_said_once),
			BOTH(other_targets_have_other_limits),
			cmocka_unit_test_setup_teardown(
					without_limits_nobody_goes,
					enter_unlimited, leave_room),
			cmocka_unit_test_setup_teardown(
					the_timer_does_it_from_the_loop,
					enter_short, leave_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#undef BOTH
