/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/headline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	struct server_headline headline;
	const char *title;
	const char *banner;
} cases[] = {
		{{"rack1", NULL, NULL, 0}, "rack1", "nobody operates"},
		{{"rack1", "alice", NULL, 0}, "rack1 - alice operates",
				"alice operates"},
		{{"rack1", "alice", "carol", 1},
				"rack1 - alice operates, carol asks",
				"alice operates - carol asks for the keyboard: Scroll Lock twice gives it"},
		{{"rack1", "[2001:db8::1]:40312", "carol", 3},
				"rack1 - [2001:db8::1]:40312 operates, carol and 2 more ask",
				"[2001:db8::1]:40312 operates - carol and 2 more ask for the keyboard: Scroll Lock twice gives it"},
};

static void it_says_who_operates_and_who_asks(void **state)
{
	char text[SERVER_HEADLINE_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		server_headline_title(&cases[i].headline, text);
		assert_string_equal(text, cases[i].title);
		server_headline_banner(&cases[i].headline, text);
		assert_string_equal(text, cases[i].banner);
	}
}

static void long_names_are_cut(void **state)
{
	char text[SERVER_HEADLINE_BYTES];
	char name[1000];
	const struct server_headline headline = {name, name, name, 2};

	(void)state;
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	server_headline_title(&headline, text);
	assert_int_equal(strlen(text), SERVER_HEADLINE_BYTES - 1);
	server_headline_banner(&headline, text);
	assert_int_equal(strlen(text), SERVER_HEADLINE_BYTES - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
			cmocka_unit_test(it_says_who_operates_and_who_asks),
			cmocka_unit_test(long_names_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
