/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Lines of the audit log for people, and the times that people ask for.
 *
 * Threads: any.
 * Errors:  see each.
 */
void server_audit_text_print_heading(FILE *out);
void server_audit_text_print(FILE *out, const json_t *line);

/*
 * What `text` says as the beginning of a line's "time", so that the two can be
 * compared: "2026-11-20", "2026-11-20 19:46" (UTC) or, from now back, "90s",
 * "30m", "12h", "7d". -EINVAL: none of these.
 */
#define SERVER_AUDIT_SINCE_BYTES 32
int server_audit_text_parse_since(
		char since[SERVER_AUDIT_SINCE_BYTES], const char *text);
