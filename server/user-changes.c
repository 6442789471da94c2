/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/user-changes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/audit-line.h"
#include "server/users-table.h"

enum change { ADDED, REMOVED, ROLES, PROOF, CHANGES };

static const char *const reasons[CHANGES] = {
		[ADDED] = "added",
		[REMOVED] = "removed",
		[ROLES] = "other roles",
		[PROOF] = "other password or TOTP secret",
};

struct known {
	char name[SERVER_USER_NAME_MAX_BYTES + 1];
	uint64_t generation;
	char roles[SERVER_AUDIT_HASH_BYTES]; /* the text may be long */
};

struct server_user_changes {
	size_t known_n;
	struct known known[SERVER_USERS_MAX];
};

static void know(struct known *known, const struct server_user *user)
{
	char roles[SERVER_GRANTS_TEXT_BYTES];

	memcpy(known->name, user->name, sizeof(known->name));
	known->generation = server_user_generation(user);
	server_grants_format(&user->grants, roles);
	server_audit_line_hash(roles, strlen(roles), known->roles);
}

static void know_all(struct server_user_changes *changes,
		const struct server_users *users)
{
	changes->known_n = server_users_count(users);
	for (size_t i = 0; i < changes->known_n; i++)
		know(&changes->known[i], server_users_get(users, i));
}

static const struct known *find(
		const struct server_user_changes *changes, const char *name)
{
	for (size_t i = 0; i < changes->known_n; i++)
		if (strcmp(changes->known[i].name, name) == 0)
			return &changes->known[i];
	return NULL;
}

static void name(json_t *lists[CHANGES], enum change change, const char *user)
{
	if (!lists[change])
		lists[change] = json_array();
	json_array_append_new(lists[change], json_string(user));
}

/* A new user of an old name is another password to those who know it. */
static void compare(const struct server_user_changes *changes,
		const struct server_users *users, json_t *lists[CHANGES])
{
	for (size_t i = 0; i < server_users_count(users); i++) {
		const struct known *before;
		struct known now;

		know(&now, server_users_get(users, i));
		before = find(changes, now.name);
		if (!before)
			name(lists, ADDED, now.name);
		else if (before->generation != now.generation)
			name(lists, PROOF, now.name);
		if (before && strcmp(before->roles, now.roles) != 0)
			name(lists, ROLES, now.name);
	}
	for (size_t i = 0; i < changes->known_n; i++)
		if (!server_users_find(users, changes->known[i].name))
			name(lists, REMOVED, changes->known[i].name);
}

void server_user_changes_record(struct server_user_changes *changes,
		const struct server_users *users, struct server_audit *audit)
{
	json_t *lists[CHANGES] = {NULL};

	compare(changes, users, lists);
	for (size_t i = 0; i < CHANGES; i++)
		if (lists[i])
			server_audit_write(audit, "users-changed",
					json_pack("{s:s, s:o}", "reason",
							reasons[i], "users",
							lists[i]));
	know_all(changes, users);
}

int server_user_changes_create(struct server_user_changes **out,
		const struct server_users *users)
{
	struct server_user_changes *changes = calloc(1, sizeof(*changes));

	*out = changes;
	if (!changes)
		return -ENOMEM;
	know_all(changes, users);
	return 0;
}

void server_user_changes_destroy(struct server_user_changes *changes)
{
	free(changes);
}
