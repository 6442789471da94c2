/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What users prove themselves by: rules for passwords, hashes, one-time codes.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/hash.h"
#include "server/password-rules.h"
#include "server/passwords.h"
#include "server/totp.h"

/* RFC 6238's, "12345678901234567890". */
#define SECRET "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

static int check(const char *password, char why[SERVER_PASSWORD_WHY_BYTES])
{
	why[0] = '\0';
	return server_password_check_rules(
			password, "christopher", "rack-north", why);
}

static void good_passwords_may_look_anyhow(void **state)
{
	static const char *const good[] = {
			"correct horse battery staple",
			"vjqxkwhzbtmg",
			"            x",
			"829174605318", /* a number that nobody would guess */
			"my password is long enough",
			"christophers cat",
			"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f",
	};
	char why[SERVER_PASSWORD_WHY_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (check(good[i], why) != 0)
			fail_msg("%s: %s", good[i], why);
}

static void passwords_are_of_some_length(void **state)
{
	char why[SERVER_PASSWORD_WHY_BYTES];
	char text[SERVER_PASSWORD_MAX_BYTES + 2];

	(void)state;
	assert_int_equal(check("elevenchars", why), -EINVAL);
	assert_non_null(strstr(why, "at least 12 characters"));
	assert_int_equal(
			check("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4",
					why),
			-EINVAL);
	assert_non_null(strstr(why, "at least 12 characters"));
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = "vjqxkwhzbtmg"[i % 12];
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(check(text, why), -EINVAL);
	assert_non_null(strstr(why, "at most 256 bytes"));
	text[sizeof(text) - 2] = '\0';
	assert_int_equal(check(text, why), 0);
}

static void what_everybody_tries_is_refused(void **state)
{
	static const char *const known[] = {"123456789012", "1234567890123456",
			"111111111111", "aaaaaaaaaaaaaaaaaaaaaaaa",
			"password1234", "Password-2024!", "passwordpassword",
			"PASSWORDPASSWORDPASSWORD", "qwertyuiop123",
			"1q2w3e4r5t6y", "adminadminadmin", "administrator",
			"administrator1", "letmeinletmein", "abcdefghijklm",
			"raspberrypi1", "christopher1", "Christopher2024",
			"rack-north-1", "rackhandrackhand", "iloveyou!!!!",
			"            ", "!!!!????....", "welcome-12345"};
	char why[SERVER_PASSWORD_WHY_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (check(known[i], why) != -EINVAL ||
				!strstr(why, "tried first"))
			fail_msg("%s: %s", known[i], why);
}

static void a_hash_is_of_its_password_alone(void **state)
{
	char hash[SERVER_HASH_BYTES];
	char again[SERVER_HASH_BYTES];
	bool right = false;

	(void)state;
	for (unsigned cost = SERVER_HASH_COST_MIN; cost <= 3; cost++) {
		assert_int_equal(server_hash_make(hash, "a password", cost), 0);
		assert_true(server_hash_is_good(hash));
		assert_int_equal(server_hash_check(hash, "a password", &right),
				0);
		assert_true(right);
		assert_int_equal(server_hash_check(hash, "a passworD", &right),
				0);
		assert_false(right);
	}
	assert_int_equal(server_hash_make(again, "a password", 1), 0);
	assert_string_not_equal(hash, again);
}

static void what_is_no_hash_fits_no_password(void **state)
{
	bool right = true;

	(void)state;
	assert_true(server_hash_check("*0", "", &right) < 0);
	assert_false(right);
	right = true;
	assert_true(server_hash_check("", "", &right) < 0);
	assert_false(right);
}

static void codes_are_those_of_rfc_6238(void **state)
{
	static const struct {
		uint64_t now_s;
		const char *code;
	} cases[] = {
			{59, "287082"},
			{1111111109, "081804"},
			{1111111111, "050471"},
			{1234567890, "005924"},
			{2000000000, "279037"},
			{20000000000, "353130"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t now_s = cases[i].now_s;
		uint64_t step = now_s / 30;

		assert_true(server_totp_check(SECRET, cases[i].code, now_s) ==
				step);
		assert_true(server_totp_check(SECRET, cases[i].code,
					    now_s + 30) == step);
		assert_true(server_totp_check(SECRET, cases[i].code,
					    now_s - 30) == step);
		assert_true(server_totp_check(SECRET, cases[i].code,
					    now_s + 60) == 0);
		assert_true(server_totp_check(SECRET, "000000", now_s) == 0);
	}
	/* Where time began, there is no step before. */
	assert_true(server_totp_check(SECRET, "000000", 0) == 0);
}

static void every_secret_is_good_and_new(void **state)
{
	char secret[SERVER_TOTP_BYTES];
	char another[SERVER_TOTP_BYTES];

	(void)state;
	assert_int_equal(server_totp_make(secret), 0);
	assert_int_equal(server_totp_make(another), 0);
	assert_int_equal(strlen(secret), 32);
	assert_true(server_totp_is_good(secret));
	assert_string_not_equal(secret, another);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(good_passwords_may_look_anyhow),
			cmocka_unit_test(passwords_are_of_some_length),
			cmocka_unit_test(what_everybody_tries_is_refused),
			cmocka_unit_test(a_hash_is_of_its_password_alone),
			cmocka_unit_test(what_is_no_hash_fits_no_password),
			cmocka_unit_test(codes_are_those_of_rfc_6238),
			cmocka_unit_test(every_secret_is_good_and_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
