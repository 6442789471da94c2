/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/workers.h"

/*
 * Who did what, when, from where: lines of JSON in a file that only grows, each
 * with the hash of the line before it, and the same in the log. Never what was
 * typed, never a secret: a line holds no member that the table in audit-line.c
 * does not name.
 *
 * A name that is no user's does not belong into `details`: it may be a password
 * that somebody typed into the wrong field.
 *
 * The disk is waited for by a thread of its own, so a line is in the file, and
 * on the disk, a little after the call.
 *
 * Threads: loop thread only.
 * Errors:  -errno at creation, logged. A line that cannot be written later is
 *          in the log all the same, and the next that can be says how many are
 *          missing. The file need not be there or be possible at creation.
 */
struct server_audit;

/* Lines that wait for the disk; those beyond are lost, and counted. */
#define SERVER_AUDIT_WAITING_MAX 1024

/* Appends to `path`, which is made 0600 where there is none. */
int server_audit_create(
		struct server_audit **out, sd_event *event, const char *path);

/* Once everything is written. NULL is allowed. */
void server_audit_destroy(struct server_audit *audit);

/*
 * `event` names what happened, of [a-z-]: "login", "login-failed". `details` is
 * an object whose members become the line's, and is taken; NULL is allowed (out
 * of memory as well). Number, time and hash come from here.
 */
void server_audit_write(
		struct server_audit *audit, const char *event, json_t *details);

/* How many of that event there were; only what a table in audit.c names. */
uint64_t server_audit_count(
		const struct server_audit *audit, const char *event);

/*
 * For who reads the file: where it is, and the thread that writes it and may
 * wait for the disk. What was written before a job of that thread was submitted
 * may be in the file or not yet. Borrowed.
 */
const char *server_audit_get_path(const struct server_audit *audit);
struct core_workers *server_audit_get_disk(const struct server_audit *audit);

/*
 * Text from outside as a member of `details`, whatever its bytes are: those
 * that are no UTF-8 become "\xNN". NULL: out of memory.
 */
json_t *server_audit_text(const char *text);
