/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "server/users-table.h"
#include "tests/fuzz/fuzz.h"

/*
 * The users file. What is read says of each user all that it must, no name
 * twice, and comes back the same when it is written and read again; what is
 * not is refused with the line and a reason.
 */
static void check_user(
		struct server_users_table *table, struct server_user *user)
{
	char why[SERVER_USERS_WHY_BYTES];
	char roles[SERVER_GRANTS_TEXT_BYTES];
	struct server_user again = {.grants.n = 0};

	FUZZ_CHECK(server_user_check_name(user->name, why) == 0);
	FUZZ_CHECK(server_users_table_find(table, user->name) == user);
	FUZZ_CHECK(user->grants.n > 0);
	FUZZ_CHECK(user->grants.n <= SERVER_GRANTS_MAX);
	for (size_t i = 0; i < user->grants.n; i++)
		FUZZ_CHECK(user->grants.list[i].role > SERVER_ROLE_NONE &&
				user->grants.list[i].role < SERVER_ROLES);
	FUZZ_CHECK(server_hash_is_good(user->hash));
	FUZZ_CHECK(!user->totp[0] || server_totp_is_good(user->totp));
	FUZZ_CHECK(user->generation != 0);
	server_grants_format(&user->grants, roles);
	FUZZ_CHECK(server_grants_parse(&again.grants, roles, why) == 0);
	FUZZ_CHECK(again.grants.n == user->grants.n);
}

static struct server_users_table *parse(const void *bytes, size_t size)
{
	struct server_users_table *table = calloc(1, sizeof(*table));
	char why[SERVER_USERS_WHY_BYTES] = "";

	FUZZ_CHECK(table);
	if (server_users_parse(table, bytes, size, why) == 0)
		return table;
	FUZZ_CHECK(memchr(why, 0, sizeof(why)));
	FUZZ_CHECK(strncmp(why, "line ", 5) == 0 ||
			size > SERVER_USERS_FILE_MAX_BYTES);
	free(table);
	return NULL;
}

static void expect_the_same(const struct server_users_table *table)
{
	char *text = server_users_format(table);
	struct server_users_table *again;

	FUZZ_CHECK(text);
	again = parse(text, strlen(text));
	FUZZ_CHECK(again && again->users_n == table->users_n);
	FUZZ_CHECK(memcmp(again->users, table->users,
				   table->users_n * sizeof(table->users[0])) ==
			0);
	free(again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct server_users_table *table = parse(bytes, size);

	if (!table)
		return 0;
	for (size_t i = 0; i < table->users_n; i++)
		check_user(table, &table->users[i]);
	expect_the_same(table);
	free(table);
	return 0;
}
