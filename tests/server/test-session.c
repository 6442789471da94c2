/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/server/fakes.h"

static uint64_t now_us;

static uint64_t get_now_us(void)
{
	return now_us;
}

struct test {
	struct server_sessions *sessions;
	struct server_session_place rack1;
	struct server_session_place rack2;
	unsigned closed;
	vnc_viewer_id closed_id;
	char why[128];
};

static void on_close(void *context, vnc_viewer_id viewer, const char *why)
{
	struct test *test = context;

	test->closed++;
	test->closed_id = viewer;
	snprintf(test->why, sizeof(test->why), "%s", why);
}

static int set_up(void **state)
{
	struct test *test = calloc(1, sizeof(*test));

	assert_non_null(test);
	now_us = 1000 * CLOCK_US_PER_S;
	fake_users_set();
	fake_audit_lines = 0;
	test->rack1 = (struct server_session_place){"rack1", on_close, test};
	test->rack2 = (struct server_session_place){"rack2", on_close, test};
	assert_int_equal(server_sessions_create(&test->sessions,
					 (struct server_users *)"users",
					 (struct server_audit *)"audit",
					 get_now_us),
			0);
	*state = test;
	return 0;
}

static int tear_down(void **state)
{
	struct test *test = *state;

	server_session_end_place(test->sessions, &test->rack1, "the end");
	server_session_end_place(test->sessions, &test->rack2, "the end");
	assert_null(server_session_next(test->sessions, NULL));
	server_sessions_destroy(test->sessions);
	free(test);
	return 0;
}

static struct server_session *begin(struct test *test,
		const struct server_session_place *place, vnc_viewer_id viewer,
		const struct server_session_login *login)
{
	assert_int_equal(server_session_begin(
					 test->sessions, place, viewer, login),
			0);
	return server_session_find(test->sessions, place, viewer);
}

static struct server_session *begin_user(struct test *test,
		vnc_viewer_id viewer, const struct server_user *user)
{
	return begin(test, &test->rack1, viewer,
			&(struct server_session_login){
					.kind = SERVER_SESSION_USER,
					.user = user->name,
					.generation = user->generation,
					.role = user->role,
					.peer = "192.0.2.1:1234",
					.how = "x509plain"});
}

static struct server_session *begin_password(struct test *test,
		const struct server_session_place *place, vnc_viewer_id viewer)
{
	return begin(test, place, viewer,
			&(struct server_session_login){
					.kind = SERVER_SESSION_PASSWORD,
					.role = SERVER_ROLE_OPERATOR,
					.peer = "192.0.2.1:1234",
					.how = "x509vnc"});
}

/* Whom it is about, and whether that one is here now. */
static void on_changed(
		void *context, const struct server_session *session, bool here)
{
	struct test *test = context;
	size_t used = strlen(test->why);

	snprintf(test->why + used, sizeof(test->why) - used, "%s %s; ",
			session->user, here ? "comes" : "goes");
}

/* ---- who is here ------------------------------------------------------------
 */

static void knows_who_is_logged_in(void **state)
{
	struct test *test = *state;
	const struct server_session *olga = begin_user(test, 7, &fake_users[1]);
	const struct server_session *any =
			begin_password(test, &test->rack2, 7);

	assert_string_equal(olga->user, "olga");
	assert_int_equal(olga->role, SERVER_ROLE_OPERATOR);
	assert_string_equal(olga->peer, "192.0.2.1:1234");
	assert_string_equal(olga->how, "x509plain");
	assert_true(olga->login_us == now_us);
	assert_string_equal(any->user, "(password)");
	assert_true(olga->id != any->id); /* the same viewer id elsewhere */
	assert_ptr_equal(server_session_next(test->sessions, NULL), olga);
	assert_ptr_equal(server_session_next(test->sessions, olga), any);
	assert_null(server_session_next(test->sessions, any));
	assert_ptr_equal(server_session_find_id(test->sessions, any->id), any);
	assert_null(server_session_find_id(test->sessions, 99));
	assert_null(server_session_find(test->sessions, &test->rack1, 8));
}

static void audits_when_one_comes_and_goes(void **state)
{
	struct test *test = *state;
	struct server_session *olga = begin_user(test, 7, &fake_users[1]);

	assert_string_equal(fake_audit_event, "login");
	assert_string_equal(fake_audit_details,
			"{\"session\":1,\"target\":\"rack1\",\"user\":\"olga\",\"role\":\"operator\",\"peer\":\"192.0.2.1:1234\",\"how\":\"x509plain\"}");
	now_us += 90 * CLOCK_US_PER_S;
	server_session_end(olga, "it closed the connection");
	assert_string_equal(fake_audit_event, "disconnect");
	assert_string_equal(fake_audit_details,
			"{\"session\":1,\"target\":\"rack1\",\"user\":\"olga\",\"peer\":\"192.0.2.1:1234\",\"reason\":\"it closed the connection\",\"duration_s\":90}");
	assert_int_equal(fake_audit_lines, 2);
}

static void tells_when_one_comes_and_goes(void **state)
{
	struct test *test = *state;
	struct server_session *olga;

	server_sessions_set_changed(test->sessions, on_changed, test);
	olga = begin_user(test, 7, &fake_users[1]);
	begin_user(test, 8, &fake_users[2]);
	server_session_end(olga, "left");
	assert_string_equal(test->why, "olga comes; ada comes; olga goes; ");
	server_sessions_set_changed(test->sessions, NULL, NULL);
}

