/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A tokens file: what is taken is as it should be, and comes back the same when
 * it is written and read again; what is not is refused with the line and a
 * reason.
 */

#include <stdlib.h>
#include <string.h>

#include "server/tokens-table.h"
#include "server/users-table.h"
#include "tests/fuzz/fuzz.h"

static struct server_tokens_table *parse(const void *bytes, size_t size)
{
	struct server_tokens_table *table = calloc(1, sizeof(*table));
	char why[SERVER_TOKENS_WHY_BYTES] = "";

	FUZZ_CHECK(table);
	if (server_tokens_parse(table, bytes, size, why) == 0)
		return table;
	FUZZ_CHECK(memchr(why, 0, sizeof(why)));
	FUZZ_CHECK(why[0]);
	free(table);
	return NULL;
}

static void check_token(
		struct server_tokens_table *table, struct server_token *token)
{
	char why[SERVER_USERS_WHY_BYTES];

	FUZZ_CHECK(server_user_check_name(token->name, why) == 0);
	FUZZ_CHECK(server_tokens_table_find(table, token->name) == token);
	FUZZ_CHECK(token->grants.n > 0 && token->grants.n <= SERVER_GRANTS_MAX);
}

static void expect_the_same(const struct server_tokens_table *table)
{
	char *text = server_tokens_format(table);
	struct server_tokens_table *again;

	FUZZ_CHECK(text);
	again = parse(text, strlen(text));
	FUZZ_CHECK(again && again->tokens_n == table->tokens_n);
	FUZZ_CHECK(memcmp(again->tokens, table->tokens,
				   table->tokens_n *
						   sizeof(table->tokens[0])) ==
			0);
	free(again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct server_tokens_table *table = parse(bytes, size);

	if (!table)
		return 0;
	for (size_t i = 0; i < table->tokens_n; i++)
		check_token(table, &table->tokens[i]);
	expect_the_same(table);
	free(table);
	return 0;
}
