/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/audit.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/log.h"
#include "tests/server/audit-fixture.h"

#define SMALL_FILE_BYTES 2048

/* "log-begun login logout": what the file says happened. */
static void assert_events(
		const struct audit_fixture *test, const char *expected)
{
	json_t *lines = audit_read_lines(test->path);
	char events[1024] = "";

	for (size_t i = 0; i < json_array_size(lines); i++) {
		strcat(events, i > 0 ? " " : "");
		strcat(events, audit_text_of(lines, i, "event"));
	}
	assert_string_equal(events, expected);
	json_decref(lines);
}

/* ---- the file -------------------------------------------------------------
 */

static void assert_chained(const struct audit_fixture *test)
{
	size_t size_bytes;
	char *bytes = audit_read_file(test->path, &size_bytes);
	char hash[SERVER_AUDIT_HASH_BYTES] = SERVER_AUDIT_NO_HASH;
	uint64_t number = 0;

	assert_true(size_bytes > 0);
	for (char *at = bytes, *end; *at; at = end + 1) {
		json_t *line;

		end = strchr(at, '\n');
		assert_non_null(end);
		line = server_audit_line_parse(at, (size_t)(end - at));
		assert_non_null(line);
		assert_int_equal(server_audit_line_number(line, "number"),
				++number);
		assert_string_equal(hash,
				json_string_value(json_object_get(
						line, "previous")));
		server_audit_line_hash(at, (size_t)(end - at) + 1, hash);
		json_decref(line);
	}
	free(bytes);
}

static void each_line_holds_the_hash_of_the_one_before(void **state)
{
	struct audit_fixture *test = *state;
	struct stat file;

	audit_write_event(test, "start", NULL);
	audit_write_event(test, "login", json_pack("{s:s}", "user", "anna"));
	audit_write_event(test, "stop", NULL);
	assert_events(test, "log-begun start login stop");
	assert_chained(test);
	assert_int_equal(stat(test->path, &file), 0);
	assert_int_equal(file.st_mode & 07777, 0600);
}

static void a_restart_goes_on_where_the_file_ends(void **state)
{
	struct audit_fixture *test = *state;

	for (unsigned i = 0; i < 3; i++) {
		audit_open_log(test, 0);
		audit_write_event(test, "start", NULL);
		audit_write_event(test, "stop", NULL);
	}
	assert_events(test, "log-begun start stop start stop start stop");
	assert_chained(test);
}

/* What a power cut leaves of a line, at any byte of it, stays there. */
static void half_a_line_is_kept_and_named(void **state)
{
	struct audit_fixture *test = *state;
	size_t whole, size_bytes;
	char *before, *after;
	size_t last;

	audit_write_event(test, "start", NULL);
	audit_write_event(test, "login", json_pack("{s:s}", "user", "anna"));
	before = audit_read_file(test->path, &whole);
	last = (size_t)((char *)memrchr(before, '\n', whole - 1) - before) + 1;
	for (size_t cut = last; cut <= whole; cut++) {
		bool damaged = cut > last && cut < whole - 1;

		audit_write_file(test->path, before, cut);
		audit_open_log(test, 0);
		audit_write_event(test, "stop", NULL);
		assert_events(test,
				cut == last ? "log-begun start stop"
						: damaged
						? "log-begun start log-damaged stop"
						: "log-begun start login stop");
		after = audit_read_file(test->path, &size_bytes);
		assert_memory_equal(before, after, cut);
		free(after);
		if (!damaged)
			assert_chained(test);
	}
	free(before);
}

static void a_tail_of_zeros_is_damage_of_so_many_bytes(void **state)
{
	struct audit_fixture *test = *state;
	char zeros[1000] = {0};
	FILE *file;
	json_t *lines;

	audit_write_event(test, "start", NULL);
	file = fopen(test->path, "a");
	assert_non_null(file);
	fwrite(zeros, 1, sizeof(zeros), file);
	fclose(file);
	audit_open_log(test, 0);
	audit_write_event(test, "start", NULL);
	assert_events(test, "log-begun start log-damaged start");
	lines = audit_read_lines(test->path);
	assert_int_equal(audit_number_of(lines, 2, "number"), 3);
	assert_int_equal(audit_number_of(lines, 2, "bytes"), sizeof(zeros) + 1);
	json_decref(lines);
}

/* More than is looked at first. */
static void a_long_tail_of_junk_does_not_hide_the_last_line(void **state)
{
	struct audit_fixture *test = *state;
	char junk[100000];
	FILE *file;
	json_t *lines;

	audit_write_event(test, "start", NULL);
	memset(junk, 'j', sizeof(junk));
	file = fopen(test->path, "a");
	assert_non_null(file);
	fwrite(junk, 1, sizeof(junk), file);
	fclose(file);
	audit_open_log(test, 0);
	audit_write_event(test, "start", NULL);
	lines = audit_read_lines(test->path);
	assert_int_equal(audit_number_of(lines, 2, "number"), 3);
	assert_int_equal(audit_number_of(lines, 2, "bytes"), sizeof(junk) + 1);
	json_decref(lines);
}

