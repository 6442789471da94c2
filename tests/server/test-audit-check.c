/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/audit-check.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/log.h"
#include "server/audit-files.h"
#include "tests/server/audit-fixture.h"

#define LINES AUDIT_SMALL_LINES
#define SMALL_FILE_BYTES 2048

/* ---- a log, line by line --------------------------------------------------
 */

struct lines {
	size_t n;
	char *bytes[LINES + 3];
};

static void take_lines(struct lines *lines, const char *path)
{
	size_t size_bytes;
	char *bytes = audit_read_file(path, &size_bytes);

	lines->n = 0;
	for (char *at = bytes, *end; (end = strchr(at, '\n')); at = end + 1) {
		assert_true(lines->n < LINES + 2);
		lines->bytes[lines->n++] = strndup(at, (size_t)(end - at) + 1);
	}
	free(bytes);
}

static void free_lines(struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		free(lines->bytes[i]);
}

static void put_lines(const struct lines *lines, const char *path)
{
	char *bytes = calloc(LINES + 3, SERVER_AUDIT_LINE_MAX_BYTES);

	assert_non_null(bytes);
	for (size_t i = 0; i < lines->n; i++)
		strcat(bytes, lines->bytes[i]);
	audit_write_file(path, bytes, strlen(bytes));
	free(bytes);
}

static int check_piece(void *context, const char *bytes, size_t size_bytes,
		bool begins, const char *where)
{
	return server_audit_check_piece(
			context, bytes, size_bytes, begins, where);
}

static int check_all(struct server_audit_check *check,
		const struct audit_fixture *test, const char *expected)
{
	struct server_audit_files files;
	int rc;

	server_audit_check_init(check, expected);
	assert_int_equal(server_audit_files_open_all(&files, test->path), 0);
	rc = server_audit_files_read(&files, check_piece, check);
	server_audit_files_close(&files);
	return rc == 0 ? server_audit_check_end(check) : rc;
}

static void assert_good(const struct audit_fixture *test)
{
	struct server_audit_check check;
	int rc = check_all(&check, test, NULL);

	if (rc < 0)
		print_error("%s\n", check.why);
	assert_int_equal(rc, 0);
}

/* `why`: ":3: changed:" */
static void assert_broken(const struct audit_fixture *test, const char *why)
{
	struct server_audit_check check;

	assert_int_equal(check_all(&check, test, NULL), -EBADMSG);
	if (!strstr(check.why, why))
		print_error("%s\n", check.why);
	assert_non_null(strstr(check.why, why));
}

static void take_last_hash(const struct audit_fixture *test,
		char hash[SERVER_AUDIT_HASH_BYTES])
{
	struct server_audit_check check;

	assert_int_equal(check_all(&check, test, NULL), 0);
	memcpy(hash, check.hash, SERVER_AUDIT_HASH_BYTES);
}

/* ---- nothing was done to it -----------------------------------------------
 */

static void a_log_that_nobody_touched_is_good(void **state)
{
	struct audit_fixture *test = *state;
	char hash[SERVER_AUDIT_HASH_BYTES];
	struct server_audit_check check;

	audit_write_small(test);
	take_last_hash(test, hash);
	assert_int_equal(check_all(&check, test, hash), 0);
	assert_int_equal(check.lines_n, LINES);
	assert_int_equal(check.first_number, 1);
	assert_int_equal(check.number, LINES);
}

static void restarts_and_full_files_break_nothing(void **state)
{
	struct audit_fixture *test = *state;
	struct server_audit_check check;

	for (unsigned i = 0; i < 30; i++) {
		audit_open_log(test, SMALL_FILE_BYTES);
		audit_write_small(test);
	}
	assert_int_equal(check_all(&check, test, NULL), 0);
	assert_true(check.first_number > 1);
	assert_int_equal(check.number, 1 + 30 * (LINES - 1));
}

/* A log that a power cut left at any byte, and the server found so. */
static void a_power_cut_breaks_nothing(void **state)
{
	struct audit_fixture *test = *state;
	size_t size_bytes;
	char *bytes;

	audit_write_small(test);
	bytes = audit_read_file(test->path, &size_bytes);
	for (size_t cut = 0; cut <= size_bytes; cut++) {
		audit_write_file(test->path, bytes, cut);
		audit_open_log(test, 0);
		audit_write_event(test, "start", NULL);
		assert_good(test);
		audit_open_log(test, 0);
		audit_write_event(test, "start", NULL);
		assert_good(test);
	}
	free(bytes);
}

