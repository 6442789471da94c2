/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/sharing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/server/fakes.h"

/* Two targets with those who are logged in, and a log of who was sent away. */
struct house {
	struct server_sessions *sessions;
	struct server_session_place rack1;
	struct server_session_place rack2;
	vnc_viewer_id last;
	char log[512];
};

static void on_close(void *context, vnc_viewer_id viewer, const char *why)
{
	struct house *house = context;
	size_t used = strlen(house->log);

	snprintf(house->log + used, sizeof(house->log) - used, "%s%llu: %s",
			used ? "; " : "", (unsigned long long)viewer, why);
}

static int enter(void **state)
{
	static struct house house;

	house = (struct house){
			.rack1 = {"rack1", on_close, &house},
			.rack2 = {"rack2", on_close, &house},
	};
	assert_int_equal(server_sessions_create(&house.sessions,
					 (struct server_users *)"users",
					 (struct server_audit *)"audit",
					 clock_now_us),
			0);
	*state = &house;
	return 0;
}

static int leave(void **state)
{
	struct house *house = *state;

	server_session_end_place(house->sessions, &house->rack1, "the end");
	server_session_end_place(house->sessions, &house->rack2, "the end");
	server_sessions_destroy(house->sessions);
	return 0;
}

/* Logged in, and not yet shown anything. */
static struct server_session *comes(struct house *house,
		const struct server_session_place *place, const char *user,
		enum server_role role)
{
	const struct server_session_login login = {
			.kind = SERVER_SESSION_USER,
			.user = user,
			.role = role,
			.peer = "192.0.2.1:4711",
			.how = "x509plain",
	};

	assert_int_equal(server_session_begin(house->sessions, place,
					 ++house->last, &login),
			0);
	return server_session_find(house->sessions, place, house->last);
}

static struct server_session *joins(struct house *house,
		const struct server_session_place *place, const char *user,
		enum server_role role, enum config_shared shared, bool alone)
{
	struct server_session *session = comes(house, place, user, role);

	server_session_join(session);
	server_sharing_apply(house->sessions, session, shared, alone);
	return session;
}

static void who_does_not_ask_shares(void **state)
{
	struct house *house = *state;

	for (int i = 0; i < 3; i++)
		joins(house, &house->rack1, "olga", SERVER_ROLE_OPERATOR,
				CONFIG_SHARED_ASKED, false);
	assert_string_equal(house->log, "");
}

static void an_operator_who_asks_is_alone_at_that_target(void **state)
{
	struct house *house = *state;

	joins(house, &house->rack1, "olga", SERVER_ROLE_OPERATOR,
			CONFIG_SHARED_ASKED, false);
	joins(house, &house->rack1, "victor", SERVER_ROLE_VIEWER,
			CONFIG_SHARED_ASKED, false);
	joins(house, &house->rack2, "rita", SERVER_ROLE_OPERATOR,
			CONFIG_SHARED_ASKED, false);
	comes(house, &house->rack1, "ada", SERVER_ROLE_ADMIN); /* not in yet */
	joins(house, &house->rack1, "olga", SERVER_ROLE_OPERATOR,
			CONFIG_SHARED_ASKED, true);
	assert_string_equal(house->log,
			"1: olga wants to be alone here; "
			"2: olga wants to be alone here");
}

static void who_only_looks_sends_nobody_away(void **state)
{
	struct house *house = *state;

	joins(house, &house->rack1, "olga", SERVER_ROLE_OPERATOR,
			CONFIG_SHARED_ASKED, false);
	joins(house, &house->rack1, "victor", SERVER_ROLE_VIEWER,
			CONFIG_SHARED_ASKED, true);
	assert_string_equal(house->log, "");
}

static void where_all_share_asking_does_nothing(void **state)
{
	struct house *house = *state;

	joins(house, &house->rack1, "victor", SERVER_ROLE_VIEWER,
			CONFIG_SHARED_ALWAYS, false);
	joins(house, &house->rack1, "ada", SERVER_ROLE_ADMIN,
			CONFIG_SHARED_ALWAYS, true);
	assert_string_equal(house->log, "");
}

static void where_nobody_shares_the_second_is_turned_away(void **state)
{
	struct house *house = *state;
	struct server_session *first = comes(
			house, &house->rack1, "victor", SERVER_ROLE_VIEWER);
	struct server_session *second =
			comes(house, &house->rack1, "ada", SERVER_ROLE_ADMIN);

	assert_null(server_sharing_refuse(
			house->sessions, second, CONFIG_SHARED_NEVER));
	server_session_join(first);
	assert_string_equal(server_sharing_refuse(house->sessions, second,
					    CONFIG_SHARED_NEVER),
			"Somebody is here, and only one may be");
	assert_null(server_sharing_refuse(
			house->sessions, second, CONFIG_SHARED_ASKED));
}

/* Both logged in while nobody was there. */
static void of_two_at_once_one_stays(void **state)
{
	struct house *house = *state;

	joins(house, &house->rack1, "olga", SERVER_ROLE_OPERATOR,
			CONFIG_SHARED_NEVER, false);
	joins(house, &house->rack1, "ada", SERVER_ROLE_ADMIN,
			CONFIG_SHARED_NEVER, true);
	assert_string_equal(
			house->log, "2: Somebody is here, and only one may be");
}

static void who_is_being_sent_away_is_not_here(void **state)
{
	struct house *house = *state;
	struct server_session *first = joins(house, &house->rack1, "olga",
			SERVER_ROLE_OPERATOR, CONFIG_SHARED_NEVER, false);

	server_session_close(first, "go");
	joins(house, &house->rack1, "ada", SERVER_ROLE_ADMIN,
			CONFIG_SHARED_NEVER, false);
	assert_string_equal(house->log, "1: go");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	static const struct CMUnitTest tests[] = {
			TEST(who_does_not_ask_shares),
			TEST(an_operator_who_asks_is_alone_at_that_target),
			TEST(who_only_looks_sends_nobody_away),
			TEST(where_all_share_asking_does_nothing),
			TEST(where_nobody_shares_the_second_is_turned_away),
			TEST(of_two_at_once_one_stays),
			TEST(who_is_being_sent_away_is_not_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#undef TEST
