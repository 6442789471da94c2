/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/passwords.h"

#include <errno.h>
#include <liboath/oath.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "server/state.h"
#include "server/users-table.h"

#define PATIENCE_US (60 * CLOCK_US_PER_S)
#define PASSWORD "correct horse battery"
#define SECRET "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
#define NOON_S UINT64_C(1800000000) /* the beginning of a step */

struct rig {
	char directory[64];
	char path[80];
	char codes[96];
	sd_event *event;
	struct server_users *users;
	struct server_passwords *passwords;
	uint64_t now_s;
};

struct answer {
	unsigned n;
	unsigned order; /* among all answers */
	bool right;
};

static unsigned answered;

static uint64_t read_now(void *context)
{
	const struct rig *rig = context;

	return rig->now_s;
}

static void ignore_change(void *context)
{
	(void)context;
}

static void add_user(struct server_users_table *table, const char *name,
		const char *totp, unsigned cost)
{
	struct server_user *user = &table->users[table->users_n++];
	char why[SERVER_USERS_WHY_BYTES];

	strcpy(user->name, name);
	strcpy(user->totp, totp);
	assert_int_equal(
			server_grants_parse(&user->grants, "operator", why), 0);
	assert_int_equal(server_hash_make(user->hash, PASSWORD, cost), 0);
	assert_int_equal(server_user_renew(user), 0);
}

static void put_users(const struct rig *rig, bool any)
{
	struct server_users_table *table = calloc(1, sizeof(*table));
	char *text;

	assert_non_null(table);
	if (any) {
		add_user(table, "plain", "", SERVER_HASH_COST_MIN);
		add_user(table, "coded", SECRET, SERVER_HASH_COST_MIN);
	}
	text = server_users_format(table);
	assert_non_null(text);
	assert_int_equal(
			server_state_replace(rig->directory, SERVER_STATE_USERS,
					text, strlen(text)),
			0);
	free(text);
	free(table);
}

static void start(struct rig *rig)
{
	assert_int_equal(server_passwords_create_with_clock(&rig->passwords,
					 rig->event, rig->users, rig->directory,
					 read_now, rig),
			0);
}

static void stop(struct rig *rig)
{
	server_passwords_destroy(rig->passwords);
	rig->passwords = NULL;
}

static struct rig *create_rig(bool any)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	rig->now_s = NOON_S;
	strcpy(rig->directory, "/tmp/rackhand-passwords-XXXXXX");
	assert_non_null(mkdtemp(rig->directory));
	snprintf(rig->path, sizeof(rig->path), "%s/users", rig->directory);
	snprintf(rig->codes, sizeof(rig->codes), "%s/totp-used",
			rig->directory);
	assert_true(sd_event_new(&rig->event) >= 0);
	put_users(rig, any);
	assert_int_equal(server_users_create(&rig->users, rig->event,
					 rig->directory, ignore_change, NULL),
			0);
	start(rig);
	return rig;
}

static int set_up(void **state)
{
	*state = create_rig(true);
	return 0;
}

static int set_up_empty(void **state)
{
	*state = create_rig(false);
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	stop(rig);
	server_users_destroy(rig->users);
	sd_event_unref(rig->event);
	unlink(rig->path);
	unlink(rig->codes);
	rmdir(rig->directory);
	free(rig);
	return 0;
}

static void on_done(void *context, bool right)
{
	struct answer *answer = context;

	answer->n++;
	answer->order = ++answered;
	answer->right = right;
}

static int ask_from(struct rig *rig, const char *source, const char *name,
		const char *password, struct answer *answer,
		struct server_password_check **check)
{
	struct core_address address;

	assert_int_equal(core_address_parse(&address, source), 0);
	*answer = (struct answer){0};
	return server_passwords_check(check, rig->passwords, &address, name,
			password, on_done, answer);
}

