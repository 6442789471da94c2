/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/address.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Every text that parses is written back as it was read. */
static void parses_and_formats(void **state)
{
	static const struct {
		const char *text;
		bool local;
	} cases[] = {
			{"127.0.0.1:5900", true},
			{"127.9.9.9:1", true},
			{"0.0.0.0:5900", false},
			{"192.168.1.2:65535", false},
			{"[::1]:5901", true},
			{"[::]:5901", false},
			{"[fe80::1]:5901", false},
			{"unix:/run/rackhand/rack1.sock", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct core_address address;
		char text[CORE_ADDRESS_TEXT_BYTES];

		assert_int_equal(
				core_address_parse(&address, cases[i].text), 0);
		core_address_format(&address, text);
		assert_string_equal(text, cases[i].text);
		assert_int_equal(core_address_is_local(&address),
				cases[i].local);
	}
}

static void refuses_what_is_no_address(void **state)
{
	static const char *const cases[] = {
			"",
			":",
			":5900",
			"5900",
			"127.0.0.1",
			"127.0.0.1:",
			"127.0.0.1:0",
			"127.0.0.1:65536",
			"127.0.0.1:+1",
			"127.0.0.1: 1",
			"127.0.0.1:1x",
			"localhost:5900",
			"::1:5900",
			"[::1]",
			"[::1:5900",
			"[]:5900",
			"[127.0.0.1]:5900",
			"unix:",
			"unix:relative",
			"1.2.3.4.5:1",
			"[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]:1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct core_address address;

		assert_int_equal(core_address_parse(&address, cases[i]),
				-EINVAL);
	}
}

static void bounds_a_unix_path(void **state)
{
	struct core_address address;
	char text[5 + 108 + 1] = "unix:/";

	(void)state;
	memset(text + 6, 'a', 106);
	assert_int_equal(core_address_parse(&address, text), 0);
	memset(text + 6, 'a', 107);
	assert_int_equal(core_address_parse(&address, text), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(parses_and_formats),
			cmocka_unit_test(refuses_what_is_no_address),
			cmocka_unit_test(bounds_a_unix_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
