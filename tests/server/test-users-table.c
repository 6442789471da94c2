/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/users-table.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HASH                                                                   \
	"$y$j75$m3HCI.qIZMO.k3iGV6rAL1$2JagWWyhw8EKn/99cHeaG40fgNS9cBme.qtl/AnaoQ0"
#define SECRET "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
#define GENERATION "0123456789abcdef"
#define REST " " HASH " - " GENERATION "\n"

static struct server_users_table table;

static int parse(const char *text, char why[SERVER_USERS_WHY_BYTES])
{
	why[0] = '\0';
	return server_users_parse(&table, text, strlen(text), why);
}

static void reads_what_there_is(void **state)
{
	char why[SERVER_USERS_WHY_BYTES];
	char roles[SERVER_GRANTS_TEXT_BYTES];

	(void)state;
	assert_int_equal(parse("# users\n"
			       "\n"
			       "alice operator " HASH " " SECRET
			       " fedcba9876543210\n"
			       "  \t \n"
			       " bob\tviewer@rack1,admin@rack2  " HASH
			       " - " GENERATION " \n"
			       "c.d_e-f@g viewer" REST,
					 why),
			0);
	assert_int_equal(table.users_n, 3);
	assert_string_equal(table.users[0].name, "alice");
	assert_string_equal(table.users[0].hash, HASH);
	assert_string_equal(table.users[0].totp, SECRET);
	assert_true(table.users[0].generation == 0xfedcba9876543210);
	assert_string_equal(table.users[1].name, "bob");
	assert_string_equal(table.users[1].totp, "");
	server_grants_format(&table.users[1].grants, roles);
	assert_string_equal(roles, "viewer@rack1,admin@rack2");
	assert_string_equal(table.users[2].name, "c.d_e-f@g");
	assert_ptr_equal(server_users_table_find(&table, "bob"),
			&table.users[1]);
	assert_null(server_users_table_find(&table, "bo"));
	assert_null(server_users_table_find(&table, ""));

	assert_int_equal(parse("", why), 0);
	assert_int_equal(table.users_n, 0);
}

