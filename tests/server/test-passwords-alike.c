/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Does it show whether there is a user of that name? What is done for a name is
 * compared call by call, which no busy machine can change; the time that it
 * takes, by many tries with RACKHAND_TEST_FULL.
 */

#include <crypt.h>
#include <dlfcn.h>
#include <liboath/oath.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "server/passwords.h"
#include "server/state.h"
#include "server/users-table.h"

#define PATIENCE_US (60 * CLOCK_US_PER_S)
#define PASSWORD "correct horse battery"
#define SECRET "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
#define TRIES 10000
#define T_MAX 4.5

/* ---- what is called ------------------------------------------------------ */

/* Of one check; the worker writes it, and is done with it when it is read. */
static struct {
	unsigned hashes;
	unsigned codes;
	char cost[8]; /* "$y$j75$" */
	size_t secret_bytes;
} called;

char *crypt_r(const char *phrase, const char *setting, struct crypt_data *data)
{
	char *(*real)(const char *, const char *, struct crypt_data *);

	*(void **)&real = dlsym(RTLD_NEXT, "crypt_r");
	called.hashes++;
	memcpy(called.cost, setting, sizeof(called.cost) - 1);
	return real(phrase, setting, data);
}

int oath_totp_generate(const char *secret, size_t secret_length, time_t now,
		unsigned time_step_size, time_t start_offset, unsigned digits,
		char *output)
{
	int (*real)(const char *, size_t, time_t, unsigned, time_t, unsigned,
			char *);

	*(void **)&real = dlsym(RTLD_NEXT, "oath_totp_generate");
	called.codes++;
	called.secret_bytes = secret_length;
	return real(secret, secret_length, now, time_step_size, start_offset,
			digits, output);
}

/* ---- the rig ------------------------------------------------------------- */

struct rig {
	char directory[64];
	sd_event *event;
	struct server_users *users;
	struct server_passwords *passwords;
	bool done;
};

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

static void put_users(const struct rig *rig, unsigned other_cost)
{
	struct server_users_table *table = calloc(1, sizeof(*table));
	char *text;

	assert_non_null(table);
	add_user(table, "plain", "", SERVER_HASH_COST_MIN);
	add_user(table, "coded", SECRET, other_cost);
	text = server_users_format(table);
	assert_non_null(text);
	assert_int_equal(
			server_state_replace(rig->directory, SERVER_STATE_USERS,
					text, strlen(text)),
			0);
	free(text);
	free(table);
}

static struct rig *create_rig(unsigned other_cost)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	strcpy(rig->directory, "/tmp/rackhand-alike-XXXXXX");
	assert_non_null(mkdtemp(rig->directory));
	assert_true(sd_event_new(&rig->event) >= 0);
	put_users(rig, other_cost);
	assert_int_equal(server_users_create(&rig->users, rig->event,
					 rig->directory, ignore_change, NULL),
			0);
	assert_int_equal(server_passwords_create(&rig->passwords, rig->event,
					 rig->users, rig->directory),
			0);
	return rig;
}

static void destroy_rig(struct rig *rig)
{
	char path[96];

	server_passwords_destroy(rig->passwords);
	server_users_destroy(rig->users);
	sd_event_unref(rig->event);
	snprintf(path, sizeof(path), "%s/users", rig->directory);
	unlink(path);
	rmdir(rig->directory);
	free(rig);
}

static void on_done(void *context, bool right)
{
	struct rig *rig = context;

	assert_false(right);
	rig->done = true;
}

/* How long a wrong password took. */
static double fail_to_log_in(
		struct rig *rig, const char *name, const char *password)
{
	struct server_password_check *check;
	struct core_address source;
	uint64_t begin_us;

	assert_int_equal(core_address_parse(&source, "192.0.2.1:9"), 0);
	memset(&called, 0, sizeof(called));
	rig->done = false;
	begin_us = clock_now_us();
	assert_int_equal(server_passwords_check(&check, rig->passwords, &source,
					 name, password, on_done, rig),
			0);
	while (!rig->done) {
		assert_true(clock_now_us() < begin_us + PATIENCE_US);
		sd_event_run(rig->event, PATIENCE_US);
	}
	return (double)(clock_now_us() - begin_us);
}

/* ---- the calls ----------------------------------------------------------- */

