/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/audit.h"
#include "server/users.h"

/*
 * Remembers which users there were, with which roles, so that the audit can say
 * who was added, removed or changed when the users file is another one. Who did
 * it is not known here: whoever may write the file.
 *
 * Threads: loop thread only.
 * Errors:  -ENOMEM at creation.
 */
struct server_user_changes;

/* Those that are in force now. */
int server_user_changes_create(struct server_user_changes **out,
		const struct server_users *users);

/* NULL is allowed. */
void server_user_changes_destroy(struct server_user_changes *changes);

/* "users-changed", a line for each way in which some of them were. */
void server_user_changes_record(struct server_user_changes *changes,
		const struct server_users *users, struct server_audit *audit);
