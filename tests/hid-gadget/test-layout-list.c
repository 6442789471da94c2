/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/layout-list.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct hid_layout_item *find(const struct hid_layout_list *list,
		const char *layout, const char *variant)
{
	const struct hid_layout_item *item;

	for (size_t i = 0; (item = hid_layout_list_get(list, i)); i++)
		if (strcmp(item->layout, layout) == 0 &&
				strcmp(item->variant, variant) == 0)
			return item;
	return NULL;
}

static void the_list_of_this_machine(void **state)
{
	const struct hid_layout_item *item;
	struct hid_layout_list *list;
	unsigned own = 0;

	(void)state;
	assert_int_equal(
			hid_layout_list_create(&list, &hid_layout_paths_system),
			0);
	assert_string_equal(find(list, "de", "")->name, "German");
	assert_string_equal(find(list, "de", "nodeadkeys")->name,
			"German (no dead keys)");
	assert_null(find(list, "custom", ""));
	for (size_t i = 0; (item = hid_layout_list_get(list, i)); i++)
		own += item->variant[0] == '\0';
	assert_true(own > 90);
	hid_layout_list_destroy(list);
}

/* Of each layout one variant is as good as all, and all take a minute. */
static void what_is_listed_can_be_had(void **state)
{
	const char *full = getenv("RACKHAND_TEST_FULL");
	const struct hid_layout_item *item;
	struct hid_layout_list *list;

	(void)state;
	assert_int_equal(
			hid_layout_list_create(&list, &hid_layout_paths_system),
			0);
	for (size_t i = 0; (item = hid_layout_list_get(list, i));
			i += full ? 1 : 23) {
		char why[HID_LAYOUT_WHY_BYTES];
		struct hid_layout *layout;

		if (hid_layout_create(&layout, item->layout, item->variant,
				    &hid_layout_paths_system, why) < 0)
			fail_msg("%s(%s): %s", item->layout, item->variant,
					why);
		hid_layout_destroy(layout);
	}
	hid_layout_list_destroy(list);
}

static void without_a_list_there_is_us(void **state)
{
	static const struct hid_layout_paths none = {
			"/nonexistent", "/nonexistent/Compose"};
	struct hid_layout_list *list;

	(void)state;
	assert_int_equal(hid_layout_list_create(&list, &none), 0);
	assert_string_equal(find(list, "us", "")->name, "English (US)");
	assert_null(hid_layout_list_get(list, 1));
	hid_layout_list_destroy(list);
}

static void odd_lines_are_passed_over(void **state)
{
	static const char text[] =
			"  xx Before any\n"
			"! model\n  pc Model\n"
			"! layout\n\n  a,b Two\n  fi  Finnish\n  custom Mine\n"
			"! variant\n  nocolon fi Finnish\n  ../x fi: Up\n"
			"  mac fi: Finnish (Mac)\n   : \n"
			"! option\n  grp:x fi: An option";
	struct hid_layout_list *list;

	(void)state;
	assert_int_equal(hid_layout_list_parse(&list, text, sizeof(text) - 1),
			0);
	assert_string_equal(hid_layout_list_get(list, 0)->name, "Finnish");
	assert_string_equal(hid_layout_list_get(list, 1)->variant, "mac");
	assert_string_equal(
			hid_layout_list_get(list, 1)->name, "Finnish (Mac)");
	assert_null(hid_layout_list_get(list, 2));
	hid_layout_list_destroy(list);
}

static void what_is_no_text_is_refused(void **state)
{
	struct hid_layout_list *list;

	(void)state;
	assert_int_equal(
			hid_layout_list_parse(&list, "! lay\0out", 9), -EINVAL);
	assert_null(list);
	assert_int_equal(hid_layout_list_parse(&list, "",
					 HID_LAYOUT_LIST_BYTES_MAX + 1),
			-EINVAL);
	assert_int_equal(hid_layout_list_parse(&list, "", 0), 0);
	assert_null(hid_layout_list_get(list, 0));
	hid_layout_list_destroy(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(the_list_of_this_machine),
			cmocka_unit_test(what_is_listed_can_be_had),
			cmocka_unit_test(without_a_list_there_is_us),
			cmocka_unit_test(odd_lines_are_passed_over),
			cmocka_unit_test(what_is_no_text_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
