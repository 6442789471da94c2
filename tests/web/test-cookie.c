/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/cookie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NAME "__Host-rackhand"

static const struct {
	const char *header;
	const char *value; /* NULL: there is none */
} cases[] = {
		{NAME "=abc", "abc"},
		{NAME "=abc; other=x", "abc"},
		{"other=x; " NAME "=abc", "abc"},
		{"other=x;" NAME "=abc;more=y", "abc"},
		{"  " NAME "=abc", "abc"},
		{NAME "=a=b", "a=b"},
		{NAME "=", ""},
		{NAME "=abc ", "abc"},
		{NAME "=1234567", "1234567"},
		{NAME "=12345678", NULL}, /* no room */
		{"", NULL},
		{";", NULL},
		{";;;", NULL},
		{NAME, NULL},
		{NAME " =abc", NULL},
		{"x" NAME "=abc", NULL},
		{"__host-rackhand=abc", NULL},
		{NAME "x=abc", NULL},
		{"other=" NAME "=abc", NULL},
		{NAME "=abc; " NAME "=abc", NULL},
		{NAME "=abc; " NAME "=evil", NULL},
		{NAME "=evil;x=y;" NAME "=", NULL},
};

static void one_cookie_is_found_if_it_is_the_only_one(void **state)
{
	char value[8];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool found = web_cookie_read(
				cases[i].header, NAME, value, sizeof(value));

		if (found != (cases[i].value != NULL) ||
				(found && strcmp(value, cases[i].value) != 0))
			fail_msg("case %zu: \"%s\"", i, cases[i].header);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					one_cookie_is_found_if_it_is_the_only_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
