/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-request.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define OVER(method_, path_)                                                   \
	{                                                                      \
		.verb = "x", .method = method_, .path = path_                  \
	}

/* The request of the control socket, in JSON, and what it is over HTTP. */
static void makes_requests(void **state)
{
	static const struct {
		struct server_api_route route;
		const char *request;
		const char *path;
		const char *body;
	} cases[] = {
			{OVER("GET", "/api/targets"), "{}", "/api/targets",
					NULL},
			{OVER("GET", "/api/stats"), "{\"target\":\"rack1\"}",
					"/api/stats?target=rack1", NULL},
			{OVER("GET", "/api/targets/{target}/snapshot"),
					"{\"target\":\"rack1\",\"format\":\"png\",\"width\":320}",
					"/api/targets/rack1/snapshot?format=png&width=320",
					NULL},
			{OVER("DELETE", "/api/sessions/{id}"),
					"{\"id\":12,\"reason\":\"going home\"}",
					"/api/sessions/12?reason=going%20home",
					NULL},
			{OVER("POST", "/api/targets/{target}/keys"),
					"{\"target\":\"rack1\",\"keys\":[\"a\",\"b\"]}",
					"/api/targets/rack1/keys",
					"{\"keys\":[\"a\",\"b\"]}"},
			{OVER("POST", "/api/logout"), "{}", "/api/logout",
					"{}"},
			{OVER("PUT", "/api/x/{a}/y/{b}"),
					"{\"b\":\"2\",\"c\":3,\"a\":\"1\"}",
					"/api/x/1/y/2", "{\"c\":3}"},
			/* Nothing that was given can be another path or query.
			 */
			{OVER("GET", "/api/x/{a}"), "{\"a\":\"../y?z=1&/#%\"}",
					"/api/x/..%2Fy%3Fz%3D1%26%2F%23%25",
					NULL},
			{OVER("GET", "/api/x"), "{\"a&b\":\"c=d\xc3\xa4 \"}",
					"/api/x?a%26b=c%3Dd%C3%A4%20", NULL},
			{OVER("GET", "/api/x"), "{\"a\":true,\"b\":0.5}",
					"/api/x?a=true&b=0.5", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *request = json_loads(cases[i].request, 0, NULL);
		json_t *before = json_deep_copy(request);
		struct server_cli_request made;

		assert_int_equal(server_cli_request_make(&made, &cases[i].route,
						 request),
				0);
		assert_string_equal(made.path, cases[i].path);
		assert_true(!made.body == !cases[i].body);
		if (made.body)
			assert_string_equal(made.body, cases[i].body);
		assert_true(json_equal(request, before));
		server_cli_request_finish(&made);
		json_decref(before);
		json_decref(request);
	}
}

static void refuses_what_has_no_place(void **state)
{
	static const struct {
		struct server_api_route route;
		const char *request;
	} cases[] = {
			{OVER("GET", "/api/x/{a}"), "{}"},
			{OVER("GET", "/api/x/{a}"), "{\"a\":null}"},
			{OVER("POST", "/api/x/{a}"), "{\"a\":{}}"},
			{OVER("GET", "/api/x"), "{\"a\":[1]}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *request = json_loads(cases[i].request, 0, NULL);
		struct server_cli_request made;

		assert_int_equal(server_cli_request_make(&made, &cases[i].route,
						 request),
				-EINVAL);
		assert_null(made.path);
		assert_null(made.body);
		json_decref(request);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(makes_requests),
			cmocka_unit_test(refuses_what_has_no_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
