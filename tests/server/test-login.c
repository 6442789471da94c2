/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/login.h"

#include <errno.h>
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

#define WRONG "Wrong user name or password"
#define SECRET "canary-secret"

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

/* ---- passwords: a verdict comes when the test gives it ---------------------
 */

struct server_password_check {
	void (*done)(void *context, bool right);
	void *context;
	char name[VNC_USER_MAX_BYTES + 1];
	bool cancelled;
};

static struct server_password_check checks[16];
static size_t checks_n;
static int check_rc;

int server_passwords_check(struct server_password_check **out,
		struct server_passwords *passwords,
		const struct core_address *source, const char *name,
		const char *password, void (*done)(void *context, bool right),
		void *context)
{
	(void)passwords;
	(void)source;
	assert_string_equal(password, SECRET);
	*out = NULL;
	if (check_rc < 0)
		return check_rc;
	*out = &checks[checks_n++];
	**out = (struct server_password_check){
			.done = done, .context = context};
	snprintf((*out)->name, sizeof((*out)->name), "%s", name);
	return 0;
}

void server_password_check_cancel(struct server_password_check *check)
{
	if (check)
		check->cancelled = true;
}

static void decide(size_t index, bool right)
{
	assert_true(index < checks_n);
	assert_false(checks[index].cancelled);
	checks[index].done(checks[index].context, right);
}

/* ---- the test ---------------------------------------------------------------
 */

struct test {
	struct net_doorkeeper *doorkeeper;
	struct server_sessions *sessions;
	struct server_session_place place;
	struct server_login *login;
	struct core_address peer;
	unsigned answers;
	vnc_viewer_id answered;
	char refusal[128]; /* "in": none */
};

static void on_answer(void *context, vnc_viewer_id viewer,
		const struct server_login_refusal *refusal)
{
	struct test *test = context;

	test->answers++;
	test->answered = viewer;
	snprintf(test->refusal, sizeof(test->refusal), "%s",
			refusal ? refusal->words : "in");
}

static void open_login(struct test *test, bool has_password)
{
	const struct server_login_parts parts = {
			.doorkeeper = test->doorkeeper,
			.users = (struct server_users *)"users",
			.passwords = (struct server_passwords *)"passwords",
			.audit = (struct server_audit *)"audit",
			.sessions = test->sessions,
			.now_us = get_now_us,
	};
	const struct server_login_options options = {
			.place = &test->place,
			.password_role = SERVER_ROLE_VIEWER,
			.has_password = has_password,
			.answer = on_answer,
			.context = test,
	};

	server_login_destroy(test->login);
	assert_int_equal(
			server_login_create(&test->login, &parts, &options), 0);
}

static void come_from(struct test *test, const char *address)
{
	assert_int_equal(core_address_parse(&test->peer, address), 0);
}

static int set_up(void **state)
{
	struct test *test = calloc(1, sizeof(*test));

	assert_non_null(test);
	log_set_level(LOG_LEVEL_ERROR);
	now_us = 1000 * CLOCK_US_PER_S;
	fake_users_set();
	fake_audit_lines = 0;
	checks_n = 0;
	check_rc = 0;
	test->place.target = "rack1";
	come_from(test, "192.0.2.1:1234");
	assert_int_equal(net_doorkeeper_create_with_clock(&test->doorkeeper,
					 get_ledger_now_us, NULL),
			0);
	assert_int_equal(server_sessions_create(&test->sessions,
					 (struct server_users *)"users",
					 (struct server_audit *)"audit",
					 get_now_us),
			0);
	open_login(test, true);
	*state = test;
	return 0;
}

static int tear_down(void **state)
{
	struct test *test = *state;

	server_login_destroy(test->login);
	server_session_end_place(test->sessions, &test->place, "the end");
	server_sessions_destroy(test->sessions);
	net_doorkeeper_destroy(test->doorkeeper);
	free(test);
	return 0;
}

static void say_user(struct test *test, vnc_viewer_id viewer, const char *name)
{
	const struct vnc_login login = {
			.peer = &test->peer,
			.security = "x509plain",
			.proof = VNC_PROOF_USER,
			.user = name,
			.secret = SECRET,
	};

	server_login_ask(test->login, viewer, &login);
}