static void every_name_costs_the_same_calls(void **state)
{
	static const char *const names[] = {"plain", "coded", "nobody", "", "x",
			"a-name-that-is-longer-than-any-user-may-have"};
	static const char *const passwords[] = {"", "short", "000000",
			PASSWORD "000000", PASSWORD " and more"};
	struct rig *rig = create_rig(SERVER_HASH_COST_MIN);

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (size_t j = 0; j < sizeof(passwords) / sizeof(passwords[0]);
				j++) {
			fail_to_log_in(rig, names[i], passwords[j]);
			assert_int_equal(called.hashes, 1);
			assert_string_equal(called.cost, "$y$j75$");
			assert_int_equal(called.codes, 3);
			assert_int_equal(called.secret_bytes, 20);
		}
	}
	/* The right one, of a user that it is not. */
	fail_to_log_in(rig, "nobody", PASSWORD);
	assert_int_equal(called.hashes, 1);
	assert_int_equal(called.codes, 3);
	destroy_rig(rig);
}

/* So neither a cheap nor a dear answer tells whether the name is known. */
static void where_hashes_differ_unknown_names_do_too(void **state)
{
	enum { NAMES = 200 };
	struct rig *rig = create_rig(2);
	unsigned cheap_n = 0;

	(void)state;
	for (unsigned i = 0; i < NAMES; i++) {
		char name[16];
		char first[sizeof(called.cost)];

		snprintf(name, sizeof(name), "name%u", i);
		fail_to_log_in(rig, name, PASSWORD);
		strcpy(first, called.cost);
		if (i % 10 == 0) {
			fail_to_log_in(rig, name, PASSWORD);
			assert_string_equal(called.cost, first);
		}
		cheap_n += strcmp(first, "$y$j75$") == 0;
	}
	assert_in_range(cheap_n, 60, 140); /* more than 5 sigma each way */
	destroy_rig(rig);
}

/* ---- the time ------------------------------------------------------------ */

struct sample {
	double us;
	int group;
};

static int compare(const void *a, const void *b)
{
	double x = ((const struct sample *)a)->us;
	double y = ((const struct sample *)b)->us;

	return (x > y) - (x < y);
}

/* Welch's t between group 0 and `group`, of the first n samples. */
static double welch(const struct sample *samples, size_t n, int group)
{
	double sum[2] = {0}, squares[2] = {0}, count[2] = {0};
	double mean[2], variance[2];

	for (size_t i = 0; i < n; i++) {
		int side = samples[i].group == group;

		if (!side && samples[i].group != 0)
			continue;
		count[side]++;
		sum[side] += samples[i].us;
		squares[side] += samples[i].us * samples[i].us;
	}
	for (int side = 0; side < 2; side++) {
		mean[side] = sum[side] / count[side];
		variance[side] = (squares[side] -
						 count[side] * mean[side] *
								 mean[side]) /
				(count[side] - 1);
	}
	return (mean[0] - mean[1]) /
			sqrt(variance[0] / count[0] + variance[1] / count[1]);
}

/*
 * Three kinds of names in random order, so that what else the machine does
 * meets all of them alike. Without the slowest tenth of all, in which the
 * machine is heard most, a difference would show sooner.
 */
static void no_name_takes_longer(void **state)
{
	static const char *const names[] = {"nobody", "plain", "coded"};
	static struct sample samples[TRIES];
	struct rig *rig;
	unsigned random = 1;

	(void)state;
	if (!getenv("RACKHAND_TEST_FULL"))
		skip();
	rig = create_rig(SERVER_HASH_COST_MIN);
	for (int i = 0; i < 300; i++)
		fail_to_log_in(rig, names[i % 3], "wrong password");
	for (int i = 0; i < TRIES; i++) {
		int group;

		random = random * 1103515245 + 12345;
		group = (int)(random >> 16) % 3;
		samples[i].group = group;
		samples[i].us = fail_to_log_in(
				rig, names[group], "wrong password");
	}
	qsort(samples, TRIES, sizeof(samples[0]), compare);
	for (int group = 1; group < 3; group++) {
		double all = welch(samples, TRIES, group);
		double most = welch(samples, TRIES / 10 * 9, group);

		print_message("unknown against %s: t = %.2f, %.2f without the slowest tenth; median of all %.0f us\n",
				names[group], all, most, samples[TRIES / 2].us);
		assert_true(fabs(all) < T_MAX);
		assert_true(fabs(most) < T_MAX);
	}
	destroy_rig(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(every_name_costs_the_same_calls),
			cmocka_unit_test(
					where_hashes_differ_unknown_names_do_too),
			cmocka_unit_test(no_name_takes_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