static const struct {
	const char *text;
	const char *why;
} faults[] = {
		{"alice viewer" HASH, "line 1: it has no end"},
		{"#\n#\nalice viewer " HASH " -\n",
				"line 3: a user is name, roles, hash, TOTP secret or -, and generation: 5 words, not fewer"},
		{"alice viewer " HASH " - " GENERATION " x\n",
				"line 1: a user is name, roles, hash, TOTP secret or -, and generation: 5 words, not more"},
		{"-a viewer" REST,
				"line 1: a user's name has 1 to 32 of the characters A-Z a-z 0-9 . _ - @, and does not begin with -"},
		{"a/b viewer" REST, "line 1: a user's name has "},
		{"abcdefghijklmnopqrstuvwxyz0123456 viewer" REST,
				"line 1: a user's name has "},
		{"a viewer" REST "a admin" REST,
				"line 2: user a stands here a second time"},
		{"a root" REST, "line 1: a role is viewer, operator or admin, with @TARGET behind it if it is for one target only"},
		{"a none" REST, "line 1: a role is viewer,"},
		{"a viewer,,admin@x" REST, "line 1: a role is viewer,"},
		{"a viewer@" REST,
				"line 1: behind @ stands a target's name, of 1 to 32 of the characters A-Z a-z 0-9 _ -"},
		{"a viewer@a.b" REST, "line 1: behind @ stands "},
		{"a viewer@a@b" REST, "line 1: behind @ stands "},
		{"a viewer@abcdefghijklmnopqrstuvwxyz0123456" REST,
				"line 1: behind @ stands "},
		{"a viewer,admin" REST,
				"line 1: there are two roles for every target"},
		{"a viewer@x,admin@x" REST,
				"line 1: there are two roles for target x"},
		{"a viewer@a,viewer@b,viewer@c,viewer@d,viewer@e,viewer@f,viewer@g,viewer@h,viewer@i,viewer@j,viewer@k,viewer@l,viewer@m,viewer@n,viewer@o,viewer@p,viewer,viewer@q" REST,
				"line 1: there are more than 17 roles"},
		{"a viewer secret - " GENERATION "\n",
				"line 1: the third word is no yescrypt hash; rackhand user passwd makes one"},
		{"a viewer " HASH "x - " GENERATION "\n",
				"line 1: the third word "},
		{"a viewer $6$j75$a$b - " GENERATION "\n",
				"line 1: the third word "},
		{"a viewer $y$jFT$m3HCI.qIZMO.k3iGV6rAL1$2JagWWyhw8EKn/99cHeaG40fgNS9cBme.qtl/AnaoQ0 - " GENERATION
		 "\n",
				"line 1: the third word "},
		{"a viewer $y$j75$$2JagWWyhw8EKn/99cHeaG40fgNS9cBme.qtl/AnaoQ0 - " GENERATION
		 "\n",
				"line 1: the third word "},
		{"a viewer $y$j75$m3 - " GENERATION "\n",
				"line 1: the third word "},
		{"a viewer " HASH " " SECRET "A " GENERATION "\n",
				"line 1: the fourth word is neither - nor a TOTP secret of 16, 24 ... 64 characters A-Z 2-7; rackhand user totp makes one"},
		{"a viewer " HASH " jbswy3dpehpk3pxp " GENERATION "\n",
				"line 1: the fourth word "},
		{"a viewer " HASH " JBSWY3DP " GENERATION "\n",
				"line 1: the fourth word "},
		{"a viewer " HASH " " SECRET SECRET "JBSWY3DP " GENERATION "\n",
				"line 1: the fourth word "},
		{"a viewer " HASH " - 0000000000000000\n",
				"line 1: the last word is no number of 16 digits 0-9 a-f that is not 0"},
		{"a viewer " HASH " - 0123456789ABCDEF\n",
				"line 1: the last word "},
		{"a viewer " HASH " - 123\n", "line 1: the last word "},
		{"a viewer " HASH " - 0123456789abcdef0\n",
				"line 1: the last word "},
		{"a viewer\r" REST,
				"line 1: a character that is not ASCII text"},
		{"\xc3\xa4 viewer" REST,
				"line 1: a character that is not ASCII text"},
};

static void says_what_would_be_right(void **state)
{
	char why[SERVER_USERS_WHY_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		if (parse(faults[i].text, why) != -EINVAL ||
				strncmp(why, faults[i].why,
						strlen(faults[i].why)) != 0)
			fail_msg("%s: \"%s\"", faults[i].text, why);
	}
}

static void has_hard_maxima(void **state)
{
	char *text = malloc(2 * SERVER_USERS_FILE_MAX_BYTES);
	char why[SERVER_USERS_WHY_BYTES];
	size_t used = 0;

	(void)state;
	assert_non_null(text);
	memset(text, '#', SERVER_USERS_LINE_MAX_BYTES - 1);
	strcpy(text + SERVER_USERS_LINE_MAX_BYTES - 1, "\n");
	assert_int_equal(parse(text, why), 0);
	strcpy(text + SERVER_USERS_LINE_MAX_BYTES - 1, "#\n");
	assert_int_equal(parse(text, why), -EINVAL);
	assert_string_equal(why, "line 1: more than 1023 characters");

	for (int i = 0; i < SERVER_USERS_MAX; i++)
		used += (size_t)sprintf(text + used, "user%d admin" REST, i);
	assert_int_equal(parse(text, why), 0);
	assert_int_equal(table.users_n, SERVER_USERS_MAX);
	strcpy(text + used, "one-more admin" REST);
	assert_int_equal(parse(text, why), -EINVAL);
	assert_string_equal(why, "line 257: there are more than 256 users");

	memset(text, '\n', SERVER_USERS_FILE_MAX_BYTES + 1);
	assert_int_equal(server_users_parse(&table, text,
					 SERVER_USERS_FILE_MAX_BYTES, why),
			0);
	assert_int_equal(server_users_parse(&table, text,
					 SERVER_USERS_FILE_MAX_BYTES + 1, why),
			-EINVAL);
	assert_string_equal(why, "it has more than 262144 bytes");
	free(text);
}