static void prove(struct test *test, vnc_viewer_id viewer, bool proved)
{
	const struct vnc_login login = {
			.peer = &test->peer,
			.security = "x509vnc",
			.proof = VNC_PROOF_PASSWORD,
			.proved = proved,
	};

	server_login_ask(test->login, viewer, &login);
}

static void expect_in(struct test *test, vnc_viewer_id viewer, const char *user,
		enum server_role role)
{
	const struct server_session *session = server_session_find(
			test->sessions, &test->place, viewer);

	assert_int_equal(test->answered, viewer);
	assert_string_equal(test->refusal, "in");
	assert_non_null(session);
	assert_string_equal(session->user, user);
	assert_int_equal(session->role, role);
	assert_string_equal(fake_audit_event, "login");
}

/* Out, with these words, and that reason in the audit. */
static void expect_out(struct test *test, vnc_viewer_id viewer,
		const char *words, const char *reason)
{
	char member[64];

	assert_int_equal(test->answered, viewer);
	assert_string_equal(test->refusal, words);
	assert_null(server_session_find(test->sessions, &test->place, viewer));
	assert_string_equal(fake_audit_event, "login-failed");
	snprintf(member, sizeof(member), "\"reason\":\"%s\"", reason);
	assert_non_null(strstr(fake_audit_details, member));
	assert_null(strstr(fake_audit_details, SECRET));
}

static uint64_t wait_s(const struct test *test)
{
	return net_doorkeeper_get_wait_us(test->doorkeeper, &test->peer) /
			CLOCK_US_PER_S;
}

/* ---- coming in --------------------------------------------------------------
 */

static void lets_a_user_in_once_the_password_is_right(void **state)
{
	struct test *test = *state;

	say_user(test, 7, "olga");
	assert_int_equal(test->answers, 0);
	assert_string_equal(checks[0].name, "olga");
	decide(0, true);
	expect_in(test, 7, "olga", SERVER_ROLE_OPERATOR);
	assert_string_equal(fake_audit_details,
			"{\"session\":1,\"target\":\"rack1\",\"user\":\"olga\",\"role\":\"operator\",\"peer\":\"192.0.2.1:1234\",\"how\":\"x509plain\"}");
	assert_int_equal(test->answers, 1);
}

static void lets_in_by_the_target_s_password_in_its_role(void **state)
{
	struct test *test = *state;

	prove(test, 7, true);
	expect_in(test, 7, "(password)", SERVER_ROLE_VIEWER);
	assert_int_equal(checks_n, 0);
}

static void takes_who_needs_prove_nothing_for_an_admin(void **state)
{
	struct test *test = *state;
	const struct vnc_login login = {
			.peer = &test->peer,
			.security = "none",
			.proof = VNC_PROOF_NONE,
	};

	server_login_ask(test->login, 7, &login);
	expect_in(test, 7, "(local)", SERVER_ROLE_ADMIN);
}

/* ---- staying out ------------------------------------------------------------
 */

static void tells_every_failure_in_the_same_words(void **state)
{
	struct test *test = *state;

	say_user(test, 1, "olga");
	decide(0, false);
	expect_out(test, 1, WRONG, "wrong");
	assert_non_null(strstr(fake_audit_details, "\"user\":\"olga\""));
	say_user(test, 2, "rita"); /* who is one elsewhere only */
	decide(1, true);
	expect_out(test, 2, WRONG, "no-role-here");
	prove(test, 3, false);
	expect_out(test, 3, WRONG, "not-proved");
	assert_int_equal(fake_audit_lines, 3);
}

static void keeps_names_that_are_nobody_s_to_itself(void **state)
{
	struct test *test = *state;

	say_user(test, 1, "my-password");
	assert_string_equal(checks[0].name, "my-password"); /* the same way */
	decide(0, false);
	expect_out(test, 1, WRONG, "wrong");
	assert_null(strstr(fake_audit_details, "my-password"));
	assert_non_null(strstr(fake_audit_details, "\"user\":\"(unknown)\""));
}

static void lets_nobody_in_before_there_are_users(void **state)
{
	struct test *test = *state;

	memset(fake_users, 0, sizeof(fake_users));
	say_user(test, 1, "olga");
	decide(0, true); /* whatever was found out */
	expect_out(test, 1, WRONG, "no-users");
}

