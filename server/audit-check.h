/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <nettle/sha2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/audit-line.h"

/*
 * Is the chain of an audit log unbroken? It is fed piece by piece from the
 * first file to the last. The caller owns the struct.
 *
 * What a chain without a key cannot tell: whether lines are missing at the end,
 * or whether somebody made all of it anew. Against both helps the hash of its
 * last line, kept elsewhere: the line that has it must be found.
 *
 * Threads: any.
 * Errors:  -EBADMSG at the first break, said in `why`.
 */
#define SERVER_AUDIT_WHERE_BYTES 512

struct server_audit_check {
	/* Of the lines so far; `lines_n` 0: none. */
	uint64_t lines_n;
	uint64_t first_number;
	uint64_t number;
	char first_time[32];
	char time[32];
	char hash[SERVER_AUDIT_HASH_BYTES];
	/* What the last line says about the log itself; else empty. */
	char note[160];
	char why[SERVER_AUDIT_WHERE_BYTES + 160];

	/* Its own. */
	bool expected_found;
	char expected[SERVER_AUDIT_HASH_BYTES];
	char where[SERVER_AUDIT_WHERE_BYTES]; /* the last line stands there */
	size_t damaged;                       /* bytes since that are no line */
	bool ended;                           /* by a newline */
	char damaged_where[SERVER_AUDIT_WHERE_BYTES];
	struct sha256_ctx damaged_hash;
};

/* `expected`: the hash of a line that has to be there; NULL: none. */
void server_audit_check_init(
		struct server_audit_check *check, const char *expected);

/*
 * `bytes` up to and with the next newline, or less where a file ends or the
 * line would be too long. `begins`: it is the beginning of a line.
 */
int server_audit_check_piece(struct server_audit_check *check,
		const char *bytes, size_t size_bytes, bool begins,
		const char *where);

/* There is no more. */
int server_audit_check_end(struct server_audit_check *check);
