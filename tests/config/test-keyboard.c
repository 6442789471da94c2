/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/config/loading.h"

#define REST                                                                   \
	"capture { source = demo }\n"                                          \
	"vnc { listen = \"127.0.0.1:5901\" security = none }\n"

static struct config *load(const char *text)
{
	struct loading loading;

	assert_int_equal(loading_from_text(&loading, text), 0);
	return loading.config;
}

static void a_target_has_a_layout(void **state)
{
	struct config *config = load(
			"target a {\n" REST "keyboard { layout = \"de\"\n"
			"variant = \"nodeadkeys\"\n"
			"delay = \"50ms\" }\n}\n");

	(void)state;
	assert_string_equal(config->targets[0].keyboard.layout, "de");
	assert_string_equal(config->targets[0].keyboard.variant, "nodeadkeys");
	assert_int_equal(config->targets[0].keyboard.delay_ms, 50);
	assert_int_equal(config->targets[0].keyboard.line, 4);
	config_destroy(config);
	config = load("target a {\n" REST "keyboard { delay = auto } }");
	assert_null(config->targets[0].keyboard.layout);
	assert_int_equal(config->targets[0].keyboard.delay_ms, 0);
	config_destroy(config);
}

static void macros_stand_in_a_target_or_outside(void **state)
{
	struct config *config = load(
			"macro all { keys = \"ctrl-alt-del\" }\n"
			"macro \"two\" { keys = \"f1, text 'a \\\"b\\\"', enter\" }\n"
			"target a {\n" REST "macro one { keys = win }\n"
			"macro all { keys = esc }\n}\n");
	const struct config_macros *macros = &config->macros;

	(void)state;
	assert_int_equal(macros->count, 2);
	assert_string_equal(macros->items[0].name, "all");
	assert_string_equal(macros->items[0].keys, "ctrl-alt-del");
	assert_string_equal(macros->items[1].keys, "f1, text 'a \"b\"', enter");
	macros = &config->targets[0].macros;
	assert_int_equal(macros->count, 2);
	assert_string_equal(macros->items[0].name, "one");
	assert_string_equal(macros->items[1].keys, "esc");
	assert_int_equal(macros->items[1].line, 7);
	config_destroy(config);
}

static void a_running_target_can_take_them_over(void **state)
{
	struct config *one = load("target a {\n" REST "}");
	struct config *other = load(
			"target a {\n" REST "keyboard { layout = de }\n"
			"macro m { keys = win } }");

	(void)state;
	assert_true(config_target_equal(&one->targets[0], &other->targets[0]));
	config_destroy(one);
	config_destroy(other);
}

static const struct {
	const char *text;
	const char *complaint;
} wrong[] = {
		{"target a { keyboard { layout = \"us,de\" } }",
				":1: layout = \"us,de\" is wrong; write a layout "},
		{"target a { keyboard { layout = \"../x\" } }",
				"is wrong; write a layout "},
		{"target a { keyboard { variant = \"x\" } }",
				":1: variant lacks its layout; add layout"},
		{"target a { keyboard { delay = \"0ms\" } }",
				"is wrong; write \"auto\""},
		{"target a { keyboard { delay = \"1001ms\" } }",
				"is wrong; write \"auto\""},
		{"target a { keyboard { delay = \"20\" } }",
				"is wrong; write \"auto\""},
		{"macro m { }", ":1: macro \"m\" does nothing; add keys"},
		{"macro m { keys = \"\" }", "an empty string; write something"},
		{"macro \"a b\" { keys = win }",
				"macro name \"a b\" is wrong; write 1 to 32 of"},
		{"macro { keys = win }", "missing title for section 'macro'; "},
		{"macro m { keys = win }\nmacro m { keys = esc }",
				"found duplicate title 'm'; give each one its own name"},
		{"macro m { keys = win\nkeys = esc }",
				"key \"keys\" stands twice, first in line 1"},
};

static void complaints_name_the_cure(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct loading loading;

		assert_int_equal(loading_from_text(&loading, wrong[i].text),
				-EINVAL);
		if (!strstr(loading.complaint, wrong[i].complaint))
			fail_msg("%s: %s", wrong[i].text, loading.complaint);
	}
}

static void there_is_a_most(void **state)
{
	static char text[8192];
	struct loading loading;
	size_t used = 0;

	(void)state;
	for (int i = 0; i <= CONFIG_MACROS_MAX; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
				"macro m%d { keys = win }\n", i);
	assert_int_equal(loading_from_text(&loading, text), -EINVAL);
	assert_non_null(strstr(loading.complaint, "65: too many macros"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_target_has_a_layout),
			cmocka_unit_test(macros_stand_in_a_target_or_outside),
			cmocka_unit_test(a_running_target_can_take_them_over),
			cmocka_unit_test(complaints_name_the_cure),
			cmocka_unit_test(there_is_a_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
