/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/role.h"

#include <string.h>

static const char *const texts[SERVER_ROLES] = {
		[SERVER_ROLE_NONE] = "none",
		[SERVER_ROLE_VIEWER] = "viewer",
		[SERVER_ROLE_OPERATOR] = "operator",
		[SERVER_ROLE_ADMIN] = "admin",
};

const char *server_role_text(enum server_role role)
{
	return texts[role];
}

enum server_role server_role_parse(const char *text)
{
	for (int role = SERVER_ROLE_VIEWER; role < SERVER_ROLES; role++)
		if (strcmp(texts[role], text) == 0)
			return (enum server_role)role;
	return SERVER_ROLE_NONE;
}