static void ends_all_of_a_place_that_is_no_more(void **state)
{
	struct test *test = *state;

	begin_password(test, &test->rack1, 1);
	begin_password(test, &test->rack2, 1);
	begin_password(test, &test->rack1, 2);
	server_session_end_place(test->sessions, &test->rack1, "gone");
	assert_int_equal(fake_audit_lines, 5);
	assert_int_equal(test->closed, 0);
	assert_null(server_session_find(test->sessions, &test->rack1, 1));
	assert_null(server_session_find(test->sessions, &test->rack1, 2));
	assert_non_null(server_session_find(test->sessions, &test->rack2, 1));
}

/* ---- what they may ----------------------------------------------------------
 */

static void asks_the_table_for_each_message(void **state)
{
	struct test *test = *state;
	struct server_session *victor = begin_user(test, 1, &fake_users[0]);
	struct server_session *olga = begin_user(test, 2, &fake_users[1]);

	assert_true(server_session_may(victor, VNC_MESSAGE_UPDATE_REQUEST));
	assert_false(server_session_may(victor, VNC_MESSAGE_KEY));
	assert_false(server_session_may(victor, VNC_MESSAGE_POINTER));
	assert_true(server_session_may(olga, VNC_MESSAGE_KEY));
	assert_false(server_session_may(NULL, VNC_MESSAGE_UPDATE_REQUEST));
}

static void notes_when_somebody_sat_there(void **state)
{
	struct test *test = *state;
	struct server_session *victor = begin_user(test, 1, &fake_users[0]);

	now_us += CLOCK_US_PER_S;
	server_session_may(victor, VNC_MESSAGE_UPDATE_REQUEST);
	assert_true(victor->input_us == victor->login_us);
	server_session_may(victor, VNC_MESSAGE_POINTER); /* it tried to */
	assert_true(victor->input_us == now_us);
}

/* ---- and when not any more --------------------------------------------------
 */

static void who_is_closed_may_nothing_more(void **state)
{
	struct test *test = *state;
	struct server_session *ada = begin_user(test, 5, &fake_users[2]);

	server_session_close(ada, "because");
	assert_int_equal(test->closed, 1);
	assert_int_equal(test->closed_id, 5);
	assert_string_equal(test->why, "because");
	for (int kind = 0; kind < VNC_MESSAGE_KINDS; kind++)
		assert_false(server_session_may(
				ada, (enum vnc_message_kind)kind));
	server_session_close(ada, "again");
	assert_int_equal(test->closed, 1);
}

static void review_leaves_alone_who_is_as_before(void **state)
{
	struct test *test = *state;

	begin_user(test, 1, &fake_users[0]);
	begin_user(test, 2, &fake_users[1]);
	begin_password(test, &test->rack1, 3);
	begin(test, &test->rack1, 4,
			&(struct server_session_login){
					.kind = SERVER_SESSION_LOCAL,
					.role = SERVER_ROLE_ADMIN,
					.peer = "unix",
					.how = "none"});
	server_sessions_review(test->sessions);
	assert_int_equal(test->closed, 0);
}

static void expect_closed(struct test *test, const char *why)
{
	server_sessions_review(test->sessions);
	assert_int_equal(test->closed, 1);
	assert_int_equal(test->closed_id, 2);
	assert_string_equal(test->why, why);
}

static void closes_a_user_who_was_removed(void **state)
{
	struct test *test = *state;

	begin_user(test, 1, &fake_users[0]);
	begin_user(test, 2, &fake_users[1]);
	fake_users[1].name = NULL;
	expect_closed(test, "this user was removed");
}

static void closes_a_user_with_another_password(void **state)
{
	struct test *test = *state;

	begin_user(test, 1, &fake_users[0]);
	begin_user(test, 2, &fake_users[1]);
	fake_users[1].generation++;
	expect_closed(test, "this user's password was changed");
}

static void closes_a_user_with_another_role_here(void **state)
{
	struct test *test = *state;

	begin_user(test, 1, &fake_users[0]);
	begin_user(test, 2, &fake_users[1]);
	fake_users[1].target = "rack1"; /* the same role as before, here */
	server_sessions_review(test->sessions);
	assert_int_equal(test->closed, 0);
	fake_users[1].target = "rack2";
	expect_closed(test, "this user's role was changed");
}

static void closes_even_who_gained_a_role(void **state)
{
	struct test *test = *state;

	begin_user(test, 2, &fake_users[1]);
	fake_users[1].role = SERVER_ROLE_ADMIN;
	expect_closed(test, "this user's role was changed");
}

static void closes_who_came_by_a_password_that_is_another(void **state)
{
	struct test *test = *state;

	begin_user(test, 1, &fake_users[1]);
	begin_password(test, &test->rack1, 2);
	begin_password(test, &test->rack2, 3);
	server_session_close_password(test->sessions, &test->rack1);
	assert_int_equal(test->closed, 1);
	assert_int_equal(test->closed_id, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
			TEST(knows_who_is_logged_in),
			TEST(audits_when_one_comes_and_goes),
			TEST(tells_when_one_comes_and_goes),
			TEST(ends_all_of_a_place_that_is_no_more),
			TEST(asks_the_table_for_each_message),
			TEST(notes_when_somebody_sat_there),
			TEST(who_is_closed_may_nothing_more),
			TEST(review_leaves_alone_who_is_as_before),
			TEST(closes_a_user_who_was_removed),
			TEST(closes_a_user_with_another_password),
			TEST(closes_a_user_with_another_role_here),
			TEST(closes_even_who_gained_a_role),
			TEST(closes_who_came_by_a_password_that_is_another),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
