/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/config/loading.h"

#define TARGET                                                                 \
	"target a { capture { source = demo } vnc { listen = \"127.0.0.1:5900\" security = none } }\n"

static struct config *load(const char *text)
{
	struct loading loading;

	assert_int_equal(loading_from_text(&loading, text), 0);
	return loading.config;
}

static void is_off_without_the_section(void **state)
{
	struct config *config = load(TARGET);

	(void)state;
	assert_false(config->web.enabled);
	config_destroy(config);
}

static void takes_all_of_it_before_or_behind_targets(void **state)
{
	static const char *const texts[] = {
			"web { listen = \"[::]:443\" names = \"kvm1.example.org kvm1\" redirect = \"[::]:80\" }\n" TARGET,
			TARGET
			"web { listen = \"[::]:443\" names = \"kvm1.example.org kvm1\" redirect = \"[::]:80\" }\n",
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct config *config = load(texts[i]);
		char address[CORE_ADDRESS_TEXT_BYTES];

		assert_true(config->web.enabled);
		core_address_format(&config->web.listen, address);
		assert_string_equal(address, "[::]:443");
		core_address_format(&config->web.redirect, address);
		assert_string_equal(address, "[::]:80");
		assert_int_equal(config->web.names_n, 2);
		assert_string_equal(config->web.names[0], "kvm1.example.org");
		assert_string_equal(config->web.names[1], "kvm1");
		config_destroy(config);
	}
}

static void says_what_is_wrong(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *what;
	} cases[] = {
			{"\nweb {\n}\n" TARGET, 2,
					"section web lacks its address; add listen"},
			{"web { listen = \"unix:/run/web\" }\n" TARGET, 1,
					"listen = \"unix:/run/web\" is wrong; write an address and port"},
			{"web { listen = \"[::]:443\" names = \"a  b\" }\n" TARGET,
					1, "names = \"a  b\" is wrong"},
			{"web { listen = \"[::]:443\" names = \"a:443\" }\n" TARGET,
					1, "names = \"a:443\" is wrong"},
			{"web { listen = \"[::]:443\" names = \"[2001:db8::7]\" }\n" TARGET,
					1,
					"names = \"[2001:db8::7]\" is wrong"},
			{"web { listen = \"[::]:443\" names = \"2001:db8::7::\" }\n" TARGET,
					1,
					"names = \"2001:db8::7::\" is wrong"},
			{"web { listen = \"[::]:443\" names = \"a b c d e f g h i\" }\n" TARGET,
					1, "names = \"a b c"},
			{"web { listen = \"[::]:443\"\nredirect = \"0.0.0.0:443\" }\n" TARGET,
					2, "redirect and listen are the same"},
			{"web {\nlisten = \"127.0.0.1:5900\" }\n" TARGET, 2,
					"target \"a\" already listens there"},
			{TARGET "web { listen = \"[::]:443\"\nredirect = \"0.0.0.0:5900\" }\n",
					3,
					"target \"a\" already listens there"},
			{"web { listen = \"[::]:443\" }\n\nweb { listen = \"[::]:444\" }\n" TARGET,
					3,
					"section web stands twice in this file, first in line 1"},
			{"web { listen = \"[::]:443\" port = \"1\" }\n" TARGET,
					1,
					"unknown key \"port\" in section web; known here: listen, names, redirect"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct loading loading;

		assert_int_equal(loading_from_text(&loading, cases[i].text),
				-EINVAL);
		assert_int_equal(loading.line, cases[i].line);
		if (strncmp(loading.what, cases[i].what,
				    strlen(cases[i].what)) != 0)
			fail_msg("%s", loading.what);
	}
}

static void names_may_be_addresses(void **state)
{
	struct config *config = load(
			"web { listen = \"[::]:443\" names = \"203.0.113.7 2001:db8::7\" }\n" TARGET);

	(void)state;
	assert_int_equal(config->web.names_n, 2);
	assert_string_equal(config->web.names[0], "203.0.113.7");
	assert_string_equal(config->web.names[1], "2001:db8::7");
	config_destroy(config);
}

static void sees_every_difference(void **state)
{
	static const char *const others[] = {
			TARGET,
			"web { listen = \"[::]:444\" names = \"a b\" redirect = \"[::]:80\" }\n" TARGET,
			"web { listen = \"[::]:443\" names = \"a c\" redirect = \"[::]:80\" }\n" TARGET,
			"web { listen = \"[::]:443\" names = \"a\" redirect = \"[::]:80\" }\n" TARGET,
			"web { listen = \"[::]:443\" names = \"a b\" redirect = \"[::]:81\" }\n" TARGET,
			"web { listen = \"[::]:443\" names = \"a b\" }\n" TARGET,
	};
	static const char same[] =
			"web { redirect = \"[::]:80\" listen = \"[::]:443\" names = \"a b\" }\n" TARGET;
	struct config *a = load(same);
	struct config *b = load(same);

	(void)state;
	assert_true(config_web_equal(&a->web, &b->web));
	config_destroy(b);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		b = load(others[i]);
		assert_false(config_web_equal(&a->web, &b->web));
		config_destroy(b);
	}
	config_destroy(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(is_off_without_the_section),
			cmocka_unit_test(
					takes_all_of_it_before_or_behind_targets),
			cmocka_unit_test(says_what_is_wrong),
			cmocka_unit_test(names_may_be_addresses),
			cmocka_unit_test(sees_every_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