static void a_nul_ends_nothing(void **state)
{
	static const char text[] = "a viewer" REST "\0b viewer" REST;
	char why[SERVER_USERS_WHY_BYTES];

	(void)state;
	assert_int_equal(
			server_users_parse(&table, text, sizeof(text) - 1, why),
			-EINVAL);
	assert_string_equal(why, "line 2: a character that is not ASCII text");
}

/* The largest user there can be has room in its line. */
static void writes_what_it_reads(void **state)
{
	struct server_users_table *copy = malloc(sizeof(*copy));
	char why[SERVER_USERS_WHY_BYTES];
	char roles[SERVER_USERS_LINE_MAX_BYTES] = "operator";
	struct server_user *user = &table.users[0];
	char *text;

	(void)state;
	for (int i = 0; i < CONFIG_TARGETS_MAX; i++)
		sprintf(roles + strlen(roles), ",operator@%032d", i);
	memset(&table, 0, sizeof(table));
	table.users_n = 2;
	memset(user->name, 'n', SERVER_USER_NAME_MAX_BYTES);
	assert_int_equal(server_grants_parse(&user->grants, roles, why), 0);
	strcpy(user->hash, HASH);
	memset(user->totp, 'A', SERVER_TOTP_BYTES - 1);
	user->generation = 1;
	table.users[1] = table.users[0];
	memset(table.users[1].name, 0, sizeof(table.users[1].name));
	table.users[1].name[0] = 'b';
	memset(table.users[1].totp, 0, sizeof(table.users[1].totp));

	text = server_users_format(&table);
	assert_non_null(text);
	assert_non_null(copy);
	memset(copy, 0, sizeof(*copy));
	assert_int_equal(server_users_parse(copy, text, strlen(text), why), 0);
	assert_int_equal(copy->users_n, 2);
	assert_memory_equal(
			copy->users, table.users, 2 * sizeof(table.users[0]));
	free(text);
	free(copy);
}

static void every_generation_is_another(void **state)
{
	struct server_user user = {0};
	uint64_t before[64] = {0};

	(void)state;
	for (int i = 0; i < 64; i++) {
		assert_int_equal(server_user_renew(&user), 0);
		for (int j = 0; j < i; j++)
			assert_true(before[j] != user.generation);
		assert_true(user.generation != 0);
		before[i] = user.generation;
	}
}

/* Bytes that are changed at random are refused or mean something valid. */
static void survives_any_bytes(void **state)
{
	static const char good[] = "alice operator " HASH " " SECRET
				   " fedcba9876543210\n"
				   "bob viewer@rack1,admin@rack2" REST;
	char why[SERVER_USERS_WHY_BYTES];
	unsigned random = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char text[sizeof(good)];
		size_t size = sizeof(good) - 1;

		memcpy(text, good, sizeof(good));
		for (int j = 0; j < 1 + i % 3; j++) {
			random = random * 1103515245 + 12345;
			text[(random >> 8) % size] = (char)(random >> 16);
		}
		size -= (random >> 4) % 8 == 0 ? (random >> 10) % size : 0;
		if (server_users_parse(&table, text, size, why) < 0)
			assert_in_range(strlen(why), 1, sizeof(why) - 1);
		else
			assert_in_range(table.users_n, 0, 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(reads_what_there_is),
			cmocka_unit_test(says_what_would_be_right),
			cmocka_unit_test(has_hard_maxima),
			cmocka_unit_test(a_nul_ends_nothing),
			cmocka_unit_test(writes_what_it_reads),
			cmocka_unit_test(every_generation_is_another),
			cmocka_unit_test(survives_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
