/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/stats-text.h"
#include "server/text.h"

/* Figures of a target, each another number; the caller's structs hold them. */
static struct server_stats make_stats(
		struct core_histogram timings[SERVER_TIMINGS],
		struct vnc_figures *figures)
{
	struct server_stats stats = {
			.name = "rack1",
			.since_s = 185,
			.viewers = 2,
			.frames = 5400,
			.dropped = 3,
			.copied = 4,
			.figures = figures,
	};

	*figures = (struct vnc_figures){
			.encodes = 11,
			.shared = 12,
			.updates = 13,
			.refinements = 14,
			.rectangles = 15,
			.copy_rects = 16,
			.forbidden = 17,
			.bytes = {1, 1234, 12345, 1234567, 123456789, 0},
	};
	memset(timings, 0, SERVER_TIMINGS * sizeof(*timings));
	for (uint64_t i = 0; i < SERVER_TIMINGS; i++) {
		stats.timings[i] = &timings[i];
		for (uint64_t j = 0; j < i; j++)
			core_histogram_add(&timings[i], i);
	}
	core_histogram_add(&timings[SERVER_TIMING_DAMAGE], 12345678);
	stats.timings[SERVER_TIMING_KEY_TO_HIDG] = NULL;
	return stats;
}

#define ZERO "{\"samples\":0,\"p50\":0,\"p90\":0,\"p99\":0,\"max\":0}"

static const char described[] =
		"{\"name\":\"rack1\",\"served\":true,\"since_s\":185,\"viewers\":2,"
		"\"timings\":{"
		"\"capture_age_us\":" ZERO ","
		"\"damage_us\":{\"samples\":2,\"p50\":1,\"p90\":12345678,\"p99\":12345678,\"max\":12345678},"
		"\"queue_wait_us\":{\"samples\":2,\"p50\":2,\"p90\":2,\"p99\":2,\"max\":2},"
		"\"encode_us\":{\"samples\":3,\"p50\":3,\"p90\":3,\"p99\":3,\"max\":3},"
		"\"frame_to_sent_us\":{\"samples\":4,\"p50\":4,\"p90\":4,\"p99\":4,\"max\":4},"
		"\"key_to_hidg_us\":null},"
		"\"counters\":{\"frames\":5400,\"dropped\":3,\"copied\":4,"
		"\"encodes\":11,\"encodes_shared\":12,\"updates\":13,"
		"\"refinements\":14,\"rectangles\":15,\"copy_rects\":16,\"forbidden\":17,"
		"\"bytes\":{\"lossless\":1,\"q50\":1234,\"q80\":12345,"
		"\"q92\":1234567,\"raw\":123456789,\"fallback\":0}}}";

static void programs_get_every_figure(void **state)
{
	struct core_histogram timings[SERVER_TIMINGS];
	struct vnc_figures figures;
	struct server_stats stats = make_stats(timings, &figures);
	json_t *object = server_stats_describe(&stats);
	char *text = json_dumps(object, JSON_COMPACT);

	(void)state;
	assert_string_equal(text, described);
	free(text);
	json_decref(object);
}

static void programs_get_the_loops_figures(void **state)
{
	struct server_loop loop = {.since_us = 0};
	json_t *object;

	(void)state;
	core_histogram_add(&loop.hold, 12);
	core_histogram_add(&loop.cpu, 11);
	object = server_stats_describe_loop(&loop);
	assert_int_equal(json_integer_value(json_object_get(
					 json_object_get(object, "hold_us"),
					 "max")),
			12);
	assert_int_equal(json_integer_value(json_object_get(
					 json_object_get(object, "cpu_us"),
					 "max")),
			11);
	json_decref(object);
}

static void expect(const char *stats, const char *expected)
{
	json_t *object = json_loads(stats, 0, NULL);
	char *text;

	assert_non_null(object);
	text = server_stats_format(object);
	assert_string_equal(text, expected);
	free(text);
	json_decref(object);
}