static void a_file_that_goes_away_is_said_to_be_missing(void **state)
{
	struct audit_fixture *test = *state;
	json_t *lines;

	audit_write_event(test, "start", NULL);
	assert_int_equal(unlink(test->path), 0);
	audit_write_event(test, "login", NULL);
	assert_events(test, "log-missing login");
	lines = audit_read_lines(test->path);
	assert_int_equal(audit_number_of(lines, 0, "number"), 3);
	assert_string_equal(
			audit_text_of(lines, 0, "reason"), "there was no file");
	json_decref(lines);
}

static void a_file_put_in_its_place_is_said_to_be_another(void **state)
{
	struct audit_fixture *test = *state;
	size_t size_bytes;
	char *old;
	json_t *lines;

	audit_write_event(test, "start", NULL);
	old = audit_read_file(test->path, &size_bytes);
	audit_write_event(test, "login", NULL);
	assert_int_equal(unlink(test->path), 0);
	audit_write_file(test->path, old, size_bytes);
	free(old);
	audit_write_event(test, "stop", NULL);
	assert_events(test, "log-begun start log-missing stop");
	lines = audit_read_lines(test->path);
	assert_int_equal(audit_number_of(lines, 2, "number"), 4);
	assert_string_equal(audit_text_of(lines, 2, "reason"),
			"the file is another");
	json_decref(lines);
}

static void a_file_made_shorter_is_said_to_be_another(void **state)
{
	struct audit_fixture *test = *state;
	struct stat file;

	audit_write_event(test, "start", NULL);
	assert_int_equal(stat(test->path, &file), 0);
	audit_write_event(test, "login", NULL);
	assert_int_equal(truncate(test->path, file.st_size), 0);
	audit_write_event(test, "stop", NULL);
	assert_events(test, "log-begun start log-missing stop");
}

static void a_copy_put_in_its_place_is_as_good(void **state)
{
	struct audit_fixture *test = *state;
	size_t size_bytes;
	char *copy;

	audit_write_event(test, "start", NULL);
	copy = audit_read_file(test->path, &size_bytes);
	assert_int_equal(unlink(test->path), 0);
	audit_write_file(test->path, copy, size_bytes);
	free(copy);
	audit_write_event(test, "stop", NULL);
	assert_events(test, "log-begun start stop");
	assert_chained(test);
}

static void a_link_or_a_folder_is_not_written_to(void **state)
{
	struct audit_fixture *test = *state;
	char other[128];

	snprintf(other, sizeof(other), "%s/other", test->folder);
	assert_int_equal(symlink(other, test->path), 0);
	audit_write_event(test, "start", NULL);
	assert_int_equal(access(other, F_OK), -1);
	assert_int_equal(unlink(test->path), 0);
	assert_int_equal(mkdir(test->path, 0700), 0);
	audit_write_event(test, "login", NULL);
	assert_int_equal(rmdir(test->path), 0);
	assert_int_equal(mkfifo(test->path, 0600), 0);
	audit_write_event(test, "login", NULL);
	assert_int_equal(unlink(test->path), 0);
	audit_write_event(test, "login", NULL);
	assert_events(test, "log-begun login");
}

static void lines_that_could_not_be_written_are_counted(void **state)
{
	struct audit_fixture *test = *state;
	char aside[128];
	json_t *lines;

	snprintf(aside, sizeof(aside), "%s.aside", test->folder);
	audit_write_event(test, "start", NULL);
	assert_int_equal(rename(test->folder, aside), 0);
	audit_write_event(test, "login", NULL);
	audit_write_event(test, "disconnect", NULL);
	assert_int_equal(rename(aside, test->folder), 0);
	audit_write_event(test, "stop", NULL);
	audit_write_event(test, "start", NULL);
	assert_events(test, "log-begun start stop start");
	lines = audit_read_lines(test->path);
	assert_int_equal(audit_number_of(lines, 2, "number"), 5);
	assert_int_equal(audit_number_of(lines, 2, "lost"), 2);
	assert_int_equal(audit_number_of(lines, 3, "number"), 6);
	assert_int_equal(audit_number_of(lines, 3, "lost"), 0);
	json_decref(lines);
}

