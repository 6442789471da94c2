/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/negotiate.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define SPACE " \t"

/* The next of a list with commas; NULL: there is no more. */
static const char *next_item(const char **list, size_t *length)
{
	const char *item = *list + strspn(*list, SPACE ",");

	*length = strcspn(item, ",");
	*list = item + *length;
	while (*length > 0 && strchr(SPACE, item[*length - 1]))
		(*length)--;
	return *length > 0 ? item : NULL;
}

/* ";q=0", ";q=0.0"...: anything but this. */
static bool is_refused(const char *parameters, const char *end)
{
	const char *q = memmem(parameters, (size_t)(end - parameters), "q=", 2);

	if (!q)
		return false;
	for (q += 2; q < end; q++)
		if (*q >= '1' && *q <= '9')
			return false;
	return true;
}

static bool is_named(const char *item, size_t length, const char *name)
{
	return strlen(name) == length && strncasecmp(item, name, length) == 0;
}

bool web_accepts_gzip(const char *header)
{
	bool any = false;
	const char *item;
	size_t length;

	if (!header)
		return true;
	while ((item = next_item(&header, &length))) {
		size_t name = strcspn(item, "; \t,");
		bool refused;

		if (name > length)
			name = length;
		refused = is_refused(item + name, item + length);
		if (is_named(item, name, "gzip"))
			return !refused;
		if (is_named(item, name, "*"))
			any = !refused;
	}
	return any;
}

bool web_has_etag(const char *header, const char *etag)
{
	const char *item;
	size_t length;

	while (header && (item = next_item(&header, &length))) {
		/* Weak or not: the bytes of ours are the same in any case. */
		size_t weak = length > 2 && memcmp(item, "W/", 2) == 0 ? 2 : 0;

		if (is_named(item, length, "*"))
			return true;
		if (length - weak == strlen(etag) &&
				memcmp(item + weak, etag, length - weak) == 0)
			return true;
	}
	return false;
}