static void lets_nobody_in_by_a_password_that_is_not_set(void **state)
{
	struct test *test = *state;

	open_login(test, false);
	prove(test, 1, true);
	expect_out(test, 1, WRONG, "no-password");
}

static void lets_nobody_in_by_a_password_that_was_changed_meanwhile(
		void **state)
{
	struct test *test = *state;

	say_user(test, 1, "olga");
	fake_users[1].generation++;
	decide(0, true);
	expect_out(test, 1, WRONG, "changed-meanwhile");
	say_user(test, 2, "olga");
	fake_users[1].name = NULL;
	decide(1, true);
	expect_out(test, 2, WRONG, "changed-meanwhile");
}

static void takes_the_role_that_is_in_force_at_the_end(void **state)
{
	struct test *test = *state;

	say_user(test, 1, "olga");
	fake_users[1].role = SERVER_ROLE_VIEWER;
	decide(0, true);
	expect_in(test, 1, "olga", SERVER_ROLE_VIEWER);
}

/* ---- the ledger -------------------------------------------------------------
 */

static void fail_often(struct test *test, unsigned times)
{
	while (times-- > 0)
		prove(test, 1, false);
}

static void makes_a_source_wait_that_fails_too_often(void **state)
{
	struct test *test = *state;

	fail_often(test, NET_FAILURES_FREE);
	assert_int_equal(wait_s(test), 60);
	prove(test, 2, true);
	expect_out(test, 2,
			"Too many failed logins from your address: wait 60 s",
			"waiting");
	say_user(test, 3, "olga");
	assert_int_equal(checks_n, 0); /* without a look */
	assert_int_equal(wait_s(test), 60);
	now_us += 59 * CLOCK_US_PER_S + 1;
	prove(test, 4, true);
	assert_string_equal(test->refusal,
			"Too many failed logins from your address: wait 1 s");
	now_us += CLOCK_US_PER_S;
	prove(test, 5, true);
	expect_in(test, 5, "(password)", SERVER_ROLE_VIEWER);
}

static void lets_others_in_while_one_source_waits(void **state)
{
	struct test *test = *state;

	fail_often(test, NET_FAILURES_FREE);
	come_from(test, "192.0.2.2:1234");
	say_user(test, 2, "olga");
	decide(0, true);
	expect_in(test, 2, "olga", SERVER_ROLE_OPERATOR);
}

static void counts_every_kind_of_failure(void **state)
{
	struct test *test = *state;

	say_user(test, 1, "olga");
	decide(0, false);
	say_user(test, 1, "nobody");
	decide(1, false);
	say_user(test, 1, "rita");
	decide(2, true);
	prove(test, 1, false);
	assert_int_equal(wait_s(test), 0);
	prove(test, 1, false);
	assert_int_equal(wait_s(test), 60);
}

/* Guesses at once are worth no more than guesses one after the other. */
static void says_nothing_of_a_guess_once_its_source_waits(void **state)
{
	struct test *test = *state;

	say_user(test, 1, "olga");
	say_user(test, 2, "olga");
	fail_often(test, NET_FAILURES_FREE - 1);
	decide(0, false);
	decide(1, true);
	expect_out(test, 2,
			"Too many failed logins from your address: wait 60 s",
			"waiting");
}

/* Of any kind: the target's password, a user's, nobody's. */
static bool guess(struct test *test, unsigned n)
{
	static const char *const names[] = {"olga", "rita", "nobody"};

	checks_n = 0;
	if (n % 4 == 3)
		prove(test, n, false);
	else
		say_user(test, n, names[n % 4]);
	if (checks_n > 0)
		decide(0, false);
	assert_int_equal(test->answered, n);
	return strcmp(test->refusal, WRONG) == 0;
}

static void log_in(struct test *test, const char *address)
{
	checks_n = 0;
	come_from(test, address);
	say_user(test, 1, "olga");
	decide(0, true);
	expect_in(test, 1, "olga", SERVER_ROLE_OPERATOR);
	server_session_end_place(test->sessions, &test->place, "enough");
}

#define GUESSES 100000