/* Numbers of a daemon that could not read the file at first go on from it. */
static void a_late_file_still_decides_the_numbers(void **state)
{
	struct audit_fixture *test = *state;
	char aside[128];
	json_t *lines;

	snprintf(aside, sizeof(aside), "%s.aside", test->folder);
	for (unsigned i = 0; i < 9; i++)
		audit_write_event(test, "login", NULL);
	assert_int_equal(rename(test->folder, aside), 0);
	audit_open_log(test, 0);
	audit_write_event(test, "start", NULL);
	assert_int_equal(rename(aside, test->folder), 0);
	audit_write_event(test, "login", NULL);
	lines = audit_read_lines(test->path);
	assert_int_equal(audit_number_of(lines, 10, "number"), 12);
	assert_int_equal(audit_number_of(lines, 10, "lost"), 1);
	json_decref(lines);
}

static void set_limit(enum __rlimit_resource what, rlim_t limit)
{
	struct rlimit limits;

	assert_int_equal(getrlimit(what, &limits), 0);
	limits.rlim_cur = limit;
	assert_int_equal(setrlimit(what, &limits), 0);
}

/* RLIMIT_FSIZE stops a write in the middle, as a full disk does. */
static void a_full_disk_leaves_no_half_line(void **state)
{
	struct audit_fixture *test = *state;
	struct stat file;
	json_t *lines;

	signal(SIGXFSZ, SIG_IGN);
	audit_write_event(test, "start", NULL);
	assert_int_equal(stat(test->path, &file), 0);
	set_limit(RLIMIT_FSIZE, (rlim_t)file.st_size + 50);
	audit_write_event(test, "login", NULL);
	set_limit(RLIMIT_FSIZE, (rlim_t)file.st_size);
	audit_write_event(test, "login", NULL);
	set_limit(RLIMIT_FSIZE, RLIM_INFINITY);
	audit_write_event(test, "stop", NULL);
	assert_events(test, "log-begun start stop");
	lines = audit_read_lines(test->path);
	assert_int_equal(audit_number_of(lines, 2, "lost"), 2);
	json_decref(lines);
}

static void full_files_move_on_and_the_chain_with_them(void **state)
{
	struct audit_fixture *test = *state;
	char path[SERVER_AUDIT_PATH_BYTES];
	struct stat file;
	uint64_t number = 0;

	audit_open_log(test, SMALL_FILE_BYTES);
	for (unsigned i = 0; i < 200; i++)
		audit_write_event(test, "login", NULL);
	audit_path_of(test, SERVER_AUDIT_FILES_KEPT + 1, path);
	assert_int_equal(access(path, F_OK), -1);
	for (unsigned n = SERVER_AUDIT_FILES_KEPT + 1; n-- > 0;) {
		json_t *lines;

		audit_path_of(test, n, path);
		assert_int_equal(stat(path, &file), 0);
		assert_true(file.st_size <= SMALL_FILE_BYTES);
		lines = audit_read_lines(path);
		if (number > 0)
			assert_int_equal(audit_number_of(lines, 0, "number"),
					number + 1);
		number = audit_number_of(
				lines, json_array_size(lines) - 1, "number");
		json_decref(lines);
	}
	assert_int_equal(number, 201);
}

/* No descriptor is free when the next file is to be opened. */
static void a_new_file_that_comes_late_breaks_nothing(void **state)
{
	struct audit_fixture *test = *state;
	char path[SERVER_AUDIT_PATH_BYTES];
	struct stat file = {.st_size = 0};
	unsigned written = 1;
	json_t *lines;

	audit_open_log(test, SMALL_FILE_BYTES);
	audit_path_of(test, 1, path);
	while (file.st_size + 250 < SMALL_FILE_BYTES) {
		audit_write_event(test, "login", NULL);
		assert_int_equal(stat(test->path, &file), 0);
		written++;
	}
	set_limit(RLIMIT_NOFILE, 0);
	for (unsigned i = 0; i < 3; i++)
		audit_write_event(test, "disconnect",
				json_pack("{s:s}", "fingerprint",
						SERVER_AUDIT_NO_HASH));
	set_limit(RLIMIT_NOFILE, 1024);
	assert_int_equal(access(path, F_OK), 0);
	audit_write_event(test, "stop", NULL);
	assert_events(test, "stop");
	lines = audit_read_lines(test->path);
	assert_int_equal(audit_number_of(lines, 0, "number"), written + 4);
	assert_int_equal(audit_number_of(lines, 0, "lost"), 3);
	json_decref(lines);
}

static void a_cut_between_two_files_goes_on_from_the_older(void **state)
{
	struct audit_fixture *test = *state;
	char path[SERVER_AUDIT_PATH_BYTES];
	json_t *lines;

	audit_write_event(test, "start", NULL);
	audit_path_of(test, 1, path);
	assert_int_equal(rename(test->path, path), 0);
	audit_open_log(test, 0);
	audit_write_event(test, "start", NULL);
	assert_events(test, "log-missing start");
	lines = audit_read_lines(test->path);
	assert_int_equal(audit_number_of(lines, 0, "number"), 3);
	json_decref(lines);
}

