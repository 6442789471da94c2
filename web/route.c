/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/route.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "web/uri.h"

/* "{target}": what is in the braces, and its length; 0: it is a word. */
static size_t parameter_of(
		const char *segment, size_t length, const char **name)
{
	if (segment[0] != '{' || segment[length - 1] != '}')
		return 0;
	*name = segment + 1;
	return length - 2;
}

static int take_parameter(struct web_match *match, const char *name,
		size_t name_length, const char *text, size_t length)
{
	size_t at = match->parameters_n++;

	assert(at < WEB_ROUTE_PARAMETERS_MAX);
	assert(name_length < WEB_ROUTE_NAME_BYTES);
	memcpy(match->parameters[at].name, name, name_length);
	match->parameters[at].name[name_length] = '\0';
	return web_uri_decode(text, length, match->parameters[at].value,
			WEB_ROUTE_VALUE_BYTES);
}

/* 0: so far they agree. */
static int match_segment(struct web_match *match, const char *pattern,
		size_t pattern_length, const char *path, size_t length)
{
	const char *name;
	size_t name_length;

	if (pattern_length == 0)
		return length == 0 ? 0 : -ENOENT;
	name_length = parameter_of(pattern, pattern_length, &name);
	if (name_length > 0 && length > 0)
		return take_parameter(match, name, name_length, path, length);
	return length == pattern_length && memcmp(pattern, path, length) == 0
			? 0
			: -ENOENT;
}

static int match_path(
		struct web_match *match, const char *pattern, const char *path)
{
	match->parameters_n = 0;
	while (*pattern == '/' && *path == '/') {
		size_t pattern_length = strcspn(++pattern, "/");
		size_t length = strcspn(++path, "/");
		int rc = match_segment(
				match, pattern, pattern_length, path, length);

		if (rc < 0)
			return rc;
		pattern += pattern_length;
		path += length;
	}
	return *pattern == '\0' && *path == '\0' ? 0 : -ENOENT;
}

static bool has_method(const struct web_route *route, const char *method)
{
	return strcmp(route->method, method) == 0 ||
			(strcmp(method, "HEAD") == 0 &&
					strcmp(route->method, "GET") == 0);
}

static void allow(struct web_match *match, const char *method)
{
	size_t used = strlen(match->allow);

	snprintf(match->allow + used, sizeof(match->allow) - used, "%s%s%s",
			used > 0 ? ", " : "", method,
			strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

int web_route_match(struct web_route (*get)(const void *routes, size_t index),
		const void *routes, size_t n, const char *method,
		const char *path, struct web_match *match)
{
	int result = -ENOENT;

	match->allow[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		struct web_route route = get(routes, i);
		int rc = match_path(match, route.path, path);

		if (rc == 0 && has_method(&route, method)) {
			match->index = i;
			return 0;
		}
		if (rc == 0) {
			allow(match, route.method);
			result = -EOPNOTSUPP;
		} else if (rc != -ENOENT && result == -ENOENT) {
			result = rc;
		}
	}
	return result;
}
