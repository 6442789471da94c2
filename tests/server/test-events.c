/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/events.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Somebody who listens, and what it heard. */
struct ear {
	struct server_event_listener listener;
	struct server_events *events;
	struct ear *sends_away; /* when it hears something */
	bool says_more;         /* once */
	unsigned heard_n;
	char heard[256]; /* cut off */
	enum server_event_type last;
};

struct rig {
	sd_event *loop;
	struct server_events *events;
	struct ear ears[3];
};

static void on_event(void *context, const struct server_event *event)
{
	struct ear *ear = context;
	size_t used = strlen(ear->heard);
	const char *word =
			json_string_value(json_object_get(event->data, "word"));

	ear->heard_n++;
	ear->last = event->type;
	snprintf(ear->heard + used, sizeof(ear->heard) - used, "%s%s %s %s",
			used ? "; " : "", server_event_name(event->type),
			event->target ? event->target : "-", word ? word : "-");
	if (ear->sends_away)
		server_events_leave(ear->events, &ear->sends_away->listener);
	if (ear->says_more)
		server_events_publish(ear->events, SERVER_EVENT_CONTROL,
				"rack2", NULL);
	ear->says_more = false;
}

static int set_up(void **state)
{
	static struct rig rig;

	rig = (struct rig){0};
	assert_true(sd_event_new(&rig.loop) >= 0);
	assert_int_equal(server_events_create(&rig.events, rig.loop), 0);
	for (size_t i = 0; i < 3; i++) {
		rig.ears[i].listener.event = on_event;
		rig.ears[i].listener.context = &rig.ears[i];
		rig.ears[i].events = rig.events;
	}
	*state = &rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	for (size_t i = 0; i < 3; i++)
		server_events_leave(rig->events, &rig->ears[i].listener);
	server_events_destroy(rig->events);
	sd_event_unref(rig->loop);
	return 0;
}

static void listen_with(struct rig *rig, size_t ears_n)
{
	for (size_t i = 0; i < ears_n; i++)
		server_events_listen(rig->events, &rig->ears[i].listener);
}

static void publish(struct rig *rig, enum server_event_type type,
		const char *target, const char *word)
{
	server_events_publish(rig->events, type, target,
			word ? json_pack("{s:s}", "word", word) : NULL);
}

/* Until nothing more happens. */
static void turn(struct rig *rig)
{
	while (sd_event_run(rig->loop, 0) > 0)
		;
}

static void all_hear_the_same_in_order(void **state)
{
	struct rig *rig = *state;

	listen_with(rig, 2);
	publish(rig, SERVER_EVENT_SESSION, NULL, "ada");
	publish(rig, SERVER_EVENT_TARGET, "rack1", NULL);
	publish(rig, SERVER_EVENT_SESSION, NULL, "olga");
	turn(rig);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(rig->ears[i].heard,
				"session - ada; target rack1 -; session - olga");
	assert_int_equal(rig->ears[2].heard_n, 0);
}

static void nobody_is_called_from_within(void **state)
{
	struct rig *rig = *state;

	listen_with(rig, 1);
	publish(rig, SERVER_EVENT_TARGET, "rack1", NULL);
	assert_int_equal(rig->ears[0].heard_n, 0);
	turn(rig);
	assert_int_equal(rig->ears[0].heard_n, 1);
}

static void of_a_target_the_newest_is_told(void **state)
{
	struct rig *rig = *state;

	listen_with(rig, 1);
	publish(rig, SERVER_EVENT_TEXT, "rack1", "first");
	publish(rig, SERVER_EVENT_TEXT, "rack2", "other");
	publish(rig, SERVER_EVENT_CONTROL, "rack1", "taken");
	publish(rig, SERVER_EVENT_TEXT, "rack1", "second");
	turn(rig);
	assert_string_equal(rig->ears[0].heard,
			"text rack1 second; text rack2 other; control rack1 taken");
}

static void what_is_said_meanwhile_comes_after(void **state)
{
	struct rig *rig = *state;

	listen_with(rig, 2);
	rig->ears[1].says_more = true;
	publish(rig, SERVER_EVENT_TARGET, "rack1", NULL);
	turn(rig);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(rig->ears[i].heard,
				"target rack1 -; control rack2 -");
}

