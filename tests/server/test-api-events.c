/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-events.h"

#include "server/events.h"
#include "tests/server/api-rig.h"

static void listen_as(struct api_rig *rig, const char *grants)
{
	api_be(rig, grants);
	api_begin(rig, "events", "{}", &api_asker);
	assert_non_null(rig->stream);
	assert_string_equal(rig->type, "text/event-stream");
}

/* Until all that is known has been said. */
static void settle(struct api_rig *rig)
{
	while (sd_event_run(rig->loop, 0) > 0)
		;
	rig->heard[0] = '\0';
}

static bool heard(const struct api_rig *rig, const char *words)
{
	return strstr(rig->heard, words);
}

static bool begins_with(const struct api_rig *rig, const char *words)
{
	return strncmp(rig->heard, words, strlen(words)) == 0;
}

static void publish(struct api_rig *rig, enum server_event_type type,
		const char *target)
{
	server_events_publish(server_daemon_get_events(rig->daemon), type,
			target,
			json_pack("{s:s}", "mark", target ? target : "none"));
}

/* Marks of each target, and then, as a last one, of rack1. */
static void publish_all(struct api_rig *rig, enum server_event_type type)
{
	publish(rig, type, "rack2");
	publish(rig, type, "rack1");
}

static void begins_with_all_that_one_may_see(void **state)
{
	struct api_rig *rig = *state;

	listen_as(rig, "viewer@rack2,operator@rack3");
	assert_true(begins_with(rig, "event: hello\ndata: {}\n\n"));
	assert_true(heard(rig,
			"event: target\ndata: {\"name\":\"rack2\","
			"\"role\":\"viewer\",\"served\":true,"));
	assert_true(heard(rig, "\"name\":\"rack3\",\"role\":\"operator\""));
	assert_false(heard(rig, "rack1"));
}

static void says_what_changes(void **state)
{
	struct api_rig *rig = *state;

	listen_as(rig, "viewer");
	settle(rig);
	publish(rig, SERVER_EVENT_TARGET, "rack1");
	API_RUN_UNTIL(rig,
			heard(rig, "event: target\ndata: {\"name\":\"rack1\""));
	publish(rig, SERVER_EVENT_CONTROL, "rack2");
	API_RUN_UNTIL(rig,
			heard(rig,
					"event: control\ndata: {\"target\":\"rack2\","
					"\"policy\":\"idle\",\"operator\":null"));
	publish(rig, SERVER_EVENT_TEXT, "rack2");
	API_RUN_UNTIL(rig,
			heard(rig, "event: text\ndata: {\"mark\":\"rack2\"}\n\n"));
}

static void says_nothing_of_other_targets(void **state)
{
	static const enum server_event_type types[] = {SERVER_EVENT_TARGET,
			SERVER_EVENT_CONTROL, SERVER_EVENT_TEXT};
	struct api_rig *rig = *state;

	listen_as(rig, "viewer@rack1,admin@rack3");
	settle(rig);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		publish_all(rig, types[i]);
		API_RUN_UNTIL(rig, heard(rig, server_event_name(types[i])));
		assert_true(heard(rig, "rack1"));
		assert_false(heard(rig, "rack2"));
		settle(rig);
	}
}

static void sessions_are_for_admins_of_that_target(void **state)
{
	struct api_rig *rig = *state;

	listen_as(rig, "admin@rack1,operator@rack2");
	settle(rig);
	publish_all(rig, SERVER_EVENT_SESSION);
	API_RUN_UNTIL(rig,
			heard(rig, "event: session\ndata: {\"mark\":\"rack1\"}"));
	assert_false(heard(rig, "rack2"));
}

/* As GET /api/sessions shows them to nobody else. */
static void sessions_of_no_target_are_for_admins_of_all(void **state)
{
	struct api_rig *rig = *state;

	listen_as(rig, "admin@rack1,operator");
	settle(rig);
	publish(rig, SERVER_EVENT_SESSION, NULL);
	publish(rig, SERVER_EVENT_SESSION, "rack1");
	API_RUN_UNTIL(rig, heard(rig, "event: session"));
	assert_true(heard(rig, "rack1"));
	assert_false(heard(rig, "none"));
}

static void who_is_admin_everywhere_hears_of_logins(void **state)
{
	struct api_rig *rig = *state;

	listen_as(rig, "admin");
	settle(rig);
	publish(rig, SERVER_EVENT_SESSION, NULL);
	API_RUN_UNTIL(rig,
			heard(rig, "event: session\ndata: {\"mark\":\"none\"}"));
}

static void another_configuration_says_it_all_again(void **state)
{
	struct api_rig *rig = *state;

	listen_as(rig, "viewer");
	settle(rig);
	api_configure(rig);
	API_RUN_UNTIL(rig, heard(rig, "event: hello") && heard(rig, "rack3"));
}

static void unknown_targets_are_left_out(void **state)
{
	struct api_rig *rig = *state;

	listen_as(rig, "viewer");
	settle(rig);
	publish(rig, SERVER_EVENT_TARGET, "rack9");
	publish(rig, SERVER_EVENT_CONTROL, "rack9");
	publish(rig, SERVER_EVENT_TARGET, "rack1");
	API_RUN_UNTIL(rig, heard(rig, "rack1"));
	/* The first that is heard. */
	assert_true(begins_with(
			rig, "event: target\ndata: {\"name\":\"rack1\""));
}

static void who_does_not_read_any_more_leaves_in_peace(void **state)
{
	struct api_rig *rig = *state;

	listen_as(rig, "viewer");
	settle(rig);
	rig->deaf = true;
	publish(rig, SERVER_EVENT_TARGET, "rack1");
	settle(rig);
	api_close_stream(rig);
	publish(rig, SERVER_EVENT_TARGET, "rack1");
	settle(rig);
}

static void the_control_socket_hears_what_to_do_instead(void **state)
{
	struct api_rig *rig = *state;

	assert_int_equal(api_ask(rig, "events", "{}"), 406);
	assert_non_null(strstr(api_error(rig), "\"targets\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, api_set_up, api_tear_down)
			TEST(begins_with_all_that_one_may_see),
			TEST(says_what_changes),
			TEST(says_nothing_of_other_targets),
			TEST(sessions_are_for_admins_of_that_target),
			TEST(sessions_of_no_target_are_for_admins_of_all),
			TEST(who_is_admin_everywhere_hears_of_logins),
			TEST(another_configuration_says_it_all_again),
			TEST(unknown_targets_are_left_out),
			TEST(who_does_not_read_any_more_leaves_in_peace),
			TEST(the_control_socket_hears_what_to_do_instead),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
