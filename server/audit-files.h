/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "server/audit-log.h"

/*
 * The files of an audit log, for programs that read them while the daemon may
 * be writing.
 *
 * Threads: any.
 * Errors:  -errno; `path` is then the file that it is about.
 */
struct server_audit_file {
	char path[SERVER_AUDIT_PATH_BYTES];
	FILE *file;
};

struct server_audit_files {
	size_t n;
	struct server_audit_file *files; /* the oldest first */
	char path[SERVER_AUDIT_PATH_BYTES];
};

/* BASE and those that were full, as far as they are there. -ENOENT: none is. */
int server_audit_files_open_all(
		struct server_audit_files *files, const char *base);

/* These, in this order. */
int server_audit_files_open_named(struct server_audit_files *files, size_t n,
		char *const paths[]);

void server_audit_files_close(struct server_audit_files *files);

/*
 * `bytes` up to and with the next newline, or less where a file ends or the
 * line is longer than any of ours. `where`: "FILE:LINE". Anything but 0 ends
 * the reading.
 */
typedef int server_audit_files_piece(void *context, const char *bytes,
		size_t size_bytes, bool begins, const char *where);

int server_audit_files_read(struct server_audit_files *files,
		server_audit_files_piece *piece, void *context);
