/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Whether rackhand uses the files of the state directory, or asks the daemon.
 */

#include "server/cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/programs.h"

#define NOBODY 65534

static bool is_asked(const char *directory, const char *url, const char *socket,
		const char *state)
{
	const char *values[SERVER_OPTIONS_MAX] = {
			[SERVER_RACKHAND_URL] = url,
			[SERVER_RACKHAND_SOCKET] = socket,
			[SERVER_RACKHAND_STATE] = state,
	};
	const struct server_cli cli = {
			.state_path = directory, .values = values};

	return server_cli_is_asked(&cli);
}

static void as_the_command_line_says(void **state)
{
	(void)state;
	assert_false(is_asked("/nonexistent", NULL, NULL, NULL));
	assert_true(is_asked("/nonexistent", "https://a", NULL, NULL));
	assert_true(is_asked(
			"/nonexistent", "https://a", NULL, "/nonexistent"));
	assert_true(is_asked("/nonexistent", NULL, "/run/x", NULL));
	assert_false(is_asked("/nonexistent", NULL, "/run/x", "/nonexistent"));
}

/* A member of the group is let in by the socket, and by it alone. */
static void where_the_directory_is_closed(void **state)
{
	char folder[] = "/tmp/rackhand-test-XXXXXX";
	bool root = geteuid() == 0;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_false(is_asked(folder, NULL, NULL, NULL));
	if (root)
		assert_int_equal(seteuid(NOBODY), 0);
	else
		assert_int_equal(chmod(folder, 0), 0);
	assert_true(is_asked(folder, NULL, NULL, NULL));
	assert_false(is_asked(folder, NULL, NULL, folder));
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(as_the_command_line_says),
			cmocka_unit_test(where_the_directory_is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
