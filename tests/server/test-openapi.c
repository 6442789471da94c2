/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * docs/openapi.json, which the daemon serves too, against the table of
 * operations and the sources of their handlers.
 */

#include "server/openapi.h"

#include <ctype.h>
#include <glob.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/api-routes.h"

#define DOCUMENT "docs/openapi.json"

static int set_up(void **state)
{
	*state = json_load_file(DOCUMENT, JSON_REJECT_DUPLICATES, NULL);
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	json_decref(*state);
	return 0;
}

/* In small letters, as the document has it. */
static const json_t *find_operation(
		const json_t *document, const struct server_api_route *route)
{
	char method[16] = "";

	for (size_t i = 0; route->method[i] && i < sizeof(method) - 1; i++)
		method[i] = (char)tolower((unsigned char)route->method[i]);
	return json_object_get(
			json_object_get(json_object_get(document, "paths"),
					route->path),
			method);
}

static const char *text_of(const json_t *object, const char *member)
{
	return json_string_value(json_object_get(object, member));
}

static void assert_operation(
		const json_t *operation, const struct server_api_route *route)
{
	static const char *const scopes[] = {
			[SERVER_API_GLOBAL] = "any",
			[SERVER_API_TARGET] = "target",
			[SERVER_API_EVERYWHERE] = "everywhere",
	};

	if (!operation)
		fail_msg("no entry: %s %s", route->method, route->path);
	assert_string_equal(text_of(operation, "operationId"), route->verb);
	assert_string_equal(text_of(operation, "x-rackhand-role"),
			server_role_text(route->needed));
	if (route->open)
		assert_int_equal(json_array_size(json_object_get(
						 operation, "security")),
				0);
	else
		assert_string_equal(text_of(operation, "x-rackhand-scope"),
				scopes[route->scope]);
	assert_int_equal(json_object_get(operation, "security") != NULL,
			route->open);
	assert_int_equal(json_object_get(operation, "requestBody") != NULL,
			route->body_max_bytes > 0);
	assert_non_null(text_of(operation, "summary"));
}

static void each_route_has_its_entry(void **state)
{
	for (size_t i = 0; i < server_api_routes_n; i++)
		if (server_api_routes[i].method)
			assert_operation(find_operation(*state,
							 &server_api_routes[i]),
					&server_api_routes[i]);
}

static void each_entry_has_its_route(void **state)
{
	const json_t *paths = json_object_get(*state, "paths");
	size_t routes_n = 0, entries_n = 0;
	const char *path;
	json_t *methods;

	for (size_t i = 0; i < server_api_routes_n; i++)
		routes_n += server_api_routes[i].method != NULL;
	json_object_foreach((json_t *)paths, path, methods)
			entries_n += json_object_size(methods);
	assert_int_equal(entries_n, routes_n);
}

/* ---- parameters and members ------------------------------------------------
 */

static bool has_parameter(const json_t *operation, const char *place,
		const char *name, size_t length)
{
	const json_t *list = json_object_get(operation, "parameters");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *it = json_array_get(list, i);

		if (strcmp(text_of(it, "in"), place) == 0 &&
				strlen(text_of(it, "name")) == length &&
				strncmp(text_of(it, "name"), name, length) == 0)
			return true;
	}
	return false;
}

static void parts_of_paths_are_parameters(void **state)
{
	for (size_t i = 0; i < server_api_routes_n; i++) {
		const struct server_api_route *route = &server_api_routes[i];
		const char *at = route->path;

		while (at && (at = strchr(at, '{'))) {
			size_t length = strcspn(++at, "}");

			assert_true(has_parameter(find_operation(*state, route),
					"path", at, length));
		}
	}
}

/* All of the server's files, one after the other. */
static char *read_sources(void)
{
	char *text = NULL;
	size_t size;
	FILE *all = open_memstream(&text, &size);
	glob_t files;

	assert_non_null(all);
	assert_int_equal(glob("server/*.c", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		FILE *file = fopen(files.gl_pathv[i], "r");
		int c;

		assert_non_null(file);
		while ((c = getc(file)) != EOF)
			putc(c, all);
		fclose(file);
	}
	globfree(&files);
	fclose(all);
	return text;
}

static void assert_read(const char *sources, const char *verb, const char *name)
{
	char quoted[128];

	snprintf(quoted, sizeof(quoted), "\"%s\"", name);
	if (!strstr(sources, quoted))
		fail_msg("%s: nobody reads %s", verb, quoted);
}

static const json_t *properties_of(const json_t *operation)
{
	static const char *const way[] = {"requestBody", "content",
			"application/json", "schema", "properties"};

	for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++)
		operation = json_object_get(operation, way[i]);
	return operation;
}

/* What a body or a query may have, somebody reads by that name. */
static void members_are_read(void **state)
{
	char *sources = read_sources();

	for (size_t i = 0; i < server_api_routes_n; i++) {
		const struct server_api_route *route = &server_api_routes[i];
		const json_t *operation = route->method
				? find_operation(*state, route)
				: NULL;
		const json_t *list = json_object_get(operation, "parameters");
		const char *name;
		json_t *value;

		json_object_foreach((json_t *)properties_of(operation), name,
				value) assert_read(sources, route->verb, name);
		for (size_t j = 0; j < json_array_size(list); j++)
			assert_read(sources, route->verb,
					text_of(json_array_get(list, j),
							"name"));
	}
	free(sources);
}

static void the_daemon_serves_this_document(void **state)
{
	json_t *served = json_loadb((const char *)server_openapi,
			server_openapi_bytes, 0, NULL);

	assert_true(json_equal(served, *state));
	json_decref(served);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(each_route_has_its_entry),
			cmocka_unit_test(each_entry_has_its_route),
			cmocka_unit_test(parts_of_paths_are_parameters),
			cmocka_unit_test(members_are_read),
			cmocka_unit_test(the_daemon_serves_this_document),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
