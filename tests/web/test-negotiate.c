/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/negotiate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void who_takes_gzip_says_so_or_nothing(void **state)
{
	static const char *const takes[] = {NULL, "gzip", "GZIP",
			"gzip, deflate, br", "br,gzip", "br, gzip ;q=0.5",
			"gzip;q=1.0", "gzip;q=0.001", "*", "br;q=0, *",
			"identity;q=0, *;q=0.1", " ,, gzip", "*;q=0, gzip"};
	static const char *const refuses[] = {"", " ", ",", "br", "identity",
			"gzip;q=0", "gzip;q=0.000", "gzip; q=0, *", "*;q=0",
			"xgzip", "gzipx", "x;gzip", "deflate;gzip=1"};

	(void)state;
	for (size_t i = 0; i < sizeof(takes) / sizeof(takes[0]); i++)
		if (!web_accepts_gzip(takes[i]))
			fail_msg("\"%s\" takes it", takes[i]);
	for (size_t i = 0; i < sizeof(refuses) / sizeof(refuses[0]); i++)
		if (web_accepts_gzip(refuses[i]))
			fail_msg("\"%s\" refuses it", refuses[i]);
}

static void who_has_it_names_its_tag(void **state)
{
	static const char *const has[] = {"\"abc\"", "W/\"abc\"", "*",
			"\"x\", \"abc\"", "\"x\",W/\"abc\" ", " \"abc\""};
	static const char *const lacks[] = {NULL, "", "abc", "\"ab\"",
			"\"abcd\"", "w/\"abc\"", "W/", "\"ABC\"", "\"abc\"x"};

	(void)state;
	for (size_t i = 0; i < sizeof(has) / sizeof(has[0]); i++)
		if (!web_has_etag(has[i], "\"abc\""))
			fail_msg("%s has it", has[i]);
	for (size_t i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++)
		if (web_has_etag(lacks[i], "\"abc\""))
			fail_msg("%s lacks it", lacks[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(who_takes_gzip_says_so_or_nothing),
			cmocka_unit_test(who_has_it_names_its_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
