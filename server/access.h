/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <systemd/sd-event.h>

#include "core/workers.h"
#include "net/doorkeeper.h"
#include "server/audit.h"
#include "server/passwords.h"
#include "server/session.h"
#include "server/setup.h"
#include "server/tokens.h"
#include "server/user-changes.h"
#include "server/users.h"
#include "server/web-logins.h"

/*
 * What all targets need to know who somebody is: the doorkeeper with its
 * ledger, the users and the thread that looks at their passwords, the audit,
 * and who is logged in. When the users file changes, that is audited and the
 * sessions are reviewed at once.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno, logged.
 */
struct server_access {
	const char *state_path;     /* borrowed */
	struct core_workers *files; /* one thread, which waits for the disk */
	struct net_doorkeeper *doorkeeper;
	struct server_users *users;
	struct server_passwords *passwords;
	struct server_audit *audit;
	struct server_sessions *sessions;
	struct server_user_changes *user_changes;
	struct server_setup *setup; /* of the first user */
	struct server_web_logins *web_logins;
	struct server_tokens *tokens;
};

/* In the state directory, which need not be there; its path is borrowed. */
int server_access_create(struct server_access **out, sd_event *event,
		const char *state_path);

/* All sessions have ended. NULL is allowed. */
void server_access_destroy(struct server_access *access);
