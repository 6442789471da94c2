/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The first user, made over HTTP.
 */

#include "tests/server/setup-rig.h"

/* Else anybody who reaches the machine could make it need a restart. */
static void guesses_over_the_network_wait_and_use_up_nothing(void **state)
{
	struct rig *rig = *state;
	struct server_api_call call = from_network();
	struct server_api_call here = local();
	char code[SERVER_SETUP_CODE_BYTES];

	server_setup_want(rig->setup, true);
	for (int i = 0; i < NET_FAILURES_FREE; i++) {
		assert_string_equal(ask(rig, &call, request_for("ada", "AAAA")),
				"this is not the setup code");
		assert_int_equal(call.status, 403);
	}
	assert_string_equal(audited, "setup-failed");
	read_code(rig, code);
	ask(rig, &call, request_for("ada", code));
	assert_int_equal(call.status, 429);
	assert_string_equal(ask(rig, &here, request_for("ada", code)), "");
}

static json_t *request_with_password(const char *password, const char *code)
{
	return json_pack("{s:s, s:s, s:s}", "user", "ada", "code", code,
			"password", password);
}

static void takes_a_password_that_is_good_enough(void **state)
{
	struct rig *rig = *state;
	struct server_api_call call = from_network();
	char code[SERVER_SETUP_CODE_BYTES];
	const struct server_user *user;
	bool right = false;

	server_setup_want(rig->setup, true);
	read_code(rig, code);
	ask(rig, &call, request_with_password("short", code));
	assert_int_equal(call.status, 422);
	assert_string_equal(
			ask(rig, &call,
					request_with_password(
							"four words do well",
							code)),
			"");
	turn(rig);
	user = server_users_find(rig->users, "ada");
	assert_non_null(user);
	assert_int_equal(server_hash_check(user->hash, "four words do well",
					 &right),
			0);
	assert_true(right);
	ask(rig, &call, request_with_password("four words do well", code));
	assert_int_equal(call.status, 409);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test_setup_teardown(
					guesses_over_the_network_wait_and_use_up_nothing,
					set_up, tear_down),
			cmocka_unit_test_setup_teardown(
					takes_a_password_that_is_good_enough,
					set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
