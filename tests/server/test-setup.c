/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/server/setup-rig.h"

static void a_code_makes_the_first_admin(void **state)
{
	struct rig *rig = *state;
	struct server_api_call call = local();
	const struct server_user *ada;
	char code[SERVER_SETUP_CODE_BYTES];

	server_setup_want(rig->setup, true);
	assert_true(is_offered(rig));
	assert_string_equal(
			ask(rig, &call, json_pack("{s:s}", "verb", "setup")),
			"");
	assert_string_equal(
			ask(rig, &call,
					request_for("ada",
							read_code(rig, code))),
			"");
	assert_string_equal(audited, "setup");
	assert_false(is_offered(rig));
	turn(rig);
	ada = server_users_find(rig->users, "ada");
	assert_non_null(ada);
	assert_int_equal(server_user_role(ada, "any"), SERVER_ROLE_ADMIN);
	assert_string_equal(ask(rig, &call, request_for("bob", code)),
			"there are users already; \"rackhand user add NAME\" makes more");
	/* Nor does it come back with the file gone. */
	unlink(rig->users_path);
	turn(rig);
	assert_int_equal(server_users_count(rig->users), 0);
	assert_false(is_offered(rig));
	assert_string_equal(ask(rig, &call, request_for("bob", code)), USED_UP);
}

