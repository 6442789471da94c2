/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/layouts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

#include <cmocka.h>

#define HANG_US UINT64_C(20000000)

struct rig {
	sd_event *event;
	struct core_workers *workers;
	struct server_layouts *layouts;
};

struct answer {
	struct server_layout_ask ask;
	unsigned n;
	const struct hid_layout *layout;
	char why[HID_LAYOUT_WHY_BYTES];
};

static int set_up(void **state)
{
	static struct rig rig;

	assert_true(sd_event_new(&rig.event) >= 0);
	assert_int_equal(core_workers_create(&rig.workers, rig.event, 1), 0);
	assert_int_equal(server_layouts_create(&rig.layouts, rig.workers,
					 &hid_layout_paths_system),
			0);
	*state = &rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	server_layouts_stop(rig->layouts);
	core_workers_destroy(rig->workers);
	server_layouts_destroy(rig->layouts);
	sd_event_unref(rig->event);
	return 0;
}

static void on_done(struct server_layout_ask *ask,
		const struct hid_layout *layout, const char *why)
{
	struct answer *answer = (struct answer *)ask;

	answer->n++;
	answer->layout = layout;
	snprintf(answer->why, sizeof(answer->why), "%s", why ? why : "");
}

static void ask(struct rig *rig, struct answer *answer, const char *layout,
		const char *variant)
{
	*answer = (struct answer){.ask = {.done = on_done}};
	server_layouts_ask(rig->layouts, layout, variant, &answer->ask);
}

static void await(struct rig *rig, const struct answer *answer)
{
	while (answer->n == 0)
		assert_true(sd_event_run(rig->event, HANG_US) > 0);
	assert_int_equal(answer->n, 1);
}

static void one_is_built_for_all_who_ask(void **state)
{
	struct rig *rig = *state;
	struct answer first, second, third;

	ask(rig, &first, "de", "nodeadkeys");
	ask(rig, &second, "de", "nodeadkeys");
	assert_int_equal(first.n + second.n, 0);
	await(rig, &first);
	await(rig, &second);
	assert_non_null(first.layout);
	assert_ptr_equal(first.layout, second.layout);
	assert_string_equal(hid_layout_get_variant(first.layout), "nodeadkeys");
	ask(rig, &third, "de", "nodeadkeys"); /* at once, by now */
	assert_int_equal(third.n, 1);
	assert_ptr_equal(third.layout, first.layout);
}

static void what_is_not_there_is_said(void **state)
{
	struct rig *rig = *state;
	struct answer unknown, wrong;

	ask(rig, &unknown, "xx", "");
	await(rig, &unknown);
	assert_null(unknown.layout);
	assert_non_null(strstr(unknown.why, "\"xx\""));
	ask(rig, &wrong, "../../etc/passwd", "");
	assert_int_equal(wrong.n, 1);
	assert_null(wrong.layout);
}

static void who_does_not_want_it_any_more_is_not_called(void **state)
{
	struct rig *rig = *state;
	struct answer first, second, third;

	ask(rig, &first, "fr", "");
	ask(rig, &second, "fr", "");
	ask(rig, &third, "fr", "");
	server_layouts_forget(&second.ask);
	server_layouts_forget(&second.ask);
	await(rig, &first);
	await(rig, &third);
	assert_int_equal(second.n, 0);
}

static void what_is_kept_stays(void **state)
{
	struct rig *rig = *state;
	struct answer kept, other;

	ask(rig, &kept, "us", "");
	await(rig, &kept);
	server_layouts_keep(rig->layouts, kept.layout);
	/* as many others as there is room for, and more */
	for (size_t i = 0; i < SERVER_LAYOUTS_MAX + 2; i++) {
		static const char *const names[] = {"af", "al", "am", "at",
				"au", "az", "ba", "bd", "be", "bg", "br", "bt",
				"bw", "by", "ca", "cd", "ch", "cm", "cn", "cz",
				"de", "dk", "dz", "ee", "es", "et", "fi", "fo",
				"fr", "gb", "ge", "gh", "gn", "gr"};

		ask(rig, &other, names[i], "");
		await(rig, &other);
		assert_non_null(other.layout);
	}
	ask(rig, &other, "af", ""); /* made room */
	assert_int_equal(other.n, 0);
	await(rig, &other);
	ask(rig, &other, "us", "");
	assert_ptr_equal(other.layout, kept.layout);
	assert_string_equal(hid_layout_get_name(kept.layout), "us");
	server_layouts_let_go(rig->layouts, kept.layout);
}

static void nobody_waits_behind_the_end(void **state)
{
	struct rig *rig = *state;
	struct answer waits, late;

	ask(rig, &waits, "it", "");
	server_layouts_stop(rig->layouts);
	assert_int_equal(waits.n, 1);
	assert_null(waits.layout);
	ask(rig, &late, "us", "");
	assert_int_equal(late.n, 1);
	assert_null(late.layout);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(one_is_built_for_all_who_ask),
			TEST(what_is_not_there_is_said),
			TEST(who_does_not_want_it_any_more_is_not_called),
			TEST(what_is_kept_stays),
			TEST(nobody_waits_behind_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