/* Also when the line that names the damage is itself cut. */
static void a_power_cut_after_a_power_cut_breaks_nothing(void **state)
{
	struct audit_fixture *test = *state;
	size_t size_bytes, twice_bytes;
	char *bytes, *twice;

	audit_write_small(test);
	bytes = audit_read_file(test->path, &size_bytes);
	audit_write_file(test->path, bytes, size_bytes - 50);
	audit_open_log(test, 0);
	audit_write_event(test, "start", NULL);
	twice = audit_read_file(test->path, &twice_bytes);
	for (size_t cut = size_bytes - 50; cut <= twice_bytes; cut++) {
		audit_write_file(test->path, twice, cut);
		audit_open_log(test, 0);
		audit_write_event(test, "start", NULL);
		assert_good(test);
	}
	free(bytes);
	free(twice);
}

static void damage_in_a_file_that_is_full_breaks_nothing(void **state)
{
	struct audit_fixture *test = *state;
	char junk[SMALL_FILE_BYTES];
	size_t size_bytes;
	char *bytes, *both;

	memset(junk, 'j', sizeof(junk));
	audit_write_small(test);
	bytes = audit_read_file(test->path, &size_bytes);
	both = malloc(size_bytes + sizeof(junk));
	assert_non_null(both);
	memcpy(both, bytes, size_bytes);
	memcpy(both + size_bytes, junk, sizeof(junk));
	audit_write_file(test->path, both, size_bytes + sizeof(junk));
	audit_open_log(test, SMALL_FILE_BYTES);
	audit_write_event(test, "start", NULL);
	assert_good(test);
	free(bytes);
	free(both);
}

static void events_that_were_lost_are_told_but_break_nothing(void **state)
{
	struct audit_fixture *test = *state;
	struct server_audit_check check;
	char aside[128];

	snprintf(aside, sizeof(aside), "%s.aside", test->folder);
	audit_write_event(test, "start", NULL);
	assert_int_equal(rename(test->folder, aside), 0);
	audit_write_event(test, "login", NULL);
	assert_int_equal(rename(aside, test->folder), 0);
	audit_write_event(test, "stop", NULL);
	assert_int_equal(check_all(&check, test, NULL), 0);
	assert_int_equal(check.number, 4);
	assert_int_equal(check.lines_n, 3);
}

/* ---- something was --------------------------------------------------------
 */

/*
 * Of the last line only somebody knows who has noted its hash. A bit of each
 * byte; all of them with RACKHAND_TEST_FULL.
 */
static void every_flipped_bit_is_found(void **state)
{
	struct audit_fixture *test = *state;
	size_t step = getenv("RACKHAND_TEST_FULL") ? 1 : 9;
	char hash[SERVER_AUDIT_HASH_BYTES];
	struct server_audit_check check;
	size_t size_bytes, last;
	char *bytes;

	audit_write_small(test);
	take_last_hash(test, hash);
	bytes = audit_read_file(test->path, &size_bytes);
	last = (size_t)((char *)memrchr(bytes, '\n', size_bytes - 1) - bytes) +
			1;
	for (size_t i = 0; i < size_bytes * 8; i += step) {
		bytes[i / 8] ^= (char)(1 << i % 8);
		audit_write_file(test->path, bytes, size_bytes);
		bytes[i / 8] ^= (char)(1 << i % 8);
		assert_int_equal(check_all(&check, test,
						 i / 8 < last ? NULL : hash),
				-EBADMSG);
	}
	free(bytes);
}

static void a_changed_line_is_named(void **state)
{
	struct audit_fixture *test = *state;
	struct lines lines;
	char *user;

	audit_write_small(test);
	take_lines(&lines, test->path);
	user = strstr(lines.bytes[3], "anna");
	assert_non_null(user);
	memcpy(user, "otto", 4);
	put_lines(&lines, test->path);
	assert_broken(test, "audit.jsonl:4: changed: number 5 holds another");
	lines.bytes[3][0] = '[';
	put_lines(&lines, test->path);
	assert_broken(test, "audit.jsonl:4: changed: this is no line");
	free_lines(&lines);
}

static void a_missing_line_is_named(void **state)
{
	struct audit_fixture *test = *state;

	audit_write_small(test);
	for (size_t gone = 1; gone < LINES - 1; gone++) {
		struct lines lines, kept;
		char why[64];

		take_lines(&lines, test->path);
		kept = lines;
		memmove(&kept.bytes[gone], &kept.bytes[gone + 1],
				(LINES - gone - 1) * sizeof(kept.bytes[0]));
		kept.n--;
		put_lines(&kept, test->path);
		snprintf(why, sizeof(why), ":%zu: missing: numbers %zu to %zu",
				gone + 1, gone + 1, gone + 1);
		assert_broken(test, why);
		put_lines(&lines, test->path);
		free_lines(&lines);
	}
}

