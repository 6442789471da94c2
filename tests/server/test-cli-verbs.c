/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-verbs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/api-routes.h"
#include "server/cli-ask.h"
#include "server/programs.h"

#define WORDS_MAX 4

static void finds_the_longest_name(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		const char *name; /* NULL: none */
	} cases[] = {
			{{"status"}, "status"},
			{{"stat"}, NULL},
			{{"stats", "rack1"}, "stats"},
			{{"user", "add", "eva"}, "user add"},
			{{"user"}, NULL},
			{{"user", "eva"}, NULL},
			{{"control"}, "control"},
			{{"control", "give", "1"}, "control give"},
			{{"control", "x"}, "control"},
			{{""}, NULL},
			{{NULL}, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct server_cli_verb *verb;
		int words_n = 0;
		int name_words_n;

		while (words_n < WORDS_MAX && cases[i].words[words_n])
			words_n++;
		verb = server_cli_verb_find((char *const *)cases[i].words,
				words_n, &name_words_n);
		assert_int_equal(!verb, !cases[i].name);
		if (!verb)
			continue;
		assert_string_equal(verb->verb.name, cases[i].name);
		assert_int_equal(name_words_n,
				strchr(cases[i].name, ' ') ? 2 : 1);
	}
}

/* Those that do no more than ask for what has their name. */
static void asks_only_for_what_there_is(void **state)
{
	const struct server_cli_verb *verb;

	(void)state;
	for (size_t i = 0; (verb = server_cli_verb_at(i)); i++) {
		if (verb->run != server_cli_ask)
			continue;
		if (!server_api_find_verb(verb->verb.name))
			fail_msg("nobody answers \"%s\"", verb->verb.name);
		assert_non_null(verb->format);
		assert_string_equal(verb->operations[0], verb->verb.name);
	}
}

/* "user add", and no other "user add". */
static void has_each_name_once(void **state)
{
	const struct server_cli_verb *verb;

	(void)state;
	for (size_t i = 0; (verb = server_cli_verb_at(i)); i++) {
		assert_true(strlen(verb->verb.name) > 0);
		assert_true(strlen(verb->verb.help) > 0);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(verb->verb.name,
					server_cli_verb_at(j)->verb.name);
	}
}

/* ---- a verb for everything -------------------------------------------------
 */

/* What no verb asks for, and why. */
static const struct {
	const char *operation;
	const char *reason;
} exceptions[] = {
		{"session", "what a browser is told of its login"},
		{"login", "a program has a token instead"},
		{"logout", "\"token remove\" ends what a program may do"},
		{"watch", "a console, for viewers; \"snapshot\" has pictures"},
};

static const char *find_reason(const char *operation)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (strcmp(exceptions[i].operation, operation) == 0)
			return exceptions[i].reason;
	return NULL;
}

static bool has_verb(const char *operation)
{
	const struct server_cli_verb *verb;

	for (size_t i = 0; (verb = server_cli_verb_at(i)); i++)
		for (size_t j = 0; j < SERVER_CLI_OPERATIONS_MAX; j++)
			if (verb->operations[j] &&
					strcmp(verb->operations[j],
							operation) == 0)
				return true;
	return false;
}

static void has_a_verb_for_each_operation(void **state)
{
	(void)state;
	for (size_t i = 0; i < server_api_routes_n; i++) {
		const char *operation = server_api_routes[i].verb;

		if (!has_verb(operation) && !find_reason(operation))
			fail_msg("no verb of rackhand asks for \"%s\"",
					operation);
		if (has_verb(operation) && find_reason(operation))
			fail_msg("\"%s\" is no exception any more", operation);
	}
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		assert_non_null(server_api_find_verb(exceptions[i].operation));
}

/* Of those that can be asked only there, another does it over https. */
static bool has_https(const struct server_cli_verb *verb)
{
	for (size_t i = 0; i < SERVER_CLI_OPERATIONS_MAX; i++) {
		const struct server_api_route *route = verb->operations[i]
				? server_api_find_verb(verb->operations[i])
				: NULL;

		if (route && route->path)
			return true;
	}
	return false;
}

static void asks_by_either_way(void **state)
{
	const uint32_t url = UINT32_C(1) << SERVER_RACKHAND_URL;
	const struct server_cli_verb *verb;

	(void)state;
	for (size_t i = 0; (verb = server_cli_verb_at(i)); i++) {
		bool asks = verb->operations[0];

		for (size_t j = 0; j < SERVER_CLI_OPERATIONS_MAX; j++) {
			const char *operation = verb->operations[j];

			if (!operation)
				continue;
			if (!server_api_find_verb(operation))
				fail_msg("%s asks for \"%s\", which is none",
						verb->verb.name, operation);
			assert_false(server_api_find_verb(operation)
							->http_only);
		}
		if (asks)
			assert_true(has_https(verb));
		/* Before there is a user, nobody can have made a token. */
		if (strcmp(verb->verb.name, "setup") == 0)
			continue;
		assert_int_equal((verb->verb.options & url) != 0, asks);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(has_a_verb_for_each_operation),
			cmocka_unit_test(asks_by_either_way),
			cmocka_unit_test(finds_the_longest_name),
			cmocka_unit_test(asks_only_for_what_there_is),
			cmocka_unit_test(has_each_name_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
