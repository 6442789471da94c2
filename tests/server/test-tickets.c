/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/login.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"
#include "tests/server/fakes.h"

/*
 * Who is logged in somewhere else, on a page, brings viewers to a target: each
 * comes with the id of that session, and is gone with it.
 */
#define PAGE 1
#define GONE_BAD "You are logged out: log in again"

static uint64_t now_us;

static uint64_t get_now_us(void)
{
	return now_us;
}

static uint64_t get_ledger_now_us(void *context)
{
	(void)context;
	return now_us;
}

/* No password is looked at here. */
int server_passwords_check(struct server_password_check **out,
		struct server_passwords *passwords,
		const struct core_address *source, const char *name,
		const char *password, void (*done)(void *context, bool right),
		void *context)
{
	(void)passwords;
	(void)source;
	(void)name;
	(void)password;
	(void)done;
	(void)context;
	*out = NULL;
	fail();
	return 0;
}

void server_password_check_cancel(struct server_password_check *check)
{
	(void)check;
}

struct test {
	struct net_doorkeeper *doorkeeper;
	struct server_sessions *sessions;
	struct server_session_place page;
	struct server_session_place rack1;
	struct server_login *login;
	struct core_address peer;
	char refusal[128]; /* "in": none */
	char closed[64];   /* viewers that were, in order */
	char why[128];     /* of the last */
};

static void on_close(void *context, vnc_viewer_id viewer, const char *why)
{
	struct test *test = context;
	size_t used = strlen(test->closed);

	snprintf(test->closed + used, sizeof(test->closed) - used, "%u ",
			(unsigned)viewer);
	snprintf(test->why, sizeof(test->why), "%s", why);
}

static void on_answer(void *context, vnc_viewer_id viewer,
		const struct server_login_refusal *refusal)
{
	struct test *test = context;

	(void)viewer;
	snprintf(test->refusal, sizeof(test->refusal), "%s",
			refusal ? refusal->words : "in");
}

static int set_up(void **state)
{
	struct test *test = calloc(1, sizeof(*test));
	struct server_login_parts parts = {
			.users = (struct server_users *)"users",
			.passwords = (struct server_passwords *)"passwords",
			.audit = (struct server_audit *)"audit",
			.now_us = get_now_us,
	};
	struct server_login_options options = {
			.answer = on_answer,
			.context = test,
	};

	assert_non_null(test);
	log_set_level(LOG_LEVEL_ERROR);
	now_us = 1000 * CLOCK_US_PER_S;
	fake_users_set();
	test->page.close = test->rack1.close = on_close;
	test->page.context = test->rack1.context = test;
	test->page.target = "page";
	test->rack1.target = "rack1";
	assert_int_equal(core_address_parse(&test->peer, "192.0.2.1:1234"), 0);
	assert_int_equal(net_doorkeeper_create_with_clock(&test->doorkeeper,
					 get_ledger_now_us, NULL),
			0);
	assert_int_equal(server_sessions_create(&test->sessions, parts.users,
					 parts.audit, get_now_us),
			0);
	parts.doorkeeper = test->doorkeeper;
	parts.sessions = test->sessions;
	options.place = &test->rack1;
	assert_int_equal(
			server_login_create(&test->login, &parts, &options), 0);
	*state = test;
	return 0;
}

static int tear_down(void **state)
{
	struct test *test = *state;

	server_login_destroy(test->login);
	server_session_end_place(test->sessions, &test->rack1, "the end");
	server_session_end_place(test->sessions, &test->page, "the end");
	server_sessions_destroy(test->sessions);
	net_doorkeeper_destroy(test->doorkeeper);
	free(test);
	return 0;
}

static struct server_session *log_in(
		struct test *test, const struct server_user *user)
{
	const struct server_session_login login = {
			.kind = SERVER_SESSION_USER,
			.user = user->name,
			.generation = user->generation,
			.role = user->role,
			.peer = "192.0.2.1:1000",
			.how = "https",
	};

	assert_int_equal(server_session_begin(test->sessions, &test->page, PAGE,
					 &login),
			0);
	return server_session_find(test->sessions, &test->page, PAGE);
}

static struct server_session *bring(
		struct test *test, vnc_viewer_id viewer, uint64_t ticket)
{
	const struct vnc_login login = {
			.peer = &test->peer,
			.security = "browser",
			.proof = VNC_PROOF_TICKET,
			.ticket = ticket,
	};

	server_login_ask(test->login, viewer, &login);
	return server_session_find(test->sessions, &test->rack1, viewer);
}

static void a_ticket_lets_in_whose_it_is(void **state)
{
	struct test *test = *state;
	const struct server_session *page = log_in(test, &fake_users[1]);
	const struct server_session *viewer = bring(test, 7, page->id);

	assert_string_equal(test->refusal, "in");
	assert_non_null(viewer);
	assert_string_equal(viewer->user, "olga");
	assert_int_equal(viewer->kind, SERVER_SESSION_USER);
	assert_int_equal(viewer->generation, page->generation);
	assert_int_equal(viewer->role, SERVER_ROLE_OPERATOR);
	assert_string_equal(viewer->how, "browser");
	assert_string_equal(viewer->peer, "192.0.2.1:1234");
	assert_int_equal(viewer->parent, page->id);
	assert_string_equal(fake_audit_event, "login");
	assert_non_null(strstr(fake_audit_details, "\"how\":\"browser\""));
}