/* The chain alone cannot tell that there was more; a noted hash does. */
static void a_missing_end_is_found_by_who_noted_the_hash(void **state)
{
	struct audit_fixture *test = *state;
	char hash[SERVER_AUDIT_HASH_BYTES];
	struct server_audit_check check;
	struct lines lines;

	audit_write_small(test);
	take_last_hash(test, hash);
	take_lines(&lines, test->path);
	lines.n--;
	put_lines(&lines, test->path);
	lines.n++;
	assert_good(test);
	assert_int_equal(check_all(&check, test, hash), -EBADMSG);
	assert_non_null(strstr(check.why, "cut or changed"));
	/* Nor does it help to write on. */
	audit_open_log(test, 0);
	audit_write_event(test, "stop", NULL);
	assert_good(test);
	assert_int_equal(check_all(&check, test, hash), -EBADMSG);
	free_lines(&lines);
}

static void a_missing_beginning_is_told(void **state)
{
	struct audit_fixture *test = *state;
	struct server_audit_check check;
	struct lines lines;

	audit_write_small(test);
	take_lines(&lines, test->path);
	free(lines.bytes[0]);
	memmove(&lines.bytes[0], &lines.bytes[1],
			(LINES - 1) * sizeof(lines.bytes[0]));
	lines.n--;
	put_lines(&lines, test->path);
	assert_int_equal(check_all(&check, test, NULL), 0);
	assert_int_equal(check.first_number, 2);
	free_lines(&lines);
}

static void a_line_that_stands_twice_is_named(void **state)
{
	struct audit_fixture *test = *state;

	audit_write_small(test);
	for (size_t from = 0; from < LINES; from++)
		for (size_t to = from + 1; to <= LINES; to++) {
			struct lines lines, more;
			char why[64];

			take_lines(&lines, test->path);
			more = lines;
			memmove(&more.bytes[to + 1], &more.bytes[to],
					(LINES - to) * sizeof(more.bytes[0]));
			more.bytes[to] = lines.bytes[from];
			more.n++;
			put_lines(&more, test->path);
			snprintf(why, sizeof(why), ":%zu: inserted: number %zu",
					to + 1, from + 1);
			assert_broken(test, why);
			put_lines(&lines, test->path);
			free_lines(&lines);
		}
}

static void two_lines_that_changed_places_are_found(void **state)
{
	struct audit_fixture *test = *state;

	audit_write_small(test);
	for (size_t a = 0; a < LINES; a++)
		for (size_t b = a + 1; b < LINES; b++) {
			struct server_audit_check check;
			struct lines lines, swapped;

			take_lines(&lines, test->path);
			swapped = lines;
			swapped.bytes[a] = lines.bytes[b];
			swapped.bytes[b] = lines.bytes[a];
			put_lines(&swapped, test->path);
			assert_int_equal(check_all(&check, test, NULL),
					-EBADMSG);
			put_lines(&lines, test->path);
			free_lines(&lines);
		}
}

static void a_log_that_ends_within_a_line_is_cut(void **state)
{
	struct audit_fixture *test = *state;
	size_t size_bytes;
	char *bytes;

	audit_write_small(test);
	bytes = audit_read_file(test->path, &size_bytes);
	for (size_t less = 1; less < 100; less++) {
		audit_write_file(test->path, bytes, size_bytes - less);
		assert_broken(test, ":7: cut: ");
	}
	free(bytes);
}

static void what_replaces_named_damage_is_found(void **state)
{
	struct audit_fixture *test = *state;
	struct lines lines;
	size_t size_bytes;
	char *bytes;

	audit_write_small(test);
	bytes = audit_read_file(test->path, &size_bytes);
	audit_write_file(test->path, bytes, size_bytes - 50);
	free(bytes);
	audit_open_log(test, 0);
	audit_write_event(test, "start", NULL);
	assert_good(test);
	take_lines(&lines, test->path);
	lines.bytes[LINES - 1][20] ^= 1;
	put_lines(&lines, test->path);
	assert_broken(test, ":7: changed: this is not the damage");
	free_lines(&lines);
}

static void a_missing_file_between_others_is_found(void **state)
{
	struct audit_fixture *test = *state;
	char path[SERVER_AUDIT_PATH_BYTES];

	for (unsigned i = 0; i < 4; i++) {
		audit_open_log(test, SMALL_FILE_BYTES);
		audit_write_small(test);
	}
	assert_good(test);
	audit_path_of(test, 1, path);
	assert_int_equal(unlink(path), 0);
	assert_broken(test, "audit.jsonl:1: missing: numbers ");
}

static void a_file_that_was_taken_away_is_found(void **state)
{
	struct audit_fixture *test = *state;

	for (unsigned i = 0; i < 2; i++) {
		audit_open_log(test, SMALL_FILE_BYTES);
		audit_write_small(test);
	}
	assert_int_equal(unlink(test->path), 0);
	audit_write_event(test, "login", NULL);
	assert_broken(test, "audit.jsonl:1: missing: numbers ");
}

