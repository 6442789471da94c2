/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-audit.h"

#include <errno.h>
#include <fcntl.h>
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
#include "server/audit-text.h"
#include "server/programs.h"
#include "tests/server/audit-fixture.h"

static int run(struct audit_fixture *test,
		int (*verb)(const struct server_cli *cli), int option,
		const char *value, char **printed)
{
	const char *values[SERVER_OPTIONS_MAX] = {NULL};
	const struct server_cli cli = {
			.state_path = test->folder, .values = values};
	char path[128];
	size_t size_bytes;
	int code, saved, file;

	values[option] = value;
	snprintf(path, sizeof(path), "%s/printed", test->folder);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(dup2(file, STDOUT_FILENO) >= 0);
	close(file);
	code = verb(&cli);
	fflush(stdout);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	close(saved);
	*printed = audit_read_file(path, &size_bytes);
	assert_int_equal(unlink(path), 0);
	return code;
}

static void verify_prints_what_to_note(void **state)
{
	struct audit_fixture *test = *state;
	char hash[SERVER_AUDIT_HASH_BYTES];
	size_t size_bytes, last;
	char *bytes, *printed;

	audit_write_small(test);
	bytes = audit_read_file(test->path, &size_bytes);
	last = (size_t)((char *)memrchr(bytes, '\n', size_bytes - 1) - bytes) +
			1;
	server_audit_line_hash(bytes + last, size_bytes - last, hash);
	assert_int_equal(
			run(test, server_cli_audit_verify,
					SERVER_RACKHAND_EXPECT, hash, &printed),
			0);
	assert_non_null(strstr(printed, "7 lines, numbers 1 to 7, from 2"));
	assert_non_null(strstr(printed, hash));
	assert_non_null(strstr(printed, "unbroken"));
	free(printed);

	bytes[30] ^= 1;
	audit_write_file(test->path, bytes, size_bytes);
	free(bytes);
	assert_int_equal(
			run(test, server_cli_audit_verify,
					SERVER_RACKHAND_EXPECT, NULL, &printed),
			1);
	assert_null(strstr(printed, "unbroken"));
	free(printed);
	assert_int_equal(
			run(test, server_cli_audit_verify,
					SERVER_RACKHAND_EXPECT, "12", &printed),
			SERVER_EXIT_USAGE);
	free(printed);
	assert_int_equal(unlink(test->path), 0);
	assert_int_equal(
			run(test, server_cli_audit_verify,
					SERVER_RACKHAND_EXPECT, NULL, &printed),
			1);
	free(printed);
}

static void show_prints_lines_that_confuse_no_terminal(void **state)
{
	struct audit_fixture *test = *state;
	char *printed;

	audit_write_event(test, "login",
			json_pack("{s:s, s:s, s:s, s:i}", "user",
					"\x1b[2J\xc3\xa9", "peer",
					"192.0.2.1:40000", "role", "viewer",
					"session", 5));
	assert_int_equal(run(test, server_cli_audit_show, SERVER_RACKHAND_SINCE,
					 "1h", &printed),
			0);
	assert_non_null(strstr(printed,
			"login            -          ?[2J??       192.0.2.1:40000          session=5 role=viewer\n"));
	free(printed);
	assert_int_equal(run(test, server_cli_audit_show, SERVER_RACKHAND_JSON,
					 "", &printed),
			0);
	assert_non_null(strstr(printed, "\"user\":\"\\u001B[2J\\u00E9\""));
	free(printed);
	assert_int_equal(run(test, server_cli_audit_show, SERVER_RACKHAND_SINCE,
					 "2999-01-01", &printed),
			0);
	assert_null(strstr(printed, "login"));
	free(printed);
}

static void since_is_a_time_or_a_while_ago(void **state)
{
	static const char *const wrong[] = {"", "yesterday", "12", "h", "5x",
			"-5m", "1234567d", "2026-11", "2026-11-20x",
			"2026-11-20T25x", "2026/11/20",
			"2026-11-20T10:00:00.000ZZ"};
	char since[SERVER_AUDIT_SINCE_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(server_audit_text_parse_since(since, wrong[i]),
				-EINVAL);
	assert_int_equal(server_audit_text_parse_since(
					 since, "2026-11-20 10:00"),
			0);
	assert_string_equal(since, "2026-11-20T10:00");
	assert_int_equal(server_audit_text_parse_since(since, "999999d"), 0);
	assert_true(strcmp(since, "2000") < 0);
	assert_int_equal(server_audit_text_parse_since(since, "0s"), 0);
	assert_true(strcmp(since, "2026") > 0);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, audit_set_up, audit_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(verify_prints_what_to_note),
			TEST(show_prints_lines_that_confuse_no_terminal),
			TEST(since_is_a_time_or_a_while_ago),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
