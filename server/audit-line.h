/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <nettle/sha2.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One line of the audit log: printable ASCII, an object of JSON whose members
 * stand in a fixed order, the last of them the hash of the line before.
 *
 * Threads: any.
 * Errors:  see each.
 */

/* With the newline; without the hash it fits into a line of the log. */
#define SERVER_AUDIT_LINE_MAX_BYTES 1024
/* Of one string; longer ones are cut. */
#define SERVER_AUDIT_TEXT_MAX_BYTES 128
#define SERVER_AUDIT_BODY_BYTES 800
#define SERVER_AUDIT_EVENT_MAX_BYTES 32

/* SHA-256 in hex, and its end. */
#define SERVER_AUDIT_HASH_BYTES 65
#define SERVER_AUDIT_NO_HASH                                                   \
	"0000000000000000000000000000000000000000000000000000000000000000"

/* What happened, and when. */
struct server_audit_entry {
	uint64_t time_us; /* since 1970, UTC */
	uint64_t monotonic_us;
	uint64_t lost; /* events right before this one, in no line */
	char body[SERVER_AUDIT_BODY_BYTES];
};

/*
 * Only members that the table in audit-line.c allows become part of the entry;
 * others are dropped, and the log says so. What is too long is left out, and
 * the member "cut" says so. Taken now: both times.
 */
void server_audit_entry_init(struct server_audit_entry *entry,
		const char *event, const json_t *details);

/* `previous` NULL: for the log, without it and the newline. The length. */
size_t server_audit_line_compose(char line[SERVER_AUDIT_LINE_MAX_BYTES],
		const struct server_audit_entry *entry, uint64_t number,
		uint64_t lost, const char *previous);

void server_audit_line_hash(const void *bytes, size_t size_bytes,
		char hash[SERVER_AUDIT_HASH_BYTES]);
void server_audit_line_finish_hash(
		struct sha256_ctx *context, char hash[SERVER_AUDIT_HASH_BYTES]);

/*
 * The line without its newline as an object, which has "number", "time",
 * "event" and "previous" as they ought to be; NULL if it is none of ours.
 */
json_t *server_audit_line_parse(const char *bytes, size_t size_bytes);

uint64_t server_audit_line_number(const json_t *line, const char *member);
