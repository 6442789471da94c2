/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/check.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TARGET                                                                 \
	"target a { capture { source = demo }\n"                               \
	"vnc { listen = \"127.0.0.1:5901\" security = none }\n"

static void keep(void *context, const char *line)
{
	snprintf(context, 256, "%s", line);
}

static int check(const char *text, char complaint[256])
{
	complaint[0] = '\0';
	return server_check_text("file", text, strlen(text), keep, complaint);
}

static void macros_have_to_make_sense(void **state)
{
	char complaint[256];

	(void)state;
	assert_int_equal(check("macro m { keys = \"f1, ctl-a\" }\n" TARGET "}",
					 complaint),
			-EINVAL);
	assert_non_null(strstr(complaint, "file:1: macro \"m\": no such key"));
	assert_int_equal(check(TARGET "macro m { keys = \"wait 5\" } }",
					 complaint),
			-EINVAL);
	assert_non_null(strstr(complaint, "file:3: macro \"m\": wait takes"));
}

static void the_target_has_its_own_characters(void **state)
{
	char complaint[256];

	(void)state;
	assert_int_equal(
			check("macro m { keys = \"ctrl-\xc3\xbc\" }\n"
			      "macro n { keys = \"text 'gr\xc3\xbc\xc3\x9f'\" }\n" TARGET
			      "}",
					complaint),
			0);
	assert_string_equal(complaint, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(macros_have_to_make_sense),
			cmocka_unit_test(the_target_has_its_own_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
