/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "server/users-file.h"

/*
 * One change of the users file, as rackhand and the daemon's HTTP make it.
 *
 * Threads: any, one change at a time; waits for the lock and the disk: not on
 *          the loop.
 * Errors:  -EEXIST, -ENOENT: that user is there already, or is not; -EINVAL,
 *          -ENOSPC and others; `why` says what is wrong, with the cure.
 */

/* What a user is to become; what is NULL stays as it is. */
struct server_user_edit {
	const char *name;
	bool is_new;
	bool removed;
	const char *roles;
	const char *hash;
	const char *totp; /* "": none any more */
};

/* Without `store` it is only seen whether that could be done. */
int server_user_edit_apply(const struct server_user_edit *edit,
		const char *directory, bool store,
		char why[SERVER_USERS_FILE_WHY_BYTES]);
