/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/session-text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void expect(char *(*format)(const json_t *result), const char *result,
		const char *wanted)
{
	json_t *object = json_loads(result, 0, NULL);
	char *text;

	assert_non_null(object);
	text = format(object);
	assert_string_equal(text, wanted);
	free(text);
	json_decref(object);
}

static void prints_a_line_for_each_session(void **state)
{
	(void)state;
	expect(server_sessions_format,
			"{\"sessions\":["
			"{\"id\":1,\"target\":\"rack1\",\"user\":\"alice\",\"role\":\"operator\","
			"\"peer\":\"192.0.2.1:40312\",\"how\":\"x509plain\",\"since_s\":185,"
			"\"idle_s\":12,\"operator\":true},"
			"{\"id\":12,\"target\":\"a\",\"user\":\"(password)\",\"role\":\"viewer\","
			"\"peer\":\"unix\",\"how\":\"vncauth\",\"since_s\":0,\"idle_s\":0,"
			"\"operator\":false}]}",
			"ID  TARGET  USER        ROLE      FROM             HOW        SINCE  IDLE  OPERATOR\n"
			"1   rack1   alice       operator  192.0.2.1:40312  x509plain  3m05s  12s   yes\n"
			"12  a       (password)  viewer    unix             vncauth    0s     0s    -\n");
}

static void prints_the_heading_where_nobody_is(void **state)
{
	static const char heading[] =
			"ID  TARGET  USER  ROLE  FROM  HOW  SINCE  IDLE  OPERATOR\n";

	(void)state;
	expect(server_sessions_format, "{\"sessions\":[]}", heading);
	expect(server_sessions_format, "{}", heading);
}

static void prints_who_was_sent_away(void **state)
{
	(void)state;
	expect(server_disconnect_format,
			"{\"id\":3,\"user\":\"alice\",\"target\":\"rack1\"}",
			"session 3, alice on rack1, is disconnected\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(prints_a_line_for_each_session),
			cmocka_unit_test(prints_the_heading_where_nobody_is),
			cmocka_unit_test(prints_who_was_sent_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
