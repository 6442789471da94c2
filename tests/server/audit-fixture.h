/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "server/audit-log.h"

/*
 * An audit log in a folder of its own, for tests.
 *
 * Threads: main only.
 * Errors:  fail the test.
 */
struct audit_fixture {
	char folder[64];
	char path[96];
	sd_event *event;
	struct server_audit_log *log;
};

int audit_set_up(void **state);
int audit_tear_down(void **state);

/* As after a restart. */
void audit_open_log(struct audit_fixture *test, size_t limit_bytes);

/* Takes `details`. */
void audit_write_event(
		struct audit_fixture *test, const char *event, json_t *details);

/* So many lines when there were none before, else one less. */
#define AUDIT_SMALL_LINES 7
void audit_write_small(struct audit_fixture *test);

void audit_path_of(const struct audit_fixture *test, unsigned n,
		char path[SERVER_AUDIT_PATH_BYTES]);

/* Ends with a NUL that is not counted; free it. Nothing: there is no file. */
char *audit_read_file(const char *path, size_t *size_bytes);
void audit_write_file(const char *path, const void *bytes, size_t size_bytes);

/* Every line of the file that is one, in an array. */
json_t *audit_read_lines(const char *path);
const char *audit_text_of(const json_t *lines, size_t i, const char *member);
uint64_t audit_number_of(const json_t *lines, size_t i, const char *member);