static void wait_for(struct rig *rig, const struct answer *answer)
{
	uint64_t end_us = clock_now_us() + PATIENCE_US;

	while (answer->n == 0 && clock_now_us() < end_us)
		sd_event_run(rig->event, 1000000);
	assert_int_equal(answer->n, 1);
}

static bool is_right(struct rig *rig, const char *name, const char *password)
{
	struct server_password_check *check;
	struct answer answer;

	assert_int_equal(ask_from(rig, "192.0.2.1:9", name, password, &answer,
					 &check),
			0);
	wait_for(rig, &answer);
	return answer.right;
}

/* The password with the code of the step that begins `offset_s` from now. */
static const char *with_code(const struct rig *rig, int offset_s, char text[64])
{
	char *key;
	size_t length;
	char code[SERVER_TOTP_DIGITS + 1];

	assert_int_equal(oath_base32_decode(
					 SECRET, strlen(SECRET), &key, &length),
			OATH_OK);
	assert_int_equal(oath_totp_generate(key, length,
					 (time_t)rig->now_s + offset_s, 30, 0,
					 SERVER_TOTP_DIGITS, code),
			OATH_OK);
	free(key);
	snprintf(text, 64, PASSWORD "%s", code);
	return text;
}

/* ---- passwords ----------------------------------------------------------- */

static void only_the_right_password_is_right(void **state)
{
	static const char *const wrong[] = {"", "x", PASSWORD "x",
			"correct horse batter", "Correct horse battery",
			PASSWORD "000000", "000000"};
	struct rig *rig = *state;

	assert_true(is_right(rig, "plain", PASSWORD));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(is_right(rig, "plain", wrong[i]));
	assert_true(is_right(rig, "plain", PASSWORD));
}

static void nobody_else_gets_in_with_it(void **state)
{
	static const char *const names[] = {"", "plai", "plain ", "Plain",
			"nobody", "coded",
			"a-name-that-is-longer-than-any-user-may-have"};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_false(is_right(rig, names[i], PASSWORD));
}

static void without_users_every_password_is_wrong(void **state)
{
	struct rig *rig = *state;

	assert_false(is_right(rig, "plain", PASSWORD));
	assert_false(is_right(rig, "", ""));
}

static void a_password_that_is_too_long_is_wrong(void **state)
{
	struct rig *rig = *state;
	char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_false(is_right(rig, "plain", text));
	assert_false(is_right(rig, "coded", text));
}

/* ---- how many at a time -------------------------------------------------- */

static void a_source_waits_with_two_at_most(void **state)
{
	struct rig *rig = *state;
	struct server_password_check *check;
	struct answer answers[4];

	for (int i = 0; i < 2; i++)
		assert_int_equal(ask_from(rig, "[2001:db8::1]:9", "plain",
						 PASSWORD, &answers[i], &check),
				0);
	assert_int_equal(ask_from(rig, "[2001:db8::ffff:2]:8", "plain",
					 PASSWORD, &answers[2], &check),
			-EBUSY);
	assert_null(check);
	assert_int_equal(ask_from(rig, "[2001:db8:0:1::1]:9", "plain", PASSWORD,
					 &answers[3], &check),
			0);
	wait_for(rig, &answers[0]);
	wait_for(rig, &answers[1]);
	wait_for(rig, &answers[3]);
	assert_true(answers[0].right && answers[1].right && answers[3].right);
	assert_int_equal(answers[2].n, 0);
	assert_true(is_right(rig, "plain", PASSWORD));
}

static void all_together_wait_with_as_many_as_can_come(void **state)
{
	struct rig *rig = *state;
	struct answer answers[SERVER_PASSWORDS_MAX + 1];
	struct server_password_check *check;
	char source[32];

	for (int i = 0; i <= SERVER_PASSWORDS_MAX; i++) {
		snprintf(source, sizeof(source), "192.0.2.%d:9", 1 + i);
		assert_int_equal(ask_from(rig, source, "plain",
						 i % 2 ? PASSWORD : "wrong",
						 &answers[i], &check),
				i < SERVER_PASSWORDS_MAX ? 0 : -EBUSY);
	}
	for (int i = 0; i < SERVER_PASSWORDS_MAX; i++) {
		wait_for(rig, &answers[i]);
		assert_int_equal(answers[i].right, i % 2);
	}
}

