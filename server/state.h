/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <limits.h>
#include <stddef.h>

/*
 * The state directory: what the daemon makes and keeps, in one place. It
 * belongs to the user that the daemon runs as; all files in it are that user's
 * and open to nobody else.
 *
 * Threads: any. Writing waits for the disk: not on the loop.
 * Errors:  0 or -errno, not logged.
 */
#define SERVER_STATE_PATH_BYTES PATH_MAX

#define SERVER_STATE_USERS "users"
#define SERVER_STATE_TOKENS "tokens"
#define SERVER_STATE_USED_CODES "totp-used"
#define SERVER_STATE_SETUP_CODE "setup-code"
#define SERVER_STATE_CERTIFICATE "tls/certificate.pem"
#define SERVER_STATE_KEY "tls/key.pem"
#define SERVER_STATE_AUDIT "audit.jsonl"

/* -ENAMETOOLONG when `path` has no room for it. */
int server_state_format(char path[SERVER_STATE_PATH_BYTES],
		const char *directory, const char *name);

/*
 * Make the directory where there is none, for its owner alone; its parent has
 * to be there. Nothing is wrong if it is there already.
 */
int server_state_make(const char *directory);

/*
 * Put a file of these bytes in the place of `name`, which is no path. Whenever
 * the power goes, the old file is there or the new one, whole. It is mode 0600
 * and the directory owner's, also when root writes it. Of one name, one writer
 * at a time: see server_state_lock.
 */
int server_state_replace(const char *directory, const char *name,
		const void *bytes, size_t size);

/*
 * Wait until nobody else holds the lock. On success *fd holds it until it is
 * closed. For files that are read, changed and written again.
 */
int server_state_lock(int *fd, const char *directory);

/*
 * Read a whole regular file of at most `max` bytes, which only its owner may
 * open. *bytes is the caller's to free, one NUL behind its end. -EPERM: others
 * may; -EFBIG: it is larger; -ELOOP: it is a link; -EINVAL: it is no file.
 */
int server_state_read(const char *directory, const char *name, size_t max,
		char **bytes, size_t *size);
