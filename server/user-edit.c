/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/user-edit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int find(struct server_users_table *table,
		const struct server_user_edit *edit, struct server_user **user,
		char why[SERVER_USERS_WHY_BYTES])
{
	*user = server_users_table_find(table, edit->name);
	if (*user && edit->is_new) {
		snprintf(why, SERVER_USERS_WHY_BYTES,
				"user %s is there already; rackhand user passwd and role change it",
				edit->name);
		return -EEXIST;
	}
	if (!*user && !edit->is_new) {
		snprintf(why, SERVER_USERS_WHY_BYTES,
				"there is no user %s; rackhand user list shows them",
				edit->name);
		return -ENOENT;
	}
	if (*user)
		return 0;
	if (table->users_n == SERVER_USERS_MAX) {
		snprintf(why, SERVER_USERS_WHY_BYTES,
				"there are %d users already, and no more can be",
				SERVER_USERS_MAX);
		return -ENOSPC;
	}
	*user = &table->users[table->users_n++];
	memset(*user, 0, sizeof(**user));
	strcpy((*user)->name, edit->name);
	return 0;
}

static void remove_user(
		struct server_users_table *table, struct server_user *user)
{
	size_t behind = table->users_n-- - (size_t)(user - table->users) - 1;

	memmove(user, user + 1, behind * sizeof(*user));
}

static int apply(struct server_users_table *table,
		const struct server_user_edit *edit,
		char why[SERVER_USERS_WHY_BYTES])
{
	struct server_user *user;
	int rc = find(table, edit, &user, why);

	if (rc == 0 && edit->removed) {
		remove_user(table, user);
		return 0;
	}
	if (rc == 0 && edit->roles)
		rc = server_grants_parse(&user->grants, edit->roles, why);
	if (rc < 0)
		return rc;
	if (edit->hash)
		strcpy(user->hash, edit->hash);
	if (edit->totp)
		strcpy(user->totp, edit->totp);
	if (!edit->hash && !edit->totp)
		return 0;
	rc = server_user_renew(user);
	if (rc < 0)
		snprintf(why, SERVER_USERS_WHY_BYTES, "no random numbers: %s",
				strerrordesc_np(-rc));
	return rc;
}

int server_user_edit_apply(const struct server_user_edit *edit,
		const char *directory, bool store,
		char why[SERVER_USERS_FILE_WHY_BYTES])
{
	struct server_users_file file;
	int rc = server_user_check_name(edit->name, why);

	if (rc == 0)
		rc = server_users_file_open(&file, directory, why);
	if (rc < 0)
		return rc;
	rc = apply(file.table, edit, why);
	if (rc == 0 && store)
		rc = server_users_file_store(&file, why);
	server_users_file_close(&file);
	return rc;
}
