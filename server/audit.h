/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdint.h>
#include <systemd/sd-event.h>

/*
 * Who did what, when, from where: lines of JSON in a file that only grows, each
 * with the hash of the line before it, and the same in the log. Never what was
 * typed, never a secret.
 *
 * Threads: loop thread only.
 * Errors:  -errno at creation, logged. A line that cannot be written later is
 *          in the log all the same, and the next that can be says how many are
 *          missing.
 */
struct server_audit;

/* Appends to `path`, which is made 0600 where there is none. */
int server_audit_create(struct server_audit **out, const char *path);

/* NULL is allowed. */
void server_audit_destroy(struct server_audit *audit);

/*
 * `event` names what happened, of [a-z-]: "login", "login-failed". `details` is
 * an object whose members become the line's, and is taken; NULL is allowed (out
 * of memory as well). Number, time and hash come from here.
 */
void server_audit_write(
		struct server_audit *audit, const char *event, json_t *details);
