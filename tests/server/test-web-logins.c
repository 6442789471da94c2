/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/web-logins.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"
#include "server/passwords.h"
#include "server/users-table.h"

/*
 * The life of a login over HTTP, by a clock of the test's own.
 */

#define PASSWORD "correct"

static uint64_t now_us;

static uint64_t get_now_us(void)
{
	return now_us;
}

/* ---- users, passwords, audit: as this test wants them ----------------------
 */

static struct server_user alice;
static bool has_alice;

size_t server_users_count(const struct server_users *users)
{
	(void)users;
	return has_alice;
}

const struct server_user *server_users_find(
		const struct server_users *users, const char *name)
{
	(void)users;
	return has_alice && strcmp(name, "alice") == 0 ? &alice : NULL;
}

enum server_role server_user_role(
		const struct server_user *user, const char *target)
{
	return server_grants_role(&user->grants, target);
}

uint64_t server_user_generation(const struct server_user *user)
{
	return user->generation;
}

int server_passwords_check(struct server_password_check **out,
		struct server_passwords *passwords,
		const struct core_address *source, const char *name,
		const char *password, void (*done)(void *context, bool right),
		void *context)
{
	(void)passwords;
	(void)source;
	*out = NULL;
	done(context,
			has_alice && strcmp(name, "alice") == 0 &&
					strcmp(password, PASSWORD) == 0);
	return 0;
}

void server_password_check_cancel(struct server_password_check *check)
{
	(void)check;
}

void server_audit_write(
		struct server_audit *audit, const char *event, json_t *details)
{
	(void)audit;
	(void)event;
	json_decref(details);
}

/* ---- the rig ---------------------------------------------------------------
 */

struct rig {
	sd_event *event;
	struct net_doorkeeper *doorkeeper;
	struct server_sessions *sessions;
	struct server_web_logins *logins;
	struct core_address peer;
	unsigned answers;
	struct server_web_login *login;
	char cookie[SERVER_BEARER_BYTES];
	enum server_login_refusal_kind refusal;
	unsigned wait_s;
	unsigned ends;
	uint64_t ended;
};

static void on_ended(void *context, uint64_t session)
{
	struct rig *rig = context;

	rig->ends++;
	rig->ended = session;
}

static void on_login(void *context, struct server_web_login *login,
		const char *cookie, const struct server_login_refusal *refusal)
{
	struct rig *rig = context;

	rig->answers++;
	rig->login = login;
	snprintf(rig->cookie, sizeof(rig->cookie), "%s", cookie ? cookie : "");
	rig->refusal = refusal ? refusal->kind : SERVER_LOGIN_BUSY;
	rig->wait_s = refusal ? refusal->wait_s : 0;
}

