/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/audit.h"
#include "server/passwords.h"
#include "server/users.h"

/*
 * Users, passwords and audit as a test wants them, in the place of the real
 * ones. For one file of a program to include.
 */

struct server_user {
	const char *name; /* NULL: removed */
	uint64_t generation;
	enum server_role role;
	const char *target; /* the only one where it has that role; NULL: all */
};

static struct server_user fake_users[4];

static inline void fake_users_set(void)
{
	static const struct server_user users[4] = {
			{"victor", 1, SERVER_ROLE_VIEWER, NULL},
			{"olga", 2, SERVER_ROLE_OPERATOR, NULL},
			{"ada", 3, SERVER_ROLE_ADMIN, NULL},
			{"rita", 4, SERVER_ROLE_OPERATOR, "rack2"},
	};

	memcpy(fake_users, users, sizeof(users));
}

size_t server_users_count(const struct server_users *users)
{
	size_t count = 0;

	(void)users;
	for (size_t i = 0; i < 4; i++)
		count += fake_users[i].name != NULL;
	return count;
}

const struct server_user *server_users_find(
		const struct server_users *users, const char *name)
{
	(void)users;
	for (size_t i = 0; i < 4; i++)
		if (fake_users[i].name && strcmp(fake_users[i].name, name) == 0)
			return &fake_users[i];
	return NULL;
}

enum server_role server_user_role(
		const struct server_user *user, const char *target)
{
	return !user->target || strcmp(user->target, target) == 0
			? user->role
			: SERVER_ROLE_NONE;
}

uint64_t server_user_generation(const struct server_user *user)
{
	return user->generation;
}

/* ---- the audit: what was written last --------------------------------------
 */

static unsigned fake_audit_lines;
static char fake_audit_event[32];
static char fake_audit_details[1024]; /* JSON, members in order of writing */

void server_audit_write(
		struct server_audit *audit, const char *event, json_t *details)
{
	char *text = json_dumps(details, JSON_COMPACT);

	(void)audit;
	fake_audit_lines++;
	snprintf(fake_audit_event, sizeof(fake_audit_event), "%s", event);
	snprintf(fake_audit_details, sizeof(fake_audit_details), "%s",
			text ? text : "");
	free(text);
	json_decref(details);
}
