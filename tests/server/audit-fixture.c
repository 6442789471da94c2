/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/server/audit-fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void audit_open_log(struct audit_fixture *test, size_t limit_bytes)
{
	server_audit_log_destroy(test->log);
	assert_int_equal(server_audit_log_create(
					 &test->log, test->path, limit_bytes),
			0);
}

int audit_set_up(void **state)
{
	struct audit_fixture *test = calloc(1, sizeof(*test));

	assert_non_null(test);
	strcpy(test->folder, "/tmp/rackhand-test-XXXXXX");
	assert_non_null(mkdtemp(test->folder));
	snprintf(test->path, sizeof(test->path), "%s/audit.jsonl",
			test->folder);
	assert_true(sd_event_new(&test->event) >= 0);
	audit_open_log(test, 0);
	*state = test;
	return 0;
}

void audit_path_of(const struct audit_fixture *test, unsigned n,
		char path[SERVER_AUDIT_PATH_BYTES])
{
	server_audit_log_format_path(path, test->path, n);
}

int audit_tear_down(void **state)
{
	struct audit_fixture *test = *state;
	char path[SERVER_AUDIT_PATH_BYTES];

	server_audit_log_destroy(test->log);
	server_audit_log_destroy(NULL);
	sd_event_unref(test->event);
	for (unsigned n = 0; n <= SERVER_AUDIT_FILES_KEPT + 1; n++) {
		audit_path_of(test, n, path);
		unlink(path);
	}
	assert_int_equal(rmdir(test->folder), 0);
	free(test);
	return 0;
}

/* ---- what is in the file --------------------------------------------------
 */

char *audit_read_file(const char *path, size_t *size_bytes)
{
	FILE *file = fopen(path, "r");
	struct stat about = {.st_size = 0};
	char *bytes;

	if (file)
		assert_int_equal(fstat(fileno(file), &about), 0);
	bytes = malloc((size_t)about.st_size + 1);
	assert_non_null(bytes);
	*size_bytes = 0;
	if (file) {
		*size_bytes = fread(bytes, 1, (size_t)about.st_size, file);
		fclose(file);
	}
	bytes[*size_bytes] = '\0';
	return bytes;
}

void audit_write_file(const char *path, const void *bytes, size_t size_bytes)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size_bytes, file), size_bytes);
	assert_int_equal(fclose(file), 0);
}

/* Every line of the file that is one, in an array. */
json_t *audit_read_lines(const char *path)
{
	size_t size_bytes;
	char *bytes = audit_read_file(path, &size_bytes);
	json_t *lines = json_array();

	for (char *at = bytes, *end;
			(end = memchr(at, '\n',
					 size_bytes - (size_t)(at - bytes)));
			at = end + 1) {
		json_t *line = server_audit_line_parse(at, (size_t)(end - at));

		if (line)
			json_array_append_new(lines, line);
	}
	free(bytes);
	return lines;
}

const char *audit_text_of(const json_t *lines, size_t i, const char *member)
{
	const char *text = json_string_value(
			json_object_get(json_array_get(lines, i), member));

	return text ? text : "";
}

uint64_t audit_number_of(const json_t *lines, size_t i, const char *member)
{
	return server_audit_line_number(json_array_get(lines, i), member);
}

/* Takes `details`. */
void audit_write_event(
		struct audit_fixture *test, const char *event, json_t *details)
{
	struct server_audit_entry entry;

	server_audit_entry_init(&entry, event, details);
	json_decref(details);
	server_audit_log_write(test->log, &entry);
}

void audit_write_small(struct audit_fixture *test)
{
	audit_write_event(test, "start", json_pack("{s:s}", "version", "1"));
	for (int i = 0; i < AUDIT_SMALL_LINES - 3; i++)
		audit_write_event(test, "login",
				json_pack("{s:s, s:i}", "user", "anna",
						"session", i));
	audit_write_event(test, "stop", NULL);
}