/* ---- off the loop ---------------------------------------------------------
 */

static void all_lines_are_written_before_it_ends(void **state)
{
	struct audit_fixture *test = *state;
	struct server_audit *audit;

	assert_int_equal(server_audit_create(&audit, test->event, test->path),
			0);
	for (unsigned i = 0; i < 200; i++) {
		server_audit_write(audit, "login",
				json_pack("{s:i}", "count", (int)i));
		if (i % 10 == 0)
			sd_event_run(test->event, 0);
	}
	server_audit_destroy(audit);
	assert_chained(test);
}

/* The loop goes on; what does not wait any more is counted. */
static void of_too_many_lines_some_are_lost_and_counted(void **state)
{
	struct audit_fixture *test = *state;
	struct server_audit *audit;
	json_t *lines;
	uint64_t lost = 0, n;
	const uint64_t written = 4 * SERVER_AUDIT_WAITING_MAX;

	assert_int_equal(server_audit_create(&audit, test->event, test->path),
			0);
	/* Without a turn of the loop, only the first goes to the worker. */
	for (uint64_t i = 0; i < written; i++)
		server_audit_write(audit, "login", NULL);
	while ((lines = audit_read_lines(test->path)) &&
			json_array_size(lines) <= SERVER_AUDIT_WAITING_MAX) {
		json_decref(lines);
		assert_true(sd_event_run(test->event, 100000) >= 0);
	}
	json_decref(lines);
	assert_int_equal(server_audit_count(audit, "login"), written);
	assert_int_equal(server_audit_count(audit, "login-failed"), 0);
	server_audit_write(audit, "stop", NULL);
	server_audit_destroy(audit);
	lines = audit_read_lines(test->path);
	n = json_array_size(lines);
	for (size_t i = 0; i < n; i++)
		lost += audit_number_of(lines, i, "lost");
	assert_int_equal(n, 1 + 1 + SERVER_AUDIT_WAITING_MAX + 1);
	assert_int_equal(n - 2 + lost, written);
	assert_int_equal(audit_number_of(lines, n - 1, "number"), n + lost);
	json_decref(lines);
}

static void even_the_last_that_are_lost_are_counted(void **state)
{
	struct audit_fixture *test = *state;
	struct server_audit *audit;
	json_t *lines;
	size_t n;

	assert_int_equal(server_audit_create(&audit, test->event, test->path),
			0);
	for (unsigned i = 0; i < 2 * SERVER_AUDIT_WAITING_MAX; i++)
		server_audit_write(audit, "login", NULL);
	server_audit_destroy(audit);
	lines = audit_read_lines(test->path);
	n = json_array_size(lines);
	assert_string_equal(audit_text_of(lines, n - 1, "event"), "log-lost");
	assert_int_equal(audit_number_of(lines, n - 1, "lost"),
			SERVER_AUDIT_WAITING_MAX - 1);
	assert_int_equal(audit_number_of(lines, n - 1, "number"),
			2 * SERVER_AUDIT_WAITING_MAX + 2);
	json_decref(lines);
}

static void without_a_folder_it_is_created_all_the_same(void **state)
{
	struct audit_fixture *test = *state;
	struct server_audit *audit;

	assert_int_equal(server_audit_create(&audit, test->event,
					 "/nonexistent/audit.jsonl"),
			0);
	server_audit_write(audit, "start", NULL);
	server_audit_destroy(audit);
	server_audit_destroy(NULL);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, audit_set_up, audit_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(each_line_holds_the_hash_of_the_one_before),
			TEST(a_restart_goes_on_where_the_file_ends),
			TEST(half_a_line_is_kept_and_named),
			TEST(a_tail_of_zeros_is_damage_of_so_many_bytes),
			TEST(a_long_tail_of_junk_does_not_hide_the_last_line),
			TEST(a_file_that_goes_away_is_said_to_be_missing),
			TEST(a_file_put_in_its_place_is_said_to_be_another),
			TEST(a_file_made_shorter_is_said_to_be_another),
			TEST(a_copy_put_in_its_place_is_as_good),
			TEST(a_link_or_a_folder_is_not_written_to),
			TEST(lines_that_could_not_be_written_are_counted),
			TEST(a_late_file_still_decides_the_numbers),
			TEST(a_full_disk_leaves_no_half_line),
			TEST(full_files_move_on_and_the_chain_with_them),
			TEST(a_new_file_that_comes_late_breaks_nothing),
			TEST(a_cut_between_two_files_goes_on_from_the_older),
			TEST(all_lines_are_written_before_it_ends),
			TEST(of_too_many_lines_some_are_lost_and_counted),
			TEST(even_the_last_that_are_lost_are_counted),
			TEST(without_a_folder_it_is_created_all_the_same),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