static void people_get_a_table(void **state)
{
	char all[2 * sizeof(described) + 512];

	(void)state;
	snprintf(all, sizeof(all),
			"{\"version\":\"1\",\"loop\":{\"since_s\":3,"
			"\"hold_us\":{\"samples\":9,\"p50\":3,\"p90\":4,\"p99\":5,\"max\":2345},"
			"\"cpu_us\":{\"samples\":9,\"p50\":2,\"p90\":3,\"p99\":4,\"max\":5}},"
			"\"targets\":[%s,"
			"{\"name\":\"gone\",\"served\":false,\"detail\":\"Address already in use\"}]}",
			described);
	expect(all,
			"rack1: 2 viewers, figures of 3m05s\n"
			"                         COUNT      P50      P90      P99      MAX\n"
			"capture age                  0        -        -        -        -\n"
			"damage                       2      1us    12.3s    12.3s    12.3s\n"
			"queue wait                   2      2us      2us      2us      2us\n"
			"encode                       3      3us      3us      3us      3us\n"
			"frame to last byte           4      4us      4us      4us      4us\n"
			"key to hidg                  -        -        -        -        -\n"
			"frames                    5400\n"
			"frames dropped               3\n"
			"frames copied                4\n"
			"encodes                     11\n"
			"encodes shared              12\n"
			"updates                     13\n"
			"of these, refined           14\n"
			"rectangles                  15\n"
			"rectangles copied           16\n"
			"messages forbidden          17\n"
			"bytes, lossless             1B\n"
			"bytes, class q50        1.23kB\n"
			"bytes, class q80        12.3kB\n"
			"bytes, class q92        1.23MB\n"
			"bytes, raw               123MB\n"
			"bytes, fallback             0B\n"
			"\n"
			"gone: not served: Address already in use\n"
			"\n"
			"rackhandd: figures of 3s\n"
			"                         COUNT      P50      P90      P99      MAX\n"
			"loop hold                    9      3us      4us      5us   2.35ms\n"
			"of it, computing             9      2us      3us      4us      5us\n");
}

/* Whatever the answer is made of, there is a text, and no escape in it. */
static void strange_answers_are_survived(void **state)
{
	json_t *stats;
	char *text;

	(void)state;
	expect("[]", "");
	expect("{}", "");
	expect("{\"targets\":3}", "");
	expect("{\"targets\":[{\"served\":false,\"name\":3}]}",
			"-: not served: -\n");
	stats = json_pack("{s:[i, {s:s, s:i, s:{s:s, s:i}, s:[]}]}", "targets",
			3, "name", "a\x1b[31mb", "viewers", 1, "timings",
			"damage_us", "x", "encode_us", 3, "counters");
	assert_non_null(stats);
	text = server_stats_format(stats);
	assert_non_null(strstr(text, "\na?[31mb: 1 viewer, figures of 0s\n"));
	assert_non_null(strstr(text, "\ndamage                       -    "));
	assert_non_null(strstr(text, "\nframes                       -\n"));
	assert_null(strchr(text, '\x1b'));
	free(text);
	json_decref(stats);
}

static void numbers_have_three_digits(void **state)
{
	static const struct {
		json_int_t value;
		const char *time;
		const char *bytes;
	} cases[] = {
			{0, "0us", "0B"},
			{7, "7us", "7B"},
			{999, "999us", "999B"},
			{1000, "1.00ms", "1.00kB"},
			{1234, "1.23ms", "1.23kB"},
			{9994, "9.99ms", "9.99kB"},
			{9996, "10.0ms", "10.0kB"},
			{99940, "99.9ms", "99.9kB"},
			{99960, "100ms", "100kB"},
			{999499, "999ms", "999kB"},
			{999500, "1.00s", "1.00MB"},
			{12345678, "12.3s", "12.3MB"},
			{123456789012, "123457s", "123GB"},
	};
	char cell[SERVER_CELL_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		server_text_format_us(cases[i].value, cell);
		assert_string_equal(cell, cases[i].time);
		server_text_format_bytes(cases[i].value, cell);
		assert_string_equal(cell, cases[i].bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(programs_get_every_figure),
			cmocka_unit_test(programs_get_the_loops_figures),
			cmocka_unit_test(people_get_a_table),
			cmocka_unit_test(strange_answers_are_survived),
			cmocka_unit_test(numbers_have_three_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
