/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/uri.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Text past the end is never looked at: "%4" has no second digit. */
static int decode_one(const char *text, size_t length)
{
	int high, low;

	if (text[0] != '%')
		return (uint8_t)text[0];
	if (length < 3)
		return -EINVAL;
	high = hex_value(text[1]);
	low = hex_value(text[2]);
	if (high < 0 || low < 0 || (high == 0 && low == 0))
		return -EINVAL;
	return high << 4 | low;
}

int web_uri_decode(const char *text, size_t length, char *out, size_t size)
{
	size_t used = 0, step;

	/* `out` may be `text`, so that a '%' is looked for ahead of writing. */
	for (size_t at = 0; at < length; at += step) {
		int c = decode_one(text + at, length - at);

		step = text[at] == '%' ? 3 : 1;
		if (c < 0)
			return c;
		if (used + 1 >= size)
			return -ENAMETOOLONG;
		out[used++] = (char)c;
	}
	if (used >= size)
		return -ENAMETOOLONG;
	out[used] = '\0';
	return 0;
}

static bool is_dots(const char *segment)
{
	return strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0;
}

/* Between two slashes there is something, and it leads nowhere else. */
static int check_segment(const char *text, size_t length, bool last)
{
	char decoded[4];
	int rc;

	if (length == 0)
		return last ? 0 : -EINVAL;
	rc = web_uri_decode(text, length, decoded, sizeof(decoded));
	if (rc == 0 && is_dots(decoded))
		return -EINVAL;
	/* Longer than dots can be: the rest is still to be looked at. */
	if (rc != -ENAMETOOLONG)
		return rc;
	for (size_t at = 0; at < length; at += text[at] == '%' ? 3 : 1)
		if (decode_one(text + at, length - at) < 0)
			return -EINVAL;
	return 0;
}

static int check_path(const char *path)
{
	if (path[0] != '/')
		return -EINVAL;
	do {
		size_t length = strcspn(++path, "/");
		int rc = check_segment(path, length, path[length] == '\0');

		if (rc < 0)
			return rc;
		path += length;
	} while (*path == '/');
	return 0;
}

/* In a query, unlike in a path, '+' is a space. Decodes in its own place. */
static int decode_part(char *text)
{
	for (char *at = text; (at = strchr(at, '+'));)
		*at = ' ';
	return web_uri_decode(text, strlen(text), text, strlen(text) + 1);
}

static int add_parameter(struct web_query *query, char *text)
{
	char *value = strchr(text, '=');
	int rc;

	if (query->n == WEB_QUERY_MAX)
		return -E2BIG;
	if (value)
		*value++ = '\0';
	rc = decode_part(text);
	if (rc == 0 && value)
		rc = decode_part(value);
	query->parameters[query->n++] =
			(struct web_parameter){text, value ? value : ""};
	return rc;
}

static int parse_query(struct web_query *query, char *text)
{
	char *part;

	while ((part = strsep(&text, "&"))) {
		int rc = part[0] != '\0' ? add_parameter(query, part) : 0;

		if (rc < 0)
			return rc;
	}
	return 0;
}

int web_uri_parse(struct web_uri *uri, const char *text)
{
	size_t length = strcspn(text, "?");
	int rc = -ENOMEM;

	memset(uri, 0, sizeof(*uri));
	uri->path = strndup(text, length);
	if (!uri->path)
		goto fail;
	rc = check_path(uri->path);
	if (rc < 0)
		goto fail;
	if (text[length] == '\0')
		return 0;
	rc = -ENOMEM;
	uri->text = strdup(text + length + 1);
	if (!uri->text)
		goto fail;
	rc = parse_query(&uri->query, uri->text);
	if (rc < 0)
		goto fail;
	return 0;

fail:
	web_uri_finish(uri);
	return rc;
}

void web_uri_finish(struct web_uri *uri)
{
	free(uri->path);
	free(uri->text);
	memset(uri, 0, sizeof(*uri));
}