/* In a day, and as often as the source need not wait, a right login between. */
static void looks_at_few_of_many_guesses(void **state)
{
	struct test *test = *state;
	unsigned looked_at = 0;

	for (unsigned n = 2; n < GUESSES + 2; n++) {
		come_from(test,
				n % 2 == 0 ? "192.0.2.1:1"
					   : "[::ffff:192.0.2.1]:2");
		if (net_doorkeeper_get_wait_us(test->doorkeeper, &test->peer) ==
				0)
			log_in(test, "192.0.2.1:3");
		looked_at += guess(test, n);
		if (n % 1000 == 0)
			log_in(test, "192.0.2.2:1");
		now_us += UINT64_C(24) * 3600 * CLOCK_US_PER_S / GUESSES;
	}
	assert_in_range(looked_at, NET_FAILURES_FREE, 50);
}

/* ---- many at once -----------------------------------------------------------
 */

static void refuses_what_there_is_no_time_to_look_at(void **state)
{
	struct test *test = *state;

	check_rc = -EBUSY;
	say_user(test, 1, "olga");
	expect_out(test, 1, "Too many logins at once: try again", "busy");
	fail_often(test, NET_FAILURES_FREE - 1);
	assert_int_equal(wait_s(test), 0); /* it was not held against it */
}

static void writes_little_of_what_it_does_not_look_at(void **state)
{
	struct test *test = *state;

	fail_often(test, NET_FAILURES_FREE);
	fake_audit_lines = 0;
	for (unsigned i = 0; i < 1000; i++)
		prove(test, 2, false);
	assert_int_equal(fake_audit_lines, 1);
	assert_null(strstr(fake_audit_details, "count"));
	now_us += 10 * CLOCK_US_PER_S;
	prove(test, 2, false);
	assert_int_equal(fake_audit_lines, 2);
	assert_non_null(strstr(fake_audit_details, "\"count\":1000"));
}

/* ---- leaving ----------------------------------------------------------------
 */

static void looks_no_further_when_a_viewer_has_left(void **state)
{
	struct test *test = *state;

	say_user(test, 1, "olga");
	say_user(test, 2, "ada");
	server_login_leave(test->login, 1);
	assert_true(checks[0].cancelled);
	assert_false(checks[1].cancelled);
	assert_int_equal(test->answers, 0);
	assert_string_equal(fake_audit_event, "login-failed");
	assert_non_null(strstr(fake_audit_details, "\"reason\":\"left\""));
	decide(1, true);
	expect_in(test, 2, "ada", SERVER_ROLE_ADMIN);
	server_login_leave(test->login, 2); /* its answer was there already */
	assert_int_equal(fake_audit_lines, 2);
}

static void holds_leaving_early_against_nobody(void **state)
{
	struct test *test = *state;

	for (vnc_viewer_id i = 0; i < 2 * NET_FAILURES_FREE; i++) {
		say_user(test, i, "olga");
		server_login_leave(test->login, i);
	}
	assert_int_equal(wait_s(test), 0);
	assert_int_equal(fake_audit_lines, 1);
}

static void forgets_everybody_with_the_target(void **state)
{
	struct test *test = *state;

	say_user(test, 1, "olga");
	server_login_destroy(test->login);
	test->login = NULL;
	assert_true(checks[0].cancelled);
	assert_int_equal(test->answers, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
			TEST(lets_a_user_in_once_the_password_is_right),
			TEST(lets_in_by_the_target_s_password_in_its_role),
			TEST(takes_who_needs_prove_nothing_for_an_admin),
			TEST(tells_every_failure_in_the_same_words),
			TEST(keeps_names_that_are_nobody_s_to_itself),
			TEST(lets_nobody_in_before_there_are_users),
			TEST(lets_nobody_in_by_a_password_that_is_not_set),
			TEST(lets_nobody_in_by_a_password_that_was_changed_meanwhile),
			TEST(takes_the_role_that_is_in_force_at_the_end),
			TEST(makes_a_source_wait_that_fails_too_often),
			TEST(lets_others_in_while_one_source_waits),
			TEST(counts_every_kind_of_failure),
			TEST(says_nothing_of_a_guess_once_its_source_waits),
			TEST(looks_at_few_of_many_guesses),
			TEST(refuses_what_there_is_no_time_to_look_at),
			TEST(writes_little_of_what_it_does_not_look_at),
			TEST(looks_no_further_when_a_viewer_has_left),
			TEST(holds_leaving_early_against_nobody),
			TEST(forgets_everybody_with_the_target),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
