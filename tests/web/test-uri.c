/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/uri.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void good_paths_stay_as_they_are(void **state)
{
	static const char *const good[] = {"/", "/a", "/a/", "/a/b.c", "/%41",
			"/a%2Fb", "/...", "/.a", "/a..", "/%c3%bc", "/..a/b",
			"/a+b", "/%2e%2e%2e"};
	struct web_uri uri;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (web_uri_parse(&uri, good[i]) != 0)
			fail_msg("\"%s\" is good", good[i]);
		assert_string_equal(uri.path, good[i]);
		assert_int_equal(uri.query.n, 0);
		web_uri_finish(&uri);
	}
}

static void bad_ones_are_refused(void **state)
{
	static const char *const bad[] = {"", "a", "*", "http://kvm1/",
			"kvm1:443", "//", "/a//b", "//a", "/.", "/..", "/a/..",
			"/../a", "/a/./b", "/%2e%2e/a", "/%2E/a", "/.%2e", "/%",
			"/%4", "/%4g", "/%g4", "/%00", "/abcdef%00",
			"/abcdef%zz", "/a/%", "/?%", "/?a=%", "/?a=%0",
			"/?a=%00", "/?%00=a", "/a?b=c&%"};
	struct web_uri uri;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (web_uri_parse(&uri, bad[i]) != -EINVAL)
			fail_msg("\"%s\" is bad", bad[i]);
		assert_null(uri.path);
	}
}

static void a_query_is_decoded_in_its_order(void **state)
{
	static const struct web_parameter expected[] = {
			{"a", "1"},
			{"b c", "d e%2f+"},
			{"x", ""},
			{"y", ""},
			{"z", "=/?"},
			{"", "nameless"},
			{"a", "2"},
			{"\xc3\xbc", "\xe2\x82\xac"},
	};
	struct web_uri uri;

	(void)state;
	assert_int_equal(
			web_uri_parse(&uri,
					"/p?a=1&b+c=d%20e%252f%2B&x&&y=&z==/?&=nameless&a=2&%c3%bc=%E2%82%AC&"),
			0);
	assert_string_equal(uri.path, "/p");
	assert_int_equal(uri.query.n, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < uri.query.n; i++) {
		assert_string_equal(
				uri.query.parameters[i].name, expected[i].name);
		assert_string_equal(uri.query.parameters[i].value,
				expected[i].value);
	}
	web_uri_finish(&uri);
}

static void parameters_have_a_number(void **state)
{
	char text[512] = "/?";
	struct web_uri uri;

	(void)state;
	for (unsigned i = 0; i < WEB_QUERY_MAX; i++)
		strcat(text, "a=b&");
	assert_int_equal(web_uri_parse(&uri, text), 0);
	assert_int_equal(uri.query.n, WEB_QUERY_MAX);
	web_uri_finish(&uri);
	strcat(text, "a");
	assert_int_equal(web_uri_parse(&uri, text), -E2BIG);
}

static void decoding_knows_its_room(void **state)
{
	char out[4];

	(void)state;
	assert_int_equal(web_uri_decode("a%62c", 5, out, sizeof(out)), 0);
	assert_string_equal(out, "abc");
	assert_int_equal(web_uri_decode("abcd", 4, out, sizeof(out)),
			-ENAMETOOLONG);
	assert_int_equal(web_uri_decode("ab%", 3, out, sizeof(out)), -EINVAL);
	/* What stands behind is not looked at. */
	assert_int_equal(web_uri_decode("a%41", 3, out, sizeof(out)), -EINVAL);
	assert_int_equal(web_uri_decode("", 0, out, sizeof(out)), 0);
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(good_paths_stay_as_they_are),
			cmocka_unit_test(bad_ones_are_refused),
			cmocka_unit_test(a_query_is_decoded_in_its_order),
			cmocka_unit_test(parameters_have_a_number),
			cmocka_unit_test(decoding_knows_its_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