static void an_older_state_of_the_file_is_found(void **state)
{
	struct audit_fixture *test = *state;
	size_t size_bytes;
	char *older;

	audit_write_event(test, "start", NULL);
	older = audit_read_file(test->path, &size_bytes);
	audit_write_event(test, "login", NULL);
	audit_write_event(test, "login", NULL);
	audit_write_file(test->path, older, size_bytes);
	free(older);
	audit_write_event(test, "stop", NULL);
	assert_broken(test, ":3: missing: numbers 3 to 4");
}

/* A chain without a key: whoever may write the file can make it anew. */
static void a_chain_made_anew_is_found_by_who_noted_the_hash(void **state)
{
	struct audit_fixture *test = *state;
	char hash[SERVER_AUDIT_HASH_BYTES];
	struct server_audit_check check;

	audit_write_small(test);
	take_last_hash(test, hash);
	assert_int_equal(unlink(test->path), 0);
	audit_open_log(test, 0);
	audit_write_small(test);
	audit_write_event(test, "start", NULL);
	assert_good(test);
	assert_int_equal(check_all(&check, test, hash), -EBADMSG);
}

static void before_the_first_line_there_is_none(void **state)
{
	struct audit_fixture *test = *state;
	struct lines lines, first;
	char *previous;

	audit_write_small(test);
	take_lines(&lines, test->path);
	first = lines;
	first.n = 1;
	put_lines(&first, test->path);
	assert_good(test);
	previous = strstr(lines.bytes[0], "\"previous\":\"0");
	assert_non_null(previous);
	previous[strlen("\"previous\":\"")] = '1';
	put_lines(&first, test->path);
	assert_broken(test, ":1: changed: number 1 has no line before it");
	free_lines(&lines);
}

/* The daemon takes it for none, as it does not begin where a line does. */
static void a_line_behind_junk_is_none(void **state)
{
	struct audit_fixture *test = *state;
	char junk[2 * SERVER_AUDIT_LINE_MAX_BYTES];
	size_t size_bytes;
	char *bytes;

	audit_write_event(test, "start", NULL);
	bytes = audit_read_file(test->path, &size_bytes);
	size_bytes = (size_t)(strchr(bytes, '\n') - bytes) + 1;
	memset(junk, 'j', sizeof(junk));
	memcpy(junk + SERVER_AUDIT_LINE_MAX_BYTES, bytes, size_bytes);
	audit_write_file(test->path, junk,
			SERVER_AUDIT_LINE_MAX_BYTES + size_bytes);
	free(bytes);
	assert_broken(test, "audit.jsonl:1: changed: this is no line");
	audit_open_log(test, 0);
	audit_write_event(test, "start", NULL);
	assert_good(test);
}

static void what_is_no_log_at_all_is_no_good(void **state)
{
	struct audit_fixture *test = *state;
	char junk[5000];

	memset(junk, 'j', sizeof(junk));
	audit_write_file(test->path, junk, sizeof(junk));
	assert_broken(test, "audit.jsonl:1: cut: ");
	junk[sizeof(junk) - 1] = '\n';
	audit_write_file(test->path, junk, sizeof(junk));
	assert_broken(test, "audit.jsonl:1: changed: ");
	memset(junk, '\n', sizeof(junk));
	audit_write_file(test->path, junk, sizeof(junk));
	assert_broken(test, "audit.jsonl:1: changed: ");
	audit_write_file(test->path, "{}\n[1]\n{\"number\":1}\n", 20);
	assert_broken(test, "audit.jsonl:1: changed: ");
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, audit_set_up, audit_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(a_log_that_nobody_touched_is_good),
			TEST(restarts_and_full_files_break_nothing),
			TEST(a_power_cut_breaks_nothing),
			TEST(a_power_cut_after_a_power_cut_breaks_nothing),
			TEST(damage_in_a_file_that_is_full_breaks_nothing),
			TEST(events_that_were_lost_are_told_but_break_nothing),
			TEST(every_flipped_bit_is_found),
			TEST(a_changed_line_is_named),
			TEST(a_missing_line_is_named),
			TEST(a_missing_end_is_found_by_who_noted_the_hash),
			TEST(a_missing_beginning_is_told),
			TEST(a_line_that_stands_twice_is_named),
			TEST(two_lines_that_changed_places_are_found),
			TEST(a_log_that_ends_within_a_line_is_cut),
			TEST(what_replaces_named_damage_is_found),
			TEST(a_missing_file_between_others_is_found),
			TEST(a_file_that_was_taken_away_is_found),
			TEST(an_older_state_of_the_file_is_found),
			TEST(a_chain_made_anew_is_found_by_who_noted_the_hash),
			TEST(before_the_first_line_there_is_none),
			TEST(a_line_behind_junk_is_none),
			TEST(what_is_no_log_at_all_is_no_good),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
