/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "server/grants.h"
#include "server/hash.h"
#include "server/role.h"
#include "server/totp.h"
#include "server/users.h"

/*
 * What stands in the users file, as plain data, and the file's text from it and
 * back. One line a user:
 *
 *     name roles hash secret generation
 *     alice operator $y$j... JBSWY3DPEHPK3PXP... 0123456789abcdef
 *     bob viewer@rack1,admin@rack2 $y$j... - fedcba9876543210
 *
 * Empty lines and lines that begin with # say nothing.
 *
 * Threads: any.
 * Errors:  0 or -errno; parsing see there.
 */
#define SERVER_USERS_LINE_MAX_BYTES 1024
#define SERVER_USERS_FILE_MAX_BYTES                                            \
	((size_t)SERVER_USERS_MAX * SERVER_USERS_LINE_MAX_BYTES)

struct server_user {
	char name[SERVER_USER_NAME_MAX_BYTES + 1];
	struct server_grants grants; /* at least one */
	char hash[SERVER_HASH_BYTES];
	char totp[SERVER_TOTP_BYTES]; /* "": none */
	uint64_t generation;
};

struct server_users_table {
	size_t users_n;
	struct server_user users[SERVER_USERS_MAX];
};

#define SERVER_USERS_WHY_BYTES SERVER_GRANTS_WHY_BYTES

/*
 * -EINVAL: `why` is "line 3: what is wrong and what would be right", and the
 * table is in no state to be used.
 */
int server_users_parse(struct server_users_table *table, const char *bytes,
		size_t size, char why[SERVER_USERS_WHY_BYTES]);

/* The caller frees it. NULL: out of memory. */
char *server_users_format(const struct server_users_table *table);

/* -EINVAL: `why` says what would be right. */
int server_user_check_name(const char *name, char why[SERVER_USERS_WHY_BYTES]);

/* NULL: there is none of that name. Takes as long whichever it is. */
struct server_user *server_users_table_find(
		struct server_users_table *table, const char *name);

/* A new one, so that all who came in under the old one have to go. */
int server_user_renew(struct server_user *user);
