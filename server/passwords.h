/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/address.h"
#include "net/doorkeeper.h"
#include "server/users.h"

/*
 * Looks at names and passwords, on a thread of its own, since a good hash takes
 * a tenth of a second. Unknown users take as long as known ones, with the same
 * share of cheap and dear hashes where there are both. At most
 * SERVER_PASSWORDS_WAITING_MAX of one source (an IPv4 address, an IPv6 /64) are
 * under way at a time, and SERVER_PASSWORDS_MAX of all: as many as can be on
 * their way in, so that nobody is refused because others wait. The source whose
 * turn was longest ago is looked at first, and of several such the newest.
 *
 * Codes that were used up stand in the state directory. Where they cannot be
 * written down, users with TOTP do not get in.
 *
 * Threads: loop thread only.
 * Errors:  -errno at creation; see server_passwords_check.
 */
struct server_passwords;
struct server_password_check;

#define SERVER_PASSWORDS_WAITING_MAX 2
#define SERVER_PASSWORDS_MAX NET_STRANGERS_MAX
#define SERVER_PASSWORD_MAX_BYTES 256 /* without the code */

int server_passwords_create(struct server_passwords **out, sd_event *event,
		const struct server_users *users, const char *directory);

/* With a clock of one's own, in seconds since 1970: for tests. */
int server_passwords_create_with_clock(struct server_passwords **out,
		sd_event *event, const struct server_users *users,
		const char *directory, uint64_t (*now_s)(void *context),
		void *context);

/* NULL is allowed. No `done` is called any more. */
void server_passwords_destroy(struct server_passwords *passwords);

/*
 * Is that the password of that user, with the code appended where the user has
 * TOTP? `done` is called once, from the loop, unless the check is cancelled;
 * *out is gone then. What counts is the user as it was when the check began.
 * -EBUSY: too many of that source (or of all) wait.
 */
int server_passwords_check(struct server_password_check **out,
		struct server_passwords *passwords,
		const struct core_address *source, const char *name,
		const char *password, void (*done)(void *context, bool right),
		void *context);

/* Nobody wants to know any more. NULL is allowed. */
void server_password_check_cancel(struct server_password_check *check);
