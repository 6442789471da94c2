/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/metrics.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINE_MAX_BYTES 512

/* Two targets: one that is busy, one that is not served. */
struct test {
	struct server_metrics metrics;
	struct core_histogram hold;
	struct core_histogram encode;
	char *text;
};

static void format(struct test *test)
{
	struct core_bytes *bytes;

	free(test->text);
	assert_int_equal(server_metrics_format(&bytes, &test->metrics), 0);
	test->text = strndup((const char *)bytes->data, bytes->size);
	assert_non_null(test->text);
	core_bytes_unref(bytes);
}

static int set_up(void **state)
{
	struct test *test = calloc(1, sizeof(*test));
	struct server_metrics *metrics;

	assert_non_null(test);
	metrics = &test->metrics;
	metrics->up_s = 77;
	metrics->sessions = 3;
	metrics->logins = 12;
	metrics->logins_failed = 5;
	metrics->hold = &test->hold;
	metrics->cpu = &test->hold;
	metrics->targets_n = 2;
	metrics->targets[0].name = "rack1";
	metrics->targets[1].name = "rack-2";
	for (size_t i = 0; i < SERVER_METRICS; i++)
		metrics->targets[0].values[i] = 1000 + i;
	metrics->targets[0].sent_bytes[VNC_KINDS - 1] = UINT64_C(1) << 63;
	metrics->targets[0].timings[SERVER_TIMING_ENCODE] = &test->encode;
	format(test);
	*state = test;
	return 0;
}

static int tear_down(void **state)
{
	struct test *test = *state;

	free(test->text);
	free(test);
	return 0;
}

/* As a line of its own. */
static bool has_line(const struct test *test, const char *line)
{
	const char *at = test->text;
	size_t length = strlen(line);

	while ((at = strstr(at, line))) {
		if ((at == test->text || at[-1] == '\n') && at[length] == '\n')
			return true;
		at += length;
	}
	return false;
}

#define assert_line(test, line)                                                \
	do {                                                                   \
		if (!has_line(test, line))                                     \
			fail_msg("no line: %s", line);                         \
	} while (0)

static void says_the_figures_of_the_daemon(void **state)
{
	struct test *test = *state;

	assert_line(test,
			"rackhand_build_info{version=\"" RACKHAND_VERSION
			"\"} 1");
	assert_line(test, "rackhand_uptime_seconds 77");
	assert_line(test, "rackhand_sessions 3");
	assert_line(test, "rackhand_logins_total{result=\"ok\"} 12");
	assert_line(test, "rackhand_logins_total{result=\"failed\"} 5");
	assert_line(test, "rackhand_loop_hold_seconds_count 0");
}

static void says_the_figures_of_each_target(void **state)
{
	static const struct {
		enum server_metric metric;
		const char *name;
	} some[] = {
			{SERVER_METRIC_SERVED, "rackhand_target_served"},
			{SERVER_METRIC_SIGNAL, "rackhand_signal_ok"},
			{SERVER_METRIC_VIEWERS, "rackhand_viewers"},
			{SERVER_METRIC_FRAMES, "rackhand_frames_total"},
			{SERVER_METRIC_FRAMES_DROPPED,
					"rackhand_frames_dropped_total"},
			{SERVER_METRIC_HID_RETRIES,
					"rackhand_hid_retries_total"},
	};
	struct test *test = *state;
	char line[LINE_MAX_BYTES];

	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		snprintf(line, sizeof(line), "%s{target=\"rack1\"} %d",
				some[i].name, 1000 + (int)some[i].metric);
		assert_line(test, line);
		snprintf(line, sizeof(line), "%s{target=\"rack-2\"} 0",
				some[i].name);
		assert_line(test, line);
	}
	assert_line(test,
			"rackhand_sent_bytes_total{target=\"rack1\",class=\"fallback\"} 9223372036854775808");
}

