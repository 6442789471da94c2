/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

/*
 * The target of a request, "/path?name=value&name=value", taken apart. Strict:
 * '%' is followed by two hexadecimal digits and never makes a NUL, and the
 * path has no "//", "." or ".." in it, however they are written.
 *
 * Threads: any.
 * Errors:  -EINVAL: not like that; -E2BIG: too many parameters; -ENOMEM.
 */
#define WEB_QUERY_MAX 32

struct web_parameter {
	const char *name;
	const char *value; /* "" where there is no '=' */
};

struct web_query {
	size_t n;
	struct web_parameter parameters[WEB_QUERY_MAX];
};

/* Owns what `query` points to; zeroed memory is an empty one. */
struct web_uri {
	char *path; /* as sent, without the query */
	char *text;
	struct web_query query;
};

int web_uri_parse(struct web_uri *uri, const char *text);
void web_uri_finish(struct web_uri *uri);

/*
 * Undo '%' in the first `length` bytes, with a NUL at the end; '+' stays. `out`
 * may be `text` itself.
 * -EINVAL: it cannot be; -ENAMETOOLONG: it takes more than `size`.
 */
int web_uri_decode(const char *text, size_t length, char *out, size_t size);
