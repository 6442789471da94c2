/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-request.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What may stand anywhere in an address as it is. */
static bool is_plain(char c)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

	return c && strchr(plain, c);
}

static void print_escaped(FILE *out, const char *text)
{
	for (; *text; text++)
		if (is_plain(*text))
			fputc(*text, out);
		else
			fprintf(out, "%%%02X", (unsigned)(unsigned char)*text);
}

static int print_value(FILE *out, const json_t *value)
{
	char number[32];

	if (json_is_string(value)) {
		print_escaped(out, json_string_value(value));
	} else if (json_is_integer(value)) {
		fprintf(out, "%" JSON_INTEGER_FORMAT,
				json_integer_value(value));
	} else if (json_is_real(value)) {
		snprintf(number, sizeof(number), "%.9g",
				json_real_value(value));
		print_escaped(out, number);
	} else if (json_is_boolean(value)) {
		fputs(json_is_true(value) ? "true" : "false", out);
	} else {
		return -EINVAL;
	}
	return 0;
}

/* What goes into the path is taken out of `rest`. */
static int print_path(FILE *out, const char *path, json_t *rest)
{
	while (*path) {
		const char *end = *path == '{' ? strchr(path, '}') : NULL;
		char name[32];
		int rc;

		if (!end) {
			fputc(*path++, out);
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)(end - path - 1),
				path + 1);
		rc = print_value(out, json_object_get(rest, name));
		if (rc < 0)
			return rc;
		json_object_del(rest, name);
		path = end + 1;
	}
	return 0;
}

static int print_query(FILE *out, json_t *rest)
{
	const char *name;
	json_t *value;
	char before = '?';

	json_object_foreach(rest, name, value)
	{
		fputc(before, out);
		print_escaped(out, name);
		fputc('=', out);
		if (print_value(out, value) < 0)
			return -EINVAL;
		before = '&';
	}
	return 0;
}

static bool has_body(const char *method)
{
	return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0;
}

static int make(struct server_cli_request *made,
		const struct server_api_route *route, json_t *rest)
{
	size_t size;
	FILE *out = open_memstream(&made->path, &size);
	int rc;

	if (!out)
		return -ENOMEM;
	rc = print_path(out, route->path, rest);
	if (rc == 0 && !has_body(route->method))
		rc = print_query(out, rest);
	if (fclose(out) != 0)
		return -ENOMEM;
	if (rc == 0 && has_body(route->method)) {
		made->body = json_dumps(rest, JSON_COMPACT);
		if (!made->body)
			return -ENOMEM;
	}
	return rc;
}

int server_cli_request_make(struct server_cli_request *made,
		const struct server_api_route *route, const json_t *request)
{
	json_t *rest = json_copy(
			(json_t *)request); /* which it does not change */
	int rc = rest ? 0 : -ENOMEM;

	*made = (struct server_cli_request){.path = NULL};
	if (rc == 0)
		rc = make(made, route, rest);
	json_decref(rest);
	if (rc < 0)
		server_cli_request_finish(made);
	return rc;
}

void server_cli_request_finish(struct server_cli_request *made)
{
	if (made->body)
		explicit_bzero(made->body, strlen(made->body));
	free(made->path);
	free(made->body);
	*made = (struct server_cli_request){.path = NULL};
}
