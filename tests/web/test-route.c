/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/route.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
	ROOT,
	LIST,
	ONE,
	GET_TEXT,
	START_TEXT,
	STOP_TEXT,
	MACRO,
	SET_MACRO,
	ROUTES_N
};

static const struct web_route routes[ROUTES_N] = {
		[ROOT] = {"GET", "/"},
		[LIST] = {"GET", "/api/targets"},
		[ONE] = {"GET", "/api/targets/{target}"},
		[GET_TEXT] = {"GET", "/api/targets/{target}/text"},
		[START_TEXT] = {"POST", "/api/targets/{target}/text"},
		[STOP_TEXT] = {"DELETE", "/api/targets/{target}/text"},
		[MACRO] = {"POST", "/api/targets/{target}/macros/{macro}"},
		[SET_MACRO] = {"PUT", "/api/macros/{macro}"},
};

static struct web_route get(const void *table, size_t index)
{
	return ((const struct web_route *)table)[index];
}

static int match(const char *method, const char *path, struct web_match *found)
{
	return web_route_match(get, routes, ROUTES_N, method, path, found);
}

static void method_and_path_find_their_route(void **state)
{
	static const struct {
		const char *method;
		const char *path;
		size_t index;
	} cases[] = {
			{"GET", "/", ROOT},
			{"HEAD", "/", ROOT},
			{"GET", "/api/targets", LIST},
			{"GET", "/api/targets/rack1", ONE},
			{"GET", "/api/targets/rack1/text", GET_TEXT},
			{"HEAD", "/api/targets/rack1/text", GET_TEXT},
			{"POST", "/api/targets/rack1/text", START_TEXT},
			{"DELETE", "/api/targets/rack1/text", STOP_TEXT},
			{"PUT", "/api/macros/x", SET_MACRO},
	};
	struct web_match found;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (match(cases[i].method, cases[i].path, &found) != 0)
			fail_msg("%s has a route", cases[i].path);
		assert_int_equal(found.index, cases[i].index);
	}
}

static void parameters_are_decoded(void **state)
{
	struct web_match found;

	(void)state;
	assert_int_equal(match("POST", "/api/targets/a%2Fb+c/macros/%c3%9c%20x",
					 &found),
			0);
	assert_int_equal(found.index, MACRO);
	assert_int_equal(found.parameters_n, 2);
	assert_string_equal(found.parameters[0].name, "target");
	assert_string_equal(found.parameters[0].value, "a/b+c");
	assert_string_equal(found.parameters[1].name, "macro");
	assert_string_equal(found.parameters[1].value, "\xc3\x9c x");
}

static void no_path_differs_from_no_method(void **state)
{
	static const char *const unknown[] = {"/x", "/api", "/api/",
			"/api/targets/", "/api/targets/rack1/",
			"/api/targets/rack1/texts", "/api/targets/rack1/text/",
			"/api/targets//text", "/API/targets", "/api/macros/",
			"/api/targetsx", "/api/target", "/api%2Ftargets"};
	struct web_match found;

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		if (match("GET", unknown[i], &found) != -ENOENT)
			fail_msg("%s has no route", unknown[i]);
	assert_int_equal(match("PUT", "/api/targets/rack1/text", &found),
			-EOPNOTSUPP);
	assert_string_equal(found.allow, "GET, HEAD, POST, DELETE");
	assert_int_equal(match("HEAD", "/api/macros/x", &found), -EOPNOTSUPP);
	assert_string_equal(found.allow, "PUT");
	assert_int_equal(match("get", "/", &found), -EOPNOTSUPP);
	assert_string_equal(found.allow, "GET, HEAD");
}

static void a_name_too_long_is_nobodys(void **state)
{
	char path[sizeof("/api/targets/") + WEB_ROUTE_VALUE_BYTES] =
			"/api/targets/";
	size_t length = strlen(path);
	struct web_match found;

	(void)state;
	memset(path + length, 'a', WEB_ROUTE_VALUE_BYTES - 1);
	assert_int_equal(match("GET", path, &found), 0);
	memset(path + length, 'a', WEB_ROUTE_VALUE_BYTES);
	assert_int_equal(match("GET", path, &found), -ENAMETOOLONG);
	assert_int_equal(match("GET", "/api/targets/%4", &found), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(method_and_path_find_their_route),
			cmocka_unit_test(parameters_are_decoded),
			cmocka_unit_test(no_path_differs_from_no_method),
			cmocka_unit_test(a_name_too_long_is_nobodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
