/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/config/loading.h"

/*
 * Files that somebody broke in some way: none of them may crash the parser,
 * and each is either loaded or refused with one complaint that has a line.
 */
#define QUICK 500
#define FULL 100000
#define MUTATIONS_MAX 4
#define FILE_MAX_BYTES 4096

static const char whole[] =
		"# comment\nlog_level = \"info\"\n"
		"target \"rack1\" {\n"
		"\tcapture { source = \"v4l2\" device = \"/dev/video0\"\n"
		"\t\tformat = 'YUYV' edid = \"1080p60\" } // c\n"
		"\tusb { udc = \"dummy_udc.0\" }\n"
		"\tvnc { listen = \"127.0.0.1:5900\" security = \"none\" }\n"
		"}\n/* c\n */ target demo {\n"
		"\tcapture { source = demo }\n"
		"\tvnc { listen = \"0.0.0.0:5901\" security = vncauth\n"
		"\t\tpassword_file = \"/etc/${HOME}\\\\x\" viewers_max = 3 }\n"
		"}\n";

static const char *const pieces[] = {"{", "}", "\"", "'", "=", "#", "//", "/*",
		"*/", "\n", "\\", "$", "${", "target", "capture", "vnc",
		" source ", "device", "listen", "|", "\x01", "\xff", "\r",
		"include(\"x\")", "+=", "\\x00", "security = none"};

struct dice {
	uint64_t state;
};

/* Marsaglia's xorshift: the same numbers everywhere. */
static size_t roll(struct dice *dice, size_t sides)
{
	dice->state ^= dice->state << 13;
	dice->state ^= dice->state >> 7;
	dice->state ^= dice->state << 17;
	return (size_t)(dice->state % sides);
}

static size_t insert(struct dice *dice, char *data, size_t size,
		const char *piece, size_t length)
{
	size_t at = roll(dice, size + 1);

	if (size + length > FILE_MAX_BYTES)
		return size;
	memmove(data + at + length, data + at, size - at);
	memcpy(data + at, piece, length);
	return size + length;
}

static size_t remove_some(struct dice *dice, char *data, size_t size)
{
	size_t at = roll(dice, size);
	size_t length = 1 + roll(dice, 30);

	if (length > size - at)
		length = size - at;
	memmove(data + at, data + at + length, size - at - length);
	return size - length;
}

static size_t repeat_some(struct dice *dice, char *data, size_t size)
{
	char piece[200];
	size_t at = roll(dice, size);
	size_t length = 1 + roll(dice, sizeof(piece));

	if (length > size - at)
		length = size - at;
	memcpy(piece, data + at, length);
	return insert(dice, data, size, piece, length);
}

static size_t mutate(struct dice *dice, char *data, size_t size)
{
	const char *piece =
			pieces[roll(dice, sizeof(pieces) / sizeof(pieces[0]))];

	if (size == 0)
		return insert(dice, data, size, piece, strlen(piece));
	switch (roll(dice, 5)) {
	case 0:
		data[roll(dice, size)] = (char)roll(dice, 256);
		return size;
	case 1:
		return insert(dice, data, size, piece, strlen(piece));
	case 2:
		return remove_some(dice, data, size);
	case 3:
		return repeat_some(dice, data, size);
	default:
		return roll(dice, size); /* cut off */
	}
}

static void survives_mutations(void **state)
{
	struct dice dice = {UINT64_C(0x5eed5eed5eed5eed)};
	size_t rounds = getenv("RACKHAND_TEST_FULL") ? FULL : QUICK;
	size_t loaded = 0;

	(void)state;
	for (size_t i = 0; i < rounds; i++) {
		char data[FILE_MAX_BYTES];
		size_t size = sizeof(whole) - 1;
		size_t mutations = roll(&dice, MUTATIONS_MAX + 1);
		struct loading loading;

		memcpy(data, whole, size);
		for (size_t j = 0; j < mutations; j++)
			size = mutate(&dice, data, size);
		if (loading_from_bytes(&loading, data, size) == 0) {
			assert_int_equal(loading.complaints_n, 0);
			config_destroy(loading.config);
			loaded++;
			continue;
		}
		assert_null(loading.config);
		assert_int_equal(loading.complaints_n, 1);
		if (!loading.what || !strstr(loading.what, "; "))
			fail_msg("a complaint without line or cure: %s",
					loading.complaint);
	}
	/* Neither all broken nor all ignored. */
	assert_in_range(loaded, rounds / 10, rounds / 2);
}

/* Cut off at every byte: only a cut in the space behind "}" still loads. */
static void notices_every_cut(void **state)
{
	size_t size = sizeof(whole) - 1;
	const char *first_end = strstr(whole, "}\n/*") + 1;
	size_t loaded = 0;

	(void)state;
	for (size_t i = 0; i < size; i++) {
		struct loading loading;

		if (loading_from_bytes(&loading, whole, i) == 0) {
			char last = whole[i - 1];

			assert_true(whole + i >= first_end);
			assert_true(last == '}' || last == '\n' ||
					last == '/' || last == ' ');
			config_destroy(loading.config);
			loaded++;
		}
	}
	assert_in_range(loaded, 2, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(survives_mutations),
			cmocka_unit_test(notices_every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
