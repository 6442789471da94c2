/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "server/role.h"

/*
 * The users file as the daemon sees it: read at start and again whenever
 * another one takes its place. A file that says something wrong, or that others
 * may read, is complained of, and the users stay as they were. Without a file
 * there are none.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno, logged with the cure.
 */
struct server_users;

#define SERVER_USERS_MAX 256
#define SERVER_USER_NAME_MAX_BYTES 32 /* A-Z a-z 0-9 . _ - @ */

struct server_user;

/*
 * The file is the one of the state directory, and neither need be there; a
 * directory that is not there is not waited for. `changed` is called whenever
 * other users, roles or passwords are in force.
 */
int server_users_create(struct server_users **out, sd_event *event,
		const char *directory, void (*changed)(void *context),
		void *context);

/* NULL is allowed. */
void server_users_destroy(struct server_users *users);

size_t server_users_count(const struct server_users *users);

/* There is a file, but it is not the one in force. */
bool server_users_is_broken(const struct server_users *users);

/* Valid until the loop goes on; NULL: there is none of that name. */
const struct server_user *server_users_find(
		const struct server_users *users, const char *name);

/* In the order of the file; `index` is below the count. */
const struct server_user *server_users_get(
		const struct server_users *users, size_t index);

/* What it may on that target; NULL: the most that it may on any. */
enum server_role server_user_role(
		const struct server_user *user, const char *target);

/*
 * Changes with each new password, new TOTP secret and new user of an old name;
 * never 0. Who logged in under another generation has to go.
 */
uint64_t server_user_generation(const struct server_user *user);
