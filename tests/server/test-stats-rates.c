/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/stats-rates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What one target was at a time, and half a second later. */
static char *print(const char *before, const char *after)
{
	json_t *was = json_loads(before, 0, NULL);
	json_t *is = json_loads(after, 0, NULL);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	server_stats_rates_print_heading(out);
	server_stats_rates_print(out, was, is, 500000);
	assert_int_equal(fclose(out), 0);
	json_decref(was);
	json_decref(is);
	return text;
}

static void divides_by_the_time(void **state)
{
	char *text = print(
			"{\"targets\":[{\"name\":\"rack1\",\"served\":true,"
			"\"since_s\":3,\"viewers\":1,\"counters\":{\"frames\":10,"
			"\"dropped\":1,\"updates\":20,\"encodes\":7,"
			"\"copy_rects\":0,\"bytes\":{\"lossless\":1000,"
			"\"q80\":500}}}]}",
			"{\"targets\":[{\"name\":\"rack1\",\"served\":true,"
			"\"since_s\":4,\"viewers\":2,\"counters\":{\"frames\":40,"
			"\"dropped\":1,\"updates\":50,\"encodes\":8,"
			"\"copy_rects\":1,\"bytes\":{\"lossless\":2000,"
			"\"q80\":1500}}}]}");

	(void)state;
	assert_string_equal(text,
			"TARGET             VIEWERS  FRAMES/S DROPPED/S UPDATES/S ENCODES/S  COPIES/S   BYTES/S\n"
			"rack1                    2      60.0       0.0      60.0       2.0       2.0    4.00kB\n");
	free(text);
}

static void says_nothing_of_what_began_anew(void **state)
{
	static const char *const befores[] = {
			"{\"targets\":[]}",
			"{\"targets\":[{\"name\":\"a\",\"served\":false}]}",
			"{\"targets\":[{\"name\":\"a\",\"served\":true,"
			"\"since_s\":9,\"counters\":{\"frames\":9}}]}",
			"{\"targets\":[{\"name\":\"b\",\"served\":true,"
			"\"since_s\":1,\"counters\":{\"frames\":9}}]}",
			"[]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(befores) / sizeof(befores[0]); i++) {
		char *text = print(befores[i],
				"{\"targets\":[{\"name\":\"a\",\"served\":true,"
				"\"since_s\":2,\"viewers\":1,\"counters\":{}}]}");

		assert_non_null(strstr(text,
				"\na                        1         -         -"));
		free(text);
	}
}

static void prints_only_what_a_terminal_bears(void **state)
{
	char *text = print("{}", "{\"targets\":[{\"name\":\"a\\u001b[2J\"}]}");

	(void)state;
	assert_null(strchr(text, '\033'));
	assert_non_null(strstr(text, "\na?[2J"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(divides_by_the_time),
			cmocka_unit_test(says_nothing_of_what_began_anew),
			cmocka_unit_test(prints_only_what_a_terminal_bears),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
