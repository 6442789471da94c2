/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

#include "config/config.h"
#include "server/role.h"

/*
 * What a user or a token may do, and where: "viewer@rack1,admin" is a role for
 * one target and another for all of them. Plain data.
 *
 * Threads: any.
 * Errors:  -EINVAL; `why` says what would be right.
 */
#define SERVER_GRANTS_MAX (CONFIG_TARGETS_MAX + 1)
#define SERVER_GRANTS_TEXT_BYTES 1024
#define SERVER_GRANTS_WHY_BYTES 256

struct server_grant {
	enum server_role role;
	char target[CONFIG_NAME_MAX + 1]; /* "": every target */
};

struct server_grants {
	size_t n;
	struct server_grant list[SERVER_GRANTS_MAX];
};

int server_grants_parse(struct server_grants *grants, const char *text,
		char why[SERVER_GRANTS_WHY_BYTES]);

void server_grants_format(const struct server_grants *grants,
		char text[SERVER_GRANTS_TEXT_BYTES]);

/* The highest for that target; "": for every target; NULL: for any. */
enum server_role server_grants_role(
		const struct server_grants *grants, const char *target);
