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

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(finds_the_longest_name),
			cmocka_unit_test(asks_only_for_what_there_is),
			cmocka_unit_test(has_each_name_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
