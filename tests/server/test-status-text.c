/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/status-text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *status, const char *table)
{
	json_t *object = json_loads(status, 0, NULL);
	char *text;

	assert_non_null(object);
	text = server_status_format(object);
	assert_string_equal(text, table);
	free(text);
	json_decref(object);
}

static void prints_a_line_for_each_target(void **state)
{
	(void)state;
	expect("{\"version\":\"1\",\"targets\":["
	       "{\"name\":\"rack1\",\"served\":true,\"capture\":{\"state\":\"ok\","
	       "\"detail\":\"\",\"since_s\":12,\"width\":1920,\"height\":1080,"
	       "\"refresh_millihz\":59940,\"format\":\"YUYV\"},"
	       "\"usb\":{\"state\":\"ready\",\"leds\":[\"num\",\"caps\"]},"
	       "\"vnc\":{\"listen\":\"x\",\"viewers\":[{\"peer\":\"127.0.0.1:1\",\"user\":\"olga\",\"role\":\"operator\",\"encoding\":\"tight q6 (slow link: q2)\"},{}]},"
	       "\"operator\":\"127.0.0.1:1234\"},"
	       "{\"name\":\"a-longer-name\",\"served\":true,\"capture\":{"
	       "\"state\":\"no-cable\",\"detail\":\"pulled out\",\"since_s\":93784,"
	       "\"width\":0,\"height\":0,\"refresh_millihz\":0,\"format\":\"\"},"
	       "\"usb\":null,\"vnc\":{\"listen\":\"x\",\"viewers\":[]},"
	       "\"operator\":null},"
	       "{\"name\":\"gone\",\"served\":false}]}",
			"TARGET         SIGNAL      MODE             FORMAT  SINCE  USB    LEDS      VIEWERS  OPERATOR\n"
			"rack1          ok          1920x1080@59.94  YUYV    12s    ready  num+caps  2        127.0.0.1:1234\n"
			"a-longer-name  no-cable    -                -       1d02h  -      -         0        -\n"
			"gone           not-served  -                -       -      -      -         -        -\n"
			"rack1: viewer 127.0.0.1:1, olga, operator: tight q6 (slow link: q2)\n"
			"rack1: viewer -: -\n"
			"a-longer-name: pulled out\n");
}

static void shortens_durations(void **state)
{
	static const struct {
		int seconds;
		const char *text;
	} cases[] = {
			{0, "0s"},
			{59, "59s"},
			{60, "1m00s"},
			{185, "3m05s"},
			{3599, "59m59s"},
			{7200, "2h00m"},
			{86399, "23h59m"},
			{86400, "1d00h"},
			{34640000, "400d22h"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *status = json_pack("{s:[{s:{s:i}}]}", "targets",
				"capture", "since_s", cases[i].seconds);
		char *text = server_status_format(status);
		char wanted[16];

		snprintf(wanted, sizeof(wanted), " %s ", cases[i].text);
		if (!strstr(text, wanted))
			fail_msg("%s lacks \"%s\"", text, wanted);
		free(text);
		json_decref(status);
	}
}

/* Whatever the answer is made of, there is a table, and no escape in it. */
static void survives_strange_answers(void **state)
{
	static const char heading[] =
			"TARGET  SIGNAL  MODE  FORMAT  SINCE  USB  LEDS  VIEWERS  OPERATOR\n";
	char *text;
	json_t *status;

	(void)state;
	expect("[]", heading);
	expect("{}", heading);
	expect("{\"targets\":3}", heading);
	expect("{\"targets\":[3,{\"name\":4,\"usb\":{\"leds\":[1]},\"vnc\":[]}]}",
			"TARGET  SIGNAL  MODE  FORMAT  SINCE  USB  LEDS  VIEWERS  OPERATOR\n"
			"-       -       -     -       -      -    -     -        -\n"
			"-       -       -     -       -      -    -     0        -\n");
	status = json_pack("{s:[{s:s, s:{s:s, s:s%}}]}", "targets", "name",
			"a\x1b[31mb\xc3\xa4", "capture", "detail",
			"x\x1b[2J\ny", "format",
			"YYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYY"
			"YYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYY",
			(size_t)100);
	assert_non_null(status);
	text = server_status_format(status);
	assert_non_null(strstr(text, "\na?[31mb??  "));
	assert_non_null(strstr(text, ": x?[2J?y\n"));
	assert_null(strchr(text, '\x1b'));
	free(text);
	json_decref(status);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(prints_a_line_for_each_target),
			cmocka_unit_test(shortens_durations),
			cmocka_unit_test(survives_strange_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
