/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <limits.h>

/*
 * The state directory: what the daemon makes and keeps, in one place. It
 * belongs to the user that the daemon runs as; all files in it are that user's
 * and open to nobody else.
 *
 * Threads: any.
 * Errors:  see server_state_format.
 */
#define SERVER_STATE_PATH_BYTES PATH_MAX

#define SERVER_STATE_USERS "users"
#define SERVER_STATE_SETUP_CODE "setup-code"
#define SERVER_STATE_CERTIFICATE "tls/certificate.pem"
#define SERVER_STATE_KEY "tls/key.pem"
#define SERVER_STATE_AUDIT "audit.jsonl"

/* -ENAMETOOLONG when `path` has no room for it. */
int server_state_format(char path[SERVER_STATE_PATH_BYTES],
		const char *directory, const char *name);