static void expect_out(struct test *test, const char *words, const char *reason)
{
	char member[64];

	assert_string_equal(test->refusal, words);
	assert_string_equal(fake_audit_event, "login-failed");
	snprintf(member, sizeof(member), "\"reason\":\"%s\"", reason);
	assert_non_null(strstr(fake_audit_details, member));
	now_us += 60 * CLOCK_US_PER_S; /* so that the next is audited, too */
}

/* The role is that on the target, as the users file has it now. */
static void who_has_no_role_there_stays_out(void **state)
{
	struct test *test = *state;
	const struct server_session *page = log_in(test, &fake_users[3]);

	assert_null(bring(test, 7, page->id)); /* rita's is on rack2 */
	expect_out(test, "You have no role on this machine", "no-role-here");
	assert_non_null(strstr(fake_audit_details, "\"user\":\"rita\""));
}

static void a_ticket_is_worth_nothing_once_its_session_is_over(void **state)
{
	struct test *test = *state;
	struct server_session *page = log_in(test, &fake_users[1]);
	uint64_t ticket = page->id;

	assert_null(bring(test, 7, ticket + 1));
	expect_out(test, GONE_BAD, "logged-out");
	server_session_close(page, "it logged out");
	assert_null(bring(test, 7, ticket));
	expect_out(test, GONE_BAD, "logged-out");
	server_session_end(page, "it logged out");
	assert_null(bring(test, 7, ticket));
	expect_out(test, GONE_BAD, "logged-out");
}

/* Before the sessions were reviewed. */
static void a_user_who_was_changed_is_not_that_one_any_more(void **state)
{
	struct test *test = *state;
	const struct server_session *page = log_in(test, &fake_users[1]);

	fake_users[1].generation++;
	assert_null(bring(test, 7, page->id));
	expect_out(test, GONE_BAD, "logged-out");
	fake_users[1].name = NULL;
	assert_null(bring(test, 7, page->id));
	expect_out(test, GONE_BAD, "logged-out");
}

static void a_bad_ticket_is_held_against_nobody(void **state)
{
	struct test *test = *state;

	for (unsigned i = 0; i < 2 * NET_FAILURES_FREE; i++)
		bring(test, i, 99);
	assert_int_equal(net_doorkeeper_get_wait_us(
					 test->doorkeeper, &test->peer),
			0);
}

static void closing_a_session_closes_whom_it_brought(void **state)
{
	struct test *test = *state;
	struct server_session *page = log_in(test, &fake_users[1]);
	struct server_session *first = bring(test, 7, page->id);
	struct server_session *second = bring(test, 8, page->id);
	struct server_session *other;
	const struct server_session_login alone = {
			.kind = SERVER_SESSION_USER,
			.user = "olga",
			.generation = 2,
			.role = SERVER_ROLE_OPERATOR,
			.peer = "192.0.2.1:1235",
			.how = "x509plain",
	};

	assert_int_equal(server_session_begin(test->sessions, &test->rack1, 9,
					 &alone),
			0);
	other = server_session_find(test->sessions, &test->rack1, 9);
	server_session_close(page, "it logged out");
	assert_string_equal(test->closed, "7 8 1 ");
	assert_string_equal(test->why, "it logged out");
	assert_false(server_session_may(first, VNC_MESSAGE_KEY));
	assert_false(server_session_may(second, VNC_MESSAGE_UPDATE_REQUEST));
	assert_true(server_session_may(other, VNC_MESSAGE_KEY));
}

static void an_ended_session_closes_whom_it_brought(void **state)
{
	struct test *test = *state;
	struct server_session *page = log_in(test, &fake_users[1]);
	struct server_session *viewer = bring(test, 7, page->id);

	server_session_end(page, "the page is gone");
	assert_string_equal(test->closed, "7 ");
	assert_false(server_session_may(viewer, VNC_MESSAGE_KEY));
}

static void a_removed_user_s_viewers_go_with_the_page(void **state)
{
	struct test *test = *state;
	const struct server_session *page = log_in(test, &fake_users[1]);

	bring(test, 7, page->id);
	fake_users[1].name = NULL;
	server_sessions_review(test->sessions);
	assert_string_equal(test->closed, "7 1 ");
	assert_string_equal(test->why, "this user was removed");
}

/* One viewer is closed, and the page it came from stays. */
static void closing_a_viewer_leaves_its_page(void **state)
{
	struct test *test = *state;
	const struct server_session *page = log_in(test, &fake_users[1]);

	server_session_close(bring(test, 7, page->id), "an admin wanted it");
	assert_string_equal(test->closed, "7 ");
	assert_int_equal(page->role, SERVER_ROLE_OPERATOR);
}

static void who_types_sits_before_the_page_too(void **state)
{
	struct test *test = *state;
	const struct server_session *page = log_in(test, &fake_users[1]);
	struct server_session *viewer = bring(test, 7, page->id);

	now_us += 5 * CLOCK_US_PER_S;
	server_session_may(viewer, VNC_MESSAGE_UPDATE_REQUEST);
	assert_true(page->input_us < now_us);
	server_session_may(viewer, VNC_MESSAGE_KEY);
	assert_true(page->input_us == now_us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
			TEST(a_ticket_lets_in_whose_it_is),
			TEST(who_has_no_role_there_stays_out),
			TEST(a_ticket_is_worth_nothing_once_its_session_is_over),
			TEST(a_user_who_was_changed_is_not_that_one_any_more),
			TEST(a_bad_ticket_is_held_against_nobody),
			TEST(closing_a_session_closes_whom_it_brought),
			TEST(an_ended_session_closes_whom_it_brought),
			TEST(a_removed_user_s_viewers_go_with_the_page),
			TEST(closing_a_viewer_leaves_its_page),
			TEST(who_types_sits_before_the_page_too),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