/* The newest listener is told first. */
static void who_is_sent_away_hears_no_more(void **state)
{
	struct rig *rig = *state;

	listen_with(rig, 3);
	rig->ears[2].sends_away = &rig->ears[1];
	publish(rig, SERVER_EVENT_TARGET, "rack1", NULL);
	turn(rig);
	assert_int_equal(rig->ears[2].heard_n, 1);
	assert_int_equal(rig->ears[1].heard_n, 0);
	assert_int_equal(rig->ears[0].heard_n, 1);
}

static void who_leaves_while_hearing_does(void **state)
{
	struct rig *rig = *state;

	listen_with(rig, 3);
	rig->ears[1].sends_away = &rig->ears[1];
	publish(rig, SERVER_EVENT_SESSION, NULL, "one");
	publish(rig, SERVER_EVENT_SESSION, NULL, "two");
	turn(rig);
	assert_string_equal(rig->ears[1].heard, "session - one");
	assert_int_equal(rig->ears[0].heard_n, 2);
	assert_int_equal(rig->ears[2].heard_n, 2);
}

static void too_many_are_told_to_begin_anew(void **state)
{
	struct rig *rig = *state;

	listen_with(rig, 1);
	for (size_t i = 0; i < SERVER_EVENTS_WAITING_MAX + 5; i++)
		publish(rig, SERVER_EVENT_SESSION, NULL, "x");
	turn(rig);
	assert_int_equal(rig->ears[0].heard_n, SERVER_EVENTS_WAITING_MAX + 1);
	assert_int_equal(rig->ears[0].last, SERVER_EVENT_HELLO);
	rig->ears[0].heard[0] = '\0';
	publish(rig, SERVER_EVENT_SESSION, NULL, "y");
	turn(rig);
	assert_string_equal(rig->ears[0].heard, "session - y");
}

/* Freed all the same, which the sanitizer looks at. */
static void nobody_listens(void **state)
{
	struct rig *rig = *state;

	publish(rig, SERVER_EVENT_SESSION, NULL, "x");
	turn(rig);
	server_events_publish(NULL, SERVER_EVENT_SESSION, NULL,
			json_pack("{s:s}", "word", "y"));
}

static void what_still_waits_is_freed(void **state)
{
	struct rig *rig = *state;

	listen_with(rig, 1);
	publish(rig, SERVER_EVENT_SESSION, NULL, "x");
}

static void assert_formatted(
		enum server_event_type type, json_t *data, const char *expected)
{
	struct core_bytes *bytes;

	assert_int_equal(server_event_format(&bytes, type, data), 0);
	assert_int_equal(bytes->size, strlen(expected));
	assert_memory_equal(bytes->data, expected, bytes->size);
	core_bytes_unref(bytes);
	json_decref(data);
}

static void sent_as_the_browser_reads_it(void **state)
{
	(void)state;
	assert_formatted(
			SERVER_EVENT_HELLO, NULL, "event: hello\ndata: {}\n\n");
	/* A newline in the data would end it there. */
	assert_formatted(SERVER_EVENT_TARGET,
			json_pack("{s:s}", "name", "a\nevent: session"),
			"event: target\ndata: {\"name\":\"a\\nevent: session\"}\n\n");
}

static void only_admins_hear_of_sessions(void **state)
{
	(void)state;
	for (int i = 0; i < SERVER_EVENT_TYPES; i++) {
		enum server_event_type type = (enum server_event_type)i;

		assert_int_equal(server_event_needed(type),
				type == SERVER_EVENT_SESSION
						? SERVER_ROLE_ADMIN
						: SERVER_ROLE_VIEWER);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(all_hear_the_same_in_order),
			TEST(nobody_is_called_from_within),
			TEST(of_a_target_the_newest_is_told),
			TEST(what_is_said_meanwhile_comes_after),
			TEST(who_is_sent_away_hears_no_more),
			TEST(who_leaves_while_hearing_does),
			TEST(too_many_are_told_to_begin_anew),
			TEST(nobody_listens),
			TEST(what_still_waits_is_freed),
			TEST(sent_as_the_browser_reads_it),
			TEST(only_admins_hear_of_sessions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
