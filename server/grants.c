/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/grants.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TARGET_CHARACTERS                                                      \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

__attribute__((format(printf, 2, 3))) static int refuse(
		char why[SERVER_GRANTS_WHY_BYTES], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, SERVER_GRANTS_WHY_BYTES, format, args);
	va_end(args);
	return -EINVAL;
}

static int check_target(const char *target, char why[SERVER_GRANTS_WHY_BYTES])
{
	size_t length = strlen(target);

	if (length == 0 || length > CONFIG_NAME_MAX ||
			strspn(target, TARGET_CHARACTERS) != length)
		return refuse(why,
				"behind @ stands a target's name, of 1 to %d of the characters A-Z a-z 0-9 _ -",
				CONFIG_NAME_MAX);
	return 0;
}

static int take_grant(struct server_grants *grants, char *text,
		char why[SERVER_GRANTS_WHY_BYTES])
{
	struct server_grant *grant = &grants->list[grants->n];
	char *target = strchr(text, '@');
	int rc = 0;

	if (grants->n == SERVER_GRANTS_MAX)
		return refuse(why, "there are more than %d roles",
				SERVER_GRANTS_MAX);
	if (target)
		*target++ = '\0';
	if (target)
		rc = check_target(target, why);
	if (rc < 0)
		return rc;
	grant->role = server_role_parse(text);
	if (grant->role == SERVER_ROLE_NONE)
		return refuse(why,
				"a role is viewer, operator or admin, with @TARGET behind it if it is for one target only");
	strcpy(grant->target, target ? target : "");
	for (size_t i = 0; i < grants->n; i++)
		if (strcmp(grants->list[i].target, grant->target) == 0)
			return refuse(why, "there are two roles for %s%s",
					target ? "target " : "every target",
					grant->target);
	grants->n++;
	return 0;
}

int server_grants_parse(struct server_grants *grants, const char *text,
		char why[SERVER_GRANTS_WHY_BYTES])
{
	char copy[SERVER_GRANTS_TEXT_BYTES];
	char *rest = copy;
	char *word;
	int rc = 0;

	grants->n = 0;
	if (strlen(text) >= sizeof(copy))
		return refuse(why, "there are too many roles");
	strcpy(copy, text);
	while (rc == 0 && (word = strsep(&rest, ",")))
		rc = take_grant(grants, word, why);
	return rc;
}

void server_grants_format(const struct server_grants *grants,
		char text[SERVER_GRANTS_TEXT_BYTES])
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < grants->n; i++) {
		const struct server_grant *grant = &grants->list[i];

		used += (size_t)snprintf(text + used,
				SERVER_GRANTS_TEXT_BYTES - used, "%s%s%s%s",
				i == 0 ? "" : ",",
				server_role_text(grant->role),
				grant->target[0] ? "@" : "", grant->target);
	}
}

enum server_role server_grants_role(
		const struct server_grants *grants, const char *target)
{
	enum server_role role = SERVER_ROLE_NONE;

	for (size_t i = 0; i < grants->n; i++) {
		const struct server_grant *grant = &grants->list[i];

		if (grant->role > role &&
				(!target || grant->target[0] == '\0' ||
						strcmp(grant->target, target) ==
								0))
			role = grant->role;
	}
	return role;
}
