/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/audit-tail.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/audit-log.h"

/* A log of three files; line N is of minute N of an hour. */
struct test {
	char folder[64];
	char path[96];
	struct server_audit_tail tail;
	char numbers[256]; /* of what was found */
};

static void append(const struct test *test, unsigned file, unsigned number,
		const char *event)
{
	char path[SERVER_AUDIT_PATH_BYTES];
	FILE *out;

	server_audit_log_format_path(path, test->path, file);
	out = fopen(path, "a");
	assert_non_null(out);
	fprintf(out,
			"{\"number\":%u,\"time\":\"2026-11-20T10:%02u:00.000Z\",\"monotonic_us\":1,\"event\":\"%s\",\"previous\":\"" SERVER_AUDIT_NO_HASH
			"\"}\n",
			number, number, event);
	assert_int_equal(fclose(out), 0);
}

static int set_up(void **state)
{
	struct test *test = calloc(1, sizeof(*test));

	assert_non_null(test);
	strcpy(test->folder, "/tmp/rackhand-test-XXXXXX");
	assert_non_null(mkdtemp(test->folder));
	snprintf(test->path, sizeof(test->path), "%s/audit", test->folder);
	test->tail.limit = 100;
	for (unsigned i = 1; i <= 9; i++)
		append(test, 2 - (i - 1) / 3, i,
				i % 2 ? "login" : "login-failed");
	*state = test;
	return 0;
}

static int tear_down(void **state)
{
	struct test *test = *state;
	char path[SERVER_AUDIT_PATH_BYTES];

	for (unsigned i = 0; i < 4; i++) {
		server_audit_log_format_path(path, test->path, i);
		unlink(path);
	}
	assert_int_equal(rmdir(test->folder), 0);
	free(test);
	return 0;
}

static const char *find(struct test *test)
{
	json_t *lines;
	json_t *line;
	size_t i;

	assert_int_equal(
			server_audit_tail_read(&lines, test->path, &test->tail),
			0);
	test->numbers[0] = '\0';
	json_array_foreach(lines, i, line)
	{
		size_t used = strlen(test->numbers);

		snprintf(test->numbers + used, sizeof(test->numbers) - used,
				"%s%d", used ? " " : "",
				(int)server_audit_line_number(line, "number"));
	}
	json_decref(lines);
	return test->numbers;
}

static void all_files_are_one_log(void **state)
{
	assert_string_equal(find(*state), "1 2 3 4 5 6 7 8 9");
}

static void the_newest_are_found(void **state)
{
	struct test *test = *state;

	test->tail.limit = 1;
	assert_string_equal(find(test), "9");
	test->tail.limit = 4;
	assert_string_equal(find(test), "6 7 8 9");
}

static void events_are_chosen_by_name(void **state)
{
	struct test *test = *state;

	strcpy(test->tail.event, "login");
	assert_string_equal(find(test), "1 3 5 7 9");
	test->tail.limit = 2;
	assert_string_equal(find(test), "7 9");
	strcpy(test->tail.event, "logi");
	assert_string_equal(find(test), "");
}

static void older_ones_are_left_out(void **state)
{
	struct test *test = *state;

	strcpy(test->tail.since, "2026-11-20T10:04");
	assert_string_equal(find(test), "4 5 6 7 8 9");
	strcpy(test->tail.since, "2026-11-21");
	assert_string_equal(find(test), "");
	strcpy(test->tail.since, "2026-11-20");
	assert_string_equal(find(test), "1 2 3 4 5 6 7 8 9");
}

static void put(const struct test *test, const char *bytes)
{
	FILE *out = fopen(test->path, "a");

	assert_non_null(out);
	assert_true(fputs(bytes, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

static void damage_is_passed_over(void **state)
{
	struct test *test = *state;

	put(test, "\n{\"time\":\"2026-11-20T10:30:00.000Z\"}\njunk \"time\":\"\n");
	append(test, 0, 10, "stop");
	put(test, "{\"number\":11,\"time\":\"2026-11-20T10:1");
	assert_string_equal(find(test), "1 2 3 4 5 6 7 8 9 10");
}

/* As when the log moves on between two files. */
static void a_file_met_twice_counts_once(void **state)
{
	struct test *test = *state;
	char next[SERVER_AUDIT_PATH_BYTES];

	server_audit_log_format_path(next, test->path, 1);
	assert_int_equal(unlink(next), 0);
	assert_int_equal(link(test->path, next), 0);
	assert_string_equal(find(test), "1 2 3 7 8 9");
}

static void nothing_was_audited_yet(void **state)
{
	struct test *test = *state;
	char path[SERVER_AUDIT_PATH_BYTES];

	for (unsigned i = 0; i < 3; i++) {
		server_audit_log_format_path(path, test->path, i);
		assert_int_equal(unlink(path), 0);
	}
	assert_string_equal(find(test), "");
}

static void what_is_no_file_is_an_error(void **state)
{
	struct test *test = *state;
	json_t *lines;

	assert_int_equal(unlink(test->path), 0);
	assert_int_equal(symlink("/etc/passwd", test->path), 0);
	assert_int_equal(
			server_audit_tail_read(&lines, test->path, &test->tail),
			-ELOOP);
	assert_null(lines);
	assert_int_equal(unlink(test->path), 0);
	assert_int_equal(mkfifo(test->path, 0600), 0);
	assert_int_equal(
			server_audit_tail_read(&lines, test->path, &test->tail),
			-EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
			TEST(all_files_are_one_log),
			TEST(the_newest_are_found),
			TEST(events_are_chosen_by_name),
			TEST(older_ones_are_left_out),
			TEST(damage_is_passed_over),
			TEST(a_file_met_twice_counts_once),
			TEST(nothing_was_audited_yet),
			TEST(what_is_no_file_is_an_error),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