/* Which is with the worker already is done first. */
static void the_newest_goes_first(void **state)
{
	struct rig *rig = *state;
	struct server_password_check *check;
	struct answer answers[5];
	char source[32];

	for (int i = 0; i < 5; i++) {
		snprintf(source, sizeof(source), "192.0.2.%d:9", 1 + i);
		assert_int_equal(ask_from(rig, source, "plain", PASSWORD,
						 &answers[i], &check),
				0);
	}
	for (int i = 0; i < 5; i++)
		wait_for(rig, &answers[i]);
	for (int i = 2; i < 5; i++)
		assert_true(answers[i].order < answers[i - 1].order);
	assert_true(answers[0].order < answers[4].order);
}

/* As one does who always has a new one there, and waits for no answer. */
static void who_comes_again_and_again_keeps_nobody_out(void **state)
{
	static const char *const sources[] = {"192.0.2.1:9", "192.0.2.2:9"};
	struct rig *rig = *state;
	struct server_password_check *checks[2], *check;
	struct answer guesses[2] = {{.n = 1}, {.n = 1}};
	struct answer legitimate;

	assert_int_equal(ask_from(rig, sources[0], "plain", "wrong",
					 &guesses[0], &checks[0]),
			0);
	assert_int_equal(ask_from(rig, "192.0.2.3:9", "plain", PASSWORD,
					 &legitimate, &check),
			0);
	for (int i = 0; i < 10 && legitimate.n == 0; i++) {
		for (int j = 0; j < 2; j++) {
			if (guesses[j].n == 0)
				server_password_check_cancel(checks[j]);
			assert_int_equal(ask_from(rig, sources[j], "plain",
							 "wrong", &guesses[j],
							 &checks[j]),
					0);
		}
		while (guesses[0].n + guesses[1].n + legitimate.n == 0)
			sd_event_run(rig->event, 1000000);
	}
	assert_true(legitimate.right);
}

static void a_cancelled_check_says_nothing(void **state)
{
	struct rig *rig = *state;
	struct server_password_check *checks[2];
	struct answer answers[2];
	struct answer third;
	struct server_password_check *check;

	for (int i = 0; i < 2; i++)
		assert_int_equal(ask_from(rig, "192.0.2.1:9", "plain", PASSWORD,
						 &answers[i], &checks[i]),
				0);
	server_password_check_cancel(checks[0]); /* it may run already */
	server_password_check_cancel(checks[1]); /* it waits */
	server_password_check_cancel(NULL);
	/* The place of the one that runs is not given back. */
	assert_int_equal(ask_from(rig, "192.0.2.1:9", "plain", PASSWORD, &third,
					 &check),
			0);
	assert_int_equal(ask_from(rig, "192.0.2.1:9", "plain", PASSWORD,
					 &answers[1], &check),
			-EBUSY);
	wait_for(rig, &third);
	assert_int_equal(answers[0].n, 0);
	assert_int_equal(answers[1].n, 0);
	assert_true(is_right(rig, "plain", PASSWORD));
}

static void its_end_says_nothing_either(void **state)
{
	struct rig *rig = *state;
	struct server_password_check *check;
	struct answer answers[2];

	for (int i = 0; i < 2; i++)
		assert_int_equal(ask_from(rig, "192.0.2.1:9", "plain", PASSWORD,
						 &answers[i], &check),
				0);
	stop(rig);
	assert_int_equal(answers[0].n, 0);
	assert_int_equal(answers[1].n, 0);
}

/* ---- one-time codes ------------------------------------------------------ */

