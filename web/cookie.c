/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/cookie.h"

#include <string.h>

#define SPACE " \t"

/* The value of this one, up to its ';', or NULL: it is another. */
static const char *value_of(const char *pair, const char *name)
{
	size_t length = strlen(name);

	return strncmp(pair, name, length) == 0 && pair[length] == '='
			? pair + length + 1
			: NULL;
}

bool web_cookie_read(
		const char *header, const char *name, char *value, size_t size)
{
	const char *found = NULL;
	size_t length;

	while (*header != '\0') {
		const char *here;

		header += strspn(header, SPACE);
		here = value_of(header, name);
		if (here && found)
			return false;
		if (here)
			found = here;
		header += strcspn(header, ";");
		header += *header == ';';
	}
	if (!found)
		return false;
	length = strcspn(found, "; \t");
	if (length >= size)
		return false;
	memcpy(value, found, length);
	value[length] = '\0';
	return true;
}