static void set_roles(const char *roles)
{
	char why[SERVER_GRANTS_WHY_BYTES];

	memset(&alice.grants, 0, sizeof(alice.grants));
	assert_int_equal(server_grants_parse(&alice.grants, roles, why), 0);
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct server_login_parts parts = {.now_us = get_now_us};

	assert_non_null(rig);
	log_set_level(LOG_LEVEL_ERROR);
	now_us = 1000 * CLOCK_US_PER_S;
	has_alice = true;
	memset(&alice, 0, sizeof(alice));
	strcpy(alice.name, "alice");
	alice.generation = 1;
	set_roles("operator@rack1");
	assert_true(sd_event_new(&rig->event) >= 0);
	assert_int_equal(net_doorkeeper_create(&rig->doorkeeper), 0);
	assert_int_equal(server_sessions_create(&rig->sessions, NULL, NULL,
					 get_now_us),
			0);
	parts.doorkeeper = rig->doorkeeper;
	parts.sessions = rig->sessions;
	assert_int_equal(server_web_logins_create(
					 &rig->logins, rig->event, &parts),
			0);
	server_web_logins_set_ended(rig->logins, on_ended, rig);
	assert_int_equal(core_address_parse(&rig->peer, "192.0.2.1:1234"), 0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	server_web_logins_destroy(rig->logins);
	server_web_logins_destroy(NULL);
	assert_null(server_session_next(rig->sessions, NULL));
	server_sessions_destroy(rig->sessions);
	net_doorkeeper_destroy(rig->doorkeeper);
	sd_event_unref(rig->event);
	free(rig);
	return 0;
}

static void ask(struct rig *rig, const char *user, const char *password)
{
	unsigned before = rig->answers;

	server_web_login_ask(
			rig->logins, &rig->peer, user, password, on_login, rig);
	assert_int_equal(rig->answers, before + 1);
}

static void log_in(struct rig *rig)
{
	ask(rig, "alice", PASSWORD);
	assert_non_null(rig->login);
}

/* Bounded: the loop's clock is not the rig's, and a timer may be due forever.
 */
static void turn(struct rig *rig)
{
	for (int i = 0; i < 8 && sd_event_run(rig->event, 0) > 0; i++)
		;
}

static unsigned count_sessions(struct rig *rig)
{
	struct server_session *session = NULL;
	unsigned n = 0;

	while ((session = server_session_next(rig->sessions, session)))
		n++;
	return n;
}

/* ---- what must be true -----------------------------------------------------
 */

static void its_cookie_and_no_other_is_known(void **state)
{
	struct rig *rig = *state;
	struct server_caller caller;
	char first[SERVER_BEARER_BYTES];

	log_in(rig);
	strcpy(first, rig->cookie);
	assert_ptr_equal(server_web_login_find(rig->logins, first), rig->login);
	assert_string_not_equal(rig->login->csrf, first);
	assert_null(server_web_login_find(rig->logins, ""));
	assert_null(server_web_login_find(rig->logins, rig->login->csrf));
	assert_true(server_web_login_get_caller(
			rig->logins, rig->login, &rig->peer, &caller));
	assert_int_equal(caller.kind, SERVER_CALLER_SESSION);
	assert_int_equal(caller.session, rig->login->session->id);
	assert_string_equal(caller.name, "alice");
	assert_int_equal(server_caller_role(&caller, "rack1"),
			SERVER_ROLE_OPERATOR);
	assert_int_equal(
			server_caller_role(&caller, "rack2"), SERVER_ROLE_NONE);
	log_in(rig);
	assert_string_not_equal(rig->cookie, first);
}

static void whatever_is_wrong_is_answered_alike(void **state)
{
	struct rig *rig = *state;

	ask(rig, "alice", "wrong");
	assert_null(rig->login);
	assert_int_equal(rig->refusal, SERVER_LOGIN_WRONG);
	ask(rig, "bob", PASSWORD);
	assert_int_equal(rig->refusal, SERVER_LOGIN_WRONG);
	for (int i = 2; i < NET_FAILURES_FREE; i++)
		ask(rig, "alice", "wrong");
	assert_int_equal(rig->refusal, SERVER_LOGIN_WRONG);
	ask(rig, "alice", PASSWORD);
	assert_null(rig->login);
	assert_int_equal(rig->refusal, SERVER_LOGIN_WAITING);
	assert_in_range(rig->wait_s, 1, 60);
	assert_int_equal(count_sessions(rig), 0);
}

static void ends_when_nobody_does_anything(void **state)
{
	struct rig *rig = *state;

	log_in(rig);
	now_us += SERVER_WEB_LOGIN_IDLE_US - 1;
	assert_non_null(server_web_login_find(rig->logins, rig->cookie));
	server_web_login_touch(rig->logins, rig->login);
	now_us += SERVER_WEB_LOGIN_IDLE_US - 1;
	assert_int_equal(server_web_login_left_us(rig->logins, rig->login), 1);
	assert_non_null(server_web_login_find(rig->logins, rig->cookie));
	now_us++; /* to have been looked up is no sign of life */
	assert_null(server_web_login_find(rig->logins, rig->cookie));
}

static void send_away(void *context, vnc_viewer_id viewer, const char *why)
{
	(void)context;
	(void)viewer;
	(void)why;
}

/* Who types into a console sits before its page, too; who watches may not. */
static void goes_on_while_somebody_types_in_a_console(void **state)
{
	static const struct server_session_place place = {
			.target = "rack1", .close = send_away};
	struct rig *rig = *state;
	struct server_session_login console = {.kind = SERVER_SESSION_USER,
			.user = "alice",
			.generation = 1,
			.role = SERVER_ROLE_OPERATOR,
			.peer = "192.0.2.1:1234",
			.how = "browser"};
	struct server_session *viewer;

	log_in(rig);
	console.parent = rig->login->session->id;
	assert_int_equal(server_session_begin(
					 rig->sessions, &place, 7, &console),
			0);
	viewer = server_session_find(rig->sessions, &place, 7);
	now_us += SERVER_WEB_LOGIN_IDLE_US - 1;
	assert_true(server_session_may(viewer, VNC_MESSAGE_UPDATE_REQUEST));
	assert_int_equal(server_web_login_left_us(rig->logins, rig->login), 1);
	assert_true(server_session_may(viewer, VNC_MESSAGE_KEY));
	assert_int_equal(server_web_login_left_us(rig->logins, rig->login),
			SERVER_WEB_LOGIN_IDLE_US);
	server_session_end(viewer, "the test is over");
}

static void ends_after_its_hours_however_busy(void **state)
{
	struct rig *rig = *state;
	uint64_t end_us;

	log_in(rig);
	end_us = now_us + SERVER_WEB_LOGIN_US;
	while (now_us + SERVER_WEB_LOGIN_IDLE_US / 2 < end_us) {
		now_us += SERVER_WEB_LOGIN_IDLE_US / 2;
		server_web_login_touch(rig->logins, rig->login);
	}
	now_us = end_us - 1;
	assert_non_null(server_web_login_find(rig->logins, rig->cookie));
	now_us++;
	assert_null(server_web_login_find(rig->logins, rig->cookie));
}

static void who_logs_out_is_nobody_at_once(void **state)
{
	struct rig *rig = *state;
	uint64_t id;

	log_in(rig);
	id = rig->login->session->id;
	server_web_login_end(rig->logins, rig->login, "logged out");
	assert_int_equal(rig->ends, 1);
	assert_int_equal(rig->ended, id);
	assert_null(server_web_login_find(rig->logins, rig->cookie));
	assert_null(server_web_login_find_session(rig->logins, id));
	turn(rig);
	assert_int_equal(count_sessions(rig), 0);
}

static void whose_rights_change_is_logged_out(void **state)
{
	struct rig *rig = *state;

	/* The highest role is the same; the target is another one. */
	log_in(rig);
	set_roles("operator@rack2");
	server_web_logins_review(rig->logins);
	assert_null(server_web_login_find(rig->logins, rig->cookie));
	log_in(rig);
	alice.generation = 2;
	server_sessions_review(rig->sessions);
	assert_null(server_web_login_find(rig->logins, rig->cookie));
	log_in(rig);
	has_alice = false;
	server_sessions_review(rig->sessions);
	assert_null(server_web_login_find(rig->logins, rig->cookie));
	assert_int_equal(rig->ends, 3);
	turn(rig);
	assert_int_equal(count_sessions(rig), 0);
}

static void one_user_keeps_nobody_else_out(void **state)
{
	struct rig *rig = *state;
	char first[SERVER_BEARER_BYTES];

	log_in(rig);
	strcpy(first, rig->cookie);
	for (int i = 0; i < 2 * SERVER_WEB_LOGINS_MAX; i++) {
		now_us++;
		log_in(rig);
		turn(rig);
	}
	assert_int_equal(count_sessions(rig), SERVER_WEB_LOGINS_PER_USER_MAX);
	assert_null(server_web_login_find(rig->logins, first));
	assert_non_null(server_web_login_find(rig->logins, rig->cookie));
}

int main(void)
{
#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			TEST(its_cookie_and_no_other_is_known),
			TEST(whatever_is_wrong_is_answered_alike),
			TEST(ends_when_nobody_does_anything),
			TEST(goes_on_while_somebody_types_in_a_console),
			TEST(ends_after_its_hours_however_busy),
			TEST(who_logs_out_is_nobody_at_once),
			TEST(whose_rights_change_is_logged_out),
			TEST(one_user_keeps_nobody_else_out),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