/* 80 bits, in a file that nobody else can read, on console and terminal. */
static void the_code_is_shown_to_who_may_see_it(void **state)
{
	struct rig *rig = *state;
	char code[SERVER_SETUP_CODE_BYTES];
	char text[2000] = "";
	struct stat status;
	FILE *issue;

	server_setup_want(rig->setup, true);
	read_code(rig, code);
	assert_int_equal(strlen(code), 19);
	for (size_t i = 0; i < 19; i++)
		assert_non_null(strchr(
				i % 5 == 4 ? "-"
					   : "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
				code[i]));
	assert_int_equal(stat(rig->code_path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(stat(rig->issue_path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	issue = fopen(rig->issue_path, "r");
	assert_non_null(issue);
	assert_true(fread(text, 1, sizeof(text) - 1, issue) > 0);
	fclose(issue);
	assert_non_null(strstr(text, code));
	assert_non_null(strstr(text, "rackhand setup NAME"));
	assert_null(strchr(text, '\\')); /* getty would take it for its own */
	memset(text, 0, sizeof(text));
	assert_true(read(rig->terminal[0], text, sizeof(text) - 1) > 0);
	assert_non_null(strstr(text, code));
}

static void every_code_is_another(void **state)
{
	struct rig *rig = *state;
	char code[SERVER_SETUP_CODE_BYTES], again[SERVER_SETUP_CODE_BYTES];

	server_setup_want(rig->setup, true);
	read_code(rig, code);
	server_setup_destroy(rig->setup);
	assert_false(is_offered(rig));
	start(rig);
	server_setup_want(rig->setup, true);
	read_code(rig, again);
	assert_string_not_equal(code, again);
}

static void without_need_there_is_no_code(void **state)
{
	struct rig *rig = *state;
	struct server_api_call call = local();

	server_setup_want(rig->setup, false);
	assert_false(is_offered(rig));
	assert_string_equal(ask(rig, &call, request_for("a", "x")),
			"no target lets in users");

	put_users(rig, ALICE);
	turn(rig);
	server_setup_want(rig->setup, true);
	assert_false(is_offered(rig));

	/* A broken file is not "no users". */
	put_users(rig, "alice\n");
	turn(rig);
	server_users_destroy(rig->users);
	server_setup_destroy(rig->setup);
	rig->setup = NULL;
	assert_int_equal(server_users_create(&rig->users, rig->event,
					 rig->directory, on_changed, rig),
			0);
	assert_int_equal(server_users_count(rig->users), 0);
	start(rig);
	server_setup_want(rig->setup, true);
	assert_false(is_offered(rig));
	assert_string_equal(ask(rig, &call, request_for("a", "x")),
			"there is a users file, but not a good one; the log says why");
}

static void the_code_goes_when_users_come(void **state)
{
	struct rig *rig = *state;
	char code[SERVER_SETUP_CODE_BYTES];

	server_setup_want(rig->setup, true);
	assert_true(is_offered(rig));
	put_users(rig, ALICE);
	turn(rig);
	assert_int_equal(server_users_count(rig->users), 1);
	assert_false(is_offered(rig));
	assert_string_equal(read_code(rig, code), "");
}

static void what_a_killed_daemon_left_goes(void **state)
{
	struct rig *rig = *state;
	FILE *left;

	server_setup_destroy(rig->setup);
	rig->setup = NULL;
	left = fopen(rig->code_path, "w");
	assert_non_null(left);
	fputs("AAAA-AAAA-AAAA-AAAA\n", left);
	fclose(left);
	put_users(rig, ALICE);
	turn(rig);
	start(rig);
	assert_int_equal(access(rig->code_path, F_OK), -1);
}

static void five_wrong_codes_are_enough(void **state)
{
	static const char *const wrong[] = {"", "AAAA-AAAA-AAAA-AAAA", "short",
			"AAAA-AAAA-AAAA-AAAA-AAAA"};
	struct rig *rig = *state;
	struct server_api_call call = local();
	char code[SERVER_SETUP_CODE_BYTES];

	server_setup_want(rig->setup, true);
	read_code(rig, code);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(ask(rig, &call, request_for("a", wrong[i])),
				"this is not the setup code");
		assert_string_equal(audited, "setup-failed");
		assert_true(is_offered(rig));
	}
	assert_string_equal(ask(rig, &call, request_for("a", wrong[0])),
			"this is not the setup code, and it is no longer good; restart rackhandd for a new one");
	assert_false(is_offered(rig));
	assert_string_equal(ask(rig, &call, request_for("a", code)), USED_UP);
	turn(rig);
	assert_int_equal(server_users_count(rig->users), 0);
	server_setup_want(rig->setup, true);
	assert_false(is_offered(rig));
}

static void after_half_an_hour_it_is_over(void **state)
{
	struct rig *rig = *state;
	struct server_api_call call = local();
	char code[SERVER_SETUP_CODE_BYTES];

	server_setup_want(rig->setup, true);
	read_code(rig, code);
	rig->later_us = 1790 * CLOCK_US_PER_S;
	assert_string_equal(
			ask(rig, &call, json_pack("{s:s}", "verb", "setup")),
			"");
	rig->later_us = 1801 * CLOCK_US_PER_S;
	assert_string_equal(ask(rig, &call, request_for("a", code)), USED_UP);
	server_setup_review(rig->setup);
	assert_false(is_offered(rig));

	/* The time is that of the daemon's start, not of the code's. */
	server_setup_want(rig->setup, false);
	server_setup_want(rig->setup, true);
	assert_false(is_offered(rig));
}

static void the_time_ends_by_itself(void **state)
{
	struct rig *rig = *state;
	uint64_t give_up_us = clock_now_us() + PATIENCE_US;

	/* What is over by the timer's clock has a minute left by the rig's. */
	server_setup_destroy(rig->setup);
	rig->valid_us = 1;
	start(rig);
	rig->later_us = (uint64_t)0 - 60 * CLOCK_US_PER_S;
	server_setup_want(rig->setup, true);
	assert_true(is_offered(rig));
	while (is_offered(rig)) {
		assert_true(clock_now_us() < give_up_us);
		sd_event_run(rig->event, 100000);
	}
}

/* People type small letters, and leave the dashes out. */
static void the_code_may_be_typed_in_other_ways(void **state)
{
	struct rig *rig = *state;
	struct server_api_call call = local();
	char code[SERVER_SETUP_CODE_BYTES];
	char typed[64] = " ";

	server_setup_want(rig->setup, true);
	read_code(rig, code);
	for (size_t i = 0; code[i]; i++) {
		char c[3] = {code[i], '\0', '\0'};

		if (code[i] == '-')
			continue;
		if (code[i] >= 'A' && i % 2)
			c[0] = (char)(code[i] - 'A' + 'a');
		c[1] = i % 3 ? '\0' : ' ';
		strcat(typed, c);
	}
	assert_string_equal(ask(rig, &call, request_for("ada", typed)), "");
}

static void what_is_wrong_with_the_rest_costs_no_try(void **state)
{
	struct rig *rig = *state;
	struct server_api_call call = local();
	char code[SERVER_SETUP_CODE_BYTES];

	server_setup_want(rig->setup, true);
	read_code(rig, code);
	for (int i = 0; i < SERVER_SETUP_TRIES; i++) {
		ask(rig, &call, request_for("a/b", code));
		assert_non_null(strstr(call.why, "a user's name has"));
		ask(rig, &call,
				json_pack("{s:s, s:s, s:s, s:s}", "verb",
						"setup", "name", "a", "code",
						code, "hash", "secret"));
		assert_string_equal(call.why, "this is no yescrypt hash");
		ask(rig, &call,
				json_pack("{s:s, s:s, s:i}", "verb", "setup",
						"name", "a", "code", 1));
		assert_string_equal(call.why,
				"setup wants name, code and hash or password, three strings");
	}
	assert_string_equal(ask(rig, &call, request_for("ada", code)), "");
}

/* It can be written a moment later: the code stays good. */
static void a_file_that_cannot_be_written_keeps_the_code(void **state)
{
	struct rig *rig = *state;
	struct server_api_call call = local();
	char code[SERVER_SETUP_CODE_BYTES];
	char blocked[96];

	server_setup_want(rig->setup, true);
	read_code(rig, code);
	snprintf(blocked, sizeof(blocked), "%s/users.new", rig->directory);
	assert_int_equal(mkdir(blocked, 0700), 0);
	ask(rig, &call, request_for("ada", code));
	assert_non_null(strstr(call.why, "/users: Is a directory"));
	assert_true(is_offered(rig));
	assert_int_equal(rmdir(blocked), 0);
	assert_string_equal(ask(rig, &call, request_for("ada", code)), "");
}

static void two_at_once_make_one(void **state)
{
	struct rig *rig = *state;
	struct server_api_call first = local(), second = local();
	char code[SERVER_SETUP_CODE_BYTES];
	json_t *request;

	server_setup_want(rig->setup, true);
	request = request_for("ada", read_code(rig, code));
	server_setup_begin(rig->setup, request, &first);
	server_setup_begin(rig->setup, request, &second);
	json_decref(request);
	assert_int_equal(second.replies, 1);
	assert_string_equal(second.why, "somebody else is just doing that");
	wait_for(rig, &first);
	assert_true(first.good);
}

/* Whether it was written or not: the answer is not left out. */
static void its_end_answers_who_waits(void **state)
{
	struct rig *rig = *state;
	struct server_api_call call = local();
	char code[SERVER_SETUP_CODE_BYTES];
	json_t *request;

	server_setup_want(rig->setup, true);
	request = request_for("ada", read_code(rig, code));
	server_setup_begin(rig->setup, request, &call);
	json_decref(request);
	server_setup_destroy(rig->setup);
	rig->setup = NULL;
	assert_int_equal(call.replies, 1);
	assert_true(call.good == (access(rig->users_path, F_OK) == 0));
}

int main(void)
{
#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			WITH_RIG(a_code_makes_the_first_admin),
			WITH_RIG(the_code_is_shown_to_who_may_see_it),
			WITH_RIG(every_code_is_another),
			WITH_RIG(without_need_there_is_no_code),
			WITH_RIG(the_code_goes_when_users_come),
			WITH_RIG(what_a_killed_daemon_left_goes),
			WITH_RIG(five_wrong_codes_are_enough),
			WITH_RIG(after_half_an_hour_it_is_over),
			WITH_RIG(the_time_ends_by_itself),
			WITH_RIG(the_code_may_be_typed_in_other_ways),
			WITH_RIG(what_is_wrong_with_the_rest_costs_no_try),
			WITH_RIG(a_file_that_cannot_be_written_keeps_the_code),
			WITH_RIG(two_at_once_make_one),
			WITH_RIG(its_end_answers_who_waits),
	};
#undef WITH_RIG

	return cmocka_run_group_tests(tests, NULL, NULL);
}