static void histograms_are_cumulative(void **state)
{
	struct test *test = *state;

	core_histogram_add(&test->encode, 10);
	core_histogram_add(&test->encode, 63);
	core_histogram_add(&test->encode, 64);
	core_histogram_add(&test->encode, 900);
	core_histogram_add(&test->encode, 2500000);
	core_histogram_add(&test->encode, 70000000);
	format(test);
#define BUCKET "rackhand_encode_seconds_bucket{target=\"rack1\",le="
	assert_line(test, BUCKET "\"0.000064\"} 2");
	assert_line(test, BUCKET "\"0.000256\"} 3");
	assert_line(test, BUCKET "\"0.001024\"} 4");
	assert_line(test, BUCKET "\"1.048576\"} 4");
	assert_line(test, BUCKET "\"4.194304\"} 5");
	assert_line(test, BUCKET "\"+Inf\"} 6");
#undef BUCKET
	assert_line(test,
			"rackhand_encode_seconds_sum{target=\"rack1\"} 72.501037");
	assert_line(test, "rackhand_encode_seconds_count{target=\"rack1\"} 6");
}

static void what_is_not_timed_is_not_there(void **state)
{
	struct test *test = *state;

	assert_null(strstr(test->text, "rackhand_key_to_hid_seconds_bucket"));
	assert_null(strstr(
			test->text, "encode_seconds_count{target=\"rack-2\"}"));
}

static void without_targets_there_are_none_of_theirs(void **state)
{
	struct test *test = *state;

	test->metrics.targets_n = 0;
	format(test);
	assert_null(strstr(test->text, "target"));
	assert_line(test, "rackhand_sessions 3");
}

/* ---- what Prometheus expects of any text ----------------------------------
 */

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text);

	return length >= strlen(end) &&
			strcmp(text + length - strlen(end), end) == 0;
}

/* The family that a sample of this name belongs to. */
static void cut_suffix(char *name, const char *type)
{
	static const char *const suffixes[] = {"_bucket", "_sum", "_count"};

	for (size_t i = 0; strcmp(type, "histogram") == 0 && i < 3; i++)
		if (ends_with(name, suffixes[i])) {
			name[strlen(name) - strlen(suffixes[i])] = '\0';
			return;
		}
}

static void assert_sample(const char *line, const char *name, const char *type)
{
	char sample[LINE_MAX_BYTES];
	const char *value = strrchr(line, ' ');
	char *end;

	assert_non_null(value);
	snprintf(sample, sizeof(sample), "%.*s", (int)strcspn(line, "{ "),
			line);
	cut_suffix(sample, type);
	assert_string_equal(sample, name);
	assert_int_equal(strchr(line, '{') != NULL, strchr(line, '}') != NULL);
	assert_true(isdigit((unsigned char)value[1]));
	strtod(value + 1, &end);
	assert_string_equal(end, "");
}

static void assert_name(const char *name, const char *type)
{
	assert_memory_equal(name, "rackhand_", 9);
	assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"),
			strlen(name));
	assert_int_equal(ends_with(name, "_total"),
			strcmp(type, "counter") == 0);
	if (strcmp(type, "histogram") == 0)
		assert_true(ends_with(name, "_seconds"));
}

/* Each once, with help and type ahead of its samples, which stand together. */
static void families_are_whole(void **state)
{
	struct test *test = *state;
	char *text = strdup(test->text);
	char *rest = text;
	char name[LINE_MAX_BYTES] = "";
	char type[LINE_MAX_BYTES] = "";
	char *line;

	assert_true(ends_with(text, "\n"));
	while ((line = strsep(&rest, "\n")) && *line) {
		char again[LINE_MAX_BYTES + 16];

		if (sscanf(line, "# HELP %511s", name) == 1) {
			snprintf(again, sizeof(again), "\n# TYPE %s ", name);
			assert_non_null(strstr(test->text, again));
			assert_null(strstr(
					strstr(test->text, again) + 1, again));
		} else if (strncmp(line, "# TYPE ", 7) == 0) {
			char typed[LINE_MAX_BYTES];

			assert_int_equal(sscanf(line, "# TYPE %511s %511s",
							 typed, type),
					2);
			assert_string_equal(typed, name);
			assert_name(name, type);
		} else {
			assert_sample(line, name, type);
		}
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
			TEST(says_the_figures_of_the_daemon),
			TEST(says_the_figures_of_each_target),
			TEST(histograms_are_cumulative),
			TEST(what_is_not_timed_is_not_there),
			TEST(without_targets_there_are_none_of_theirs),
			TEST(families_are_whole),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