static void a_code_is_appended_to_the_password(void **state)
{
	struct rig *rig = *state;
	char text[64];

	assert_false(is_right(rig, "coded", PASSWORD));
	assert_false(is_right(rig, "coded", with_code(rig, 0, text) + 1));
	with_code(rig, 0, text);
	text[strlen(PASSWORD)] ^= 1;
	assert_false(is_right(rig, "coded", text));
	assert_true(is_right(rig, "coded", with_code(rig, 0, text)));
	assert_false(is_right(rig, "plain", text));
}

static void the_codes_before_and_after_count_too(void **state)
{
	struct rig *rig = *state;
	char text[64];

	assert_false(is_right(rig, "coded", with_code(rig, -31, text)));
	assert_true(is_right(rig, "coded", with_code(rig, -1, text)));
	assert_false(is_right(rig, "coded", with_code(rig, 60, text)));
	assert_true(is_right(rig, "coded", with_code(rig, 30, text)));
}

static void no_code_is_good_twice(void **state)
{
	struct rig *rig = *state;
	char text[64];

	assert_true(is_right(rig, "coded", with_code(rig, 0, text)));
	assert_false(is_right(rig, "coded", text));
	/* Nor is one from before it. */
	assert_false(is_right(rig, "coded", with_code(rig, -30, text)));
	assert_true(is_right(rig, "coded", with_code(rig, 30, text)));
	/* Nor one that was shown when the clock was right. */
	rig->now_s -= 3600;
	assert_false(is_right(rig, "coded", with_code(rig, 0, text)));
	rig->now_s += 3600;

	stop(rig);
	start(rig);
	assert_false(is_right(rig, "coded", with_code(rig, 0, text)));
	assert_false(is_right(rig, "coded", with_code(rig, 30, text)));
	rig->now_s += 60;
	assert_true(is_right(rig, "coded", with_code(rig, 0, text)));
}

/* Who watches the name and the code but not the password uses nothing up. */
static void a_wrong_password_uses_no_code_up(void **state)
{
	struct rig *rig = *state;
	char text[64];

	with_code(rig, 0, text);
	text[0] ^= 1;
	assert_false(is_right(rig, "coded", text));
	text[0] ^= 1;
	assert_true(is_right(rig, "coded", text));
}

static void a_code_that_cannot_be_crossed_out_is_refused(void **state)
{
	struct rig *rig = *state;
	char moved[80];
	char text[64];

	snprintf(moved, sizeof(moved), "%s-moved", rig->directory);
	assert_int_equal(rename(rig->directory, moved), 0);
	assert_false(is_right(rig, "coded", with_code(rig, 0, text)));
	assert_true(is_right(rig, "plain", PASSWORD));
	assert_int_equal(rename(moved, rig->directory), 0);
	assert_true(is_right(rig, "coded", with_code(rig, 0, text)));
}

int main(void)
{
#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			WITH_RIG(only_the_right_password_is_right),
			WITH_RIG(nobody_else_gets_in_with_it),
			cmocka_unit_test_setup_teardown(
					without_users_every_password_is_wrong,
					set_up_empty, tear_down),
			WITH_RIG(a_password_that_is_too_long_is_wrong),
			WITH_RIG(a_source_waits_with_two_at_most),
			WITH_RIG(all_together_wait_with_as_many_as_can_come),
			WITH_RIG(the_newest_goes_first),
			WITH_RIG(who_comes_again_and_again_keeps_nobody_out),
			WITH_RIG(a_cancelled_check_says_nothing),
			WITH_RIG(its_end_says_nothing_either),
			WITH_RIG(a_code_is_appended_to_the_password),
			WITH_RIG(the_codes_before_and_after_count_too),
			WITH_RIG(no_code_is_good_twice),
			WITH_RIG(a_wrong_password_uses_no_code_up),
			WITH_RIG(a_code_that_cannot_be_crossed_out_is_refused),
	};
#undef WITH_RIG

	return cmocka_run_group_tests(tests, NULL, NULL);
}
