/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

#include "server/audit-line.h"

/*
 * The file of the audit log, the numbers of its lines and their chain. Goes on
 * where the file ends; lines about itself tell what went wrong with it:
 * "log-begun": there was none before; "log-missing": it is not the one that was
 * written before; "log-damaged": what stands right before this line is none,
 * as a power cut leaves it. The member "lost" counts events without a line;
 * "log-lost" is there for nothing else.
 *
 * Threads: any, but one at a time: calls wait for the disk.
 * Errors:  -ENOMEM at creation. A file that cannot be written is complained of
 *          once, and tried again with each line.
 */
struct server_audit_log;

/* A file that would grow beyond becomes PATH.1, and that PATH.2 ... */
#define SERVER_AUDIT_FILE_MAX_BYTES ((size_t)8 << 20)
#define SERVER_AUDIT_FILES_KEPT 8

/* `limit_bytes` 0: SERVER_AUDIT_FILE_MAX_BYTES. Opens nothing yet. */
int server_audit_log_create(struct server_audit_log **out, const char *path,
		size_t limit_bytes);

/* NULL is allowed. */
void server_audit_log_destroy(struct server_audit_log *log);

/* In the file, and without the hash in the log of the process. */
void server_audit_log_write(struct server_audit_log *log,
		const struct server_audit_entry *entry);

/* Returns when what was written is on the disk, or cannot be. */
void server_audit_log_sync(struct server_audit_log *log);

/* PATH.n, or PATH for 0. */
#define SERVER_AUDIT_PATH_BYTES 4096
void server_audit_log_format_path(char path[SERVER_AUDIT_PATH_BYTES],
		const char *base, unsigned n);
