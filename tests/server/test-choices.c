/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/choices.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"
#include "server/state.h"

#define PATIENCE_US (20 * CLOCK_US_PER_S)

struct rig {
	sd_event *event;
	struct core_workers *files;
	struct server_choices *choices;
	char folder[64];
	unsigned saved;
	int rc;
};

static const struct server_choice_layout us = {"us", ""};
static const struct server_choice_layout de = {"de", "nodeadkeys"};

static void restart(struct rig *rig)
{
	server_choices_destroy(rig->choices);
	assert_int_equal(server_choices_create(&rig->choices, rig->folder,
					 rig->files),
			0);
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	log_set_level(LOG_LEVEL_ERROR);
	strcpy(rig->folder, "/tmp/rackhand-test-XXXXXX");
	assert_non_null(mkdtemp(rig->folder));
	assert_true(sd_event_new(&rig->event) >= 0);
	assert_int_equal(core_workers_create(&rig->files, rig->event, 1), 0);
	restart(rig);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;
	char path[128];

	core_workers_destroy(rig->files);
	server_choices_destroy(rig->choices);
	server_choices_destroy(NULL);
	sd_event_unref(rig->event);
	snprintf(path, sizeof(path), "%s/" SERVER_CHOICES_FILE, rig->folder);
	unlink(path);
	assert_int_equal(rmdir(rig->folder), 0);
	free(rig);
	return 0;
}

static void on_saved(void *context, int rc)
{
	struct rig *rig = context;

	rig->saved++;
	rig->rc = rc;
}

static void run_until(struct rig *rig, unsigned saved)
{
	uint64_t end_us = clock_now_us() + PATIENCE_US;

	while (rig->saved < saved) {
		assert_true(clock_now_us() < end_us);
		sd_event_run(rig->event, CLOCK_US_PER_S);
	}
	assert_int_equal(rig->rc, 0);
}

static void choose(struct rig *rig, const char *target,
		const struct server_choice_layout *configured,
		const struct server_choice_layout *chosen)
{
	assert_int_equal(server_choices_put_layout(rig->choices, target,
					 configured, chosen, on_saved, rig),
			0);
	run_until(rig, rig->saved + 1);
}

/* "" for none. */
static void expect(struct rig *rig, const char *target,
		const struct server_choice_layout *configured,
		const char *layout)
{
	struct server_choice_layout chosen;
	bool found = server_choices_find_layout(
			rig->choices, target, configured, &chosen);

	assert_int_equal(found, layout[0] != '\0');
	if (!found)
		return;
	assert_string_equal(chosen.layout, layout);
	assert_string_equal(chosen.variant, de.variant);
}

static void expect_edid(struct rig *rig, const char *configured,
		const struct capture_edid *edid)
{
	struct capture_edid chosen;
	bool found = server_choices_find_edid(
			rig->choices, "rack1", configured, &chosen);

	assert_int_equal(found, edid != NULL);
	if (!found)
		return;
	assert_int_equal(chosen.size, edid->size);
	assert_memory_equal(chosen.data, edid->data, edid->size);
}

static void a_layout_lasts(void **state)
{
	struct rig *rig = *state;

	expect(rig, "rack1", &us, "");
	choose(rig, "rack1", &us, &de);
	expect(rig, "rack1", &us, "de");
	expect(rig, "rack2", &us, "");
	restart(rig);
	expect(rig, "rack1", &us, "de");
	expect(rig, "rack2", &us, "");
}

static void what_is_configured_is_no_choice(void **state)
{
	struct rig *rig = *state;

	choose(rig, "rack1", &us, &de);
	choose(rig, "rack1", &us, &us);
	expect(rig, "rack1", &us, "");
	restart(rig);
	expect(rig, "rack1", &us, "");
}

/* Who edits the configuration does so later, and wants it to count. */
static void a_new_configuration_counts(void **state)
{
	static const struct server_choice_layout fr = {"fr", ""};
	struct rig *rig = *state;
	char *text;
	size_t size;

	choose(rig, "rack1", &us, &de);
	restart(rig);
	expect(rig, "rack1", &fr, "");
	expect(rig, "rack1", &us, ""); /* forgotten, not hidden */
	do
		sd_event_run(rig->event, CLOCK_US_PER_S);
	while (server_state_read(rig->folder, SERVER_CHOICES_FILE,
			       SERVER_CHOICES_BYTES_MAX, &text, &size) == 0 &&
			size > 2 && (free(text), true));
	free(text);
	restart(rig);
	expect(rig, "rack1", &us, "");
}

static void an_edid_lasts(void **state)
{
	struct rig *rig = *state;
	struct capture_edid edid, configured;
	const char *why;

	assert_int_equal(capture_edid_load(&edid, "1280x1024", &why), 0);
	assert_int_equal(capture_edid_load(&configured, "1080p60", &why), 0);
	expect_edid(rig, NULL, NULL);
	assert_int_equal(server_choices_put_edid(rig->choices, "rack1",
					 "1080p60", &edid, on_saved, rig),
			0);
	run_until(rig, 1);
	choose(rig, "rack1", &us, &de); /* neither touches the other */
	restart(rig);
	expect_edid(rig, "1080p60", &edid);
	expect(rig, "rack1", &us, "de");
	assert_int_equal(server_choices_put_edid(rig->choices, "rack1",
					 "1080p60", &configured, on_saved, rig),
			0);
	expect_edid(rig, "1080p60", NULL);
	run_until(rig, 3);
	assert_int_equal(server_choices_put_edid(rig->choices, "rack1", NULL,
					 &edid, on_saved, rig),
			0);
	run_until(rig, 4);
	expect_edid(rig, NULL, &edid);
	expect_edid(rig, "720p60", NULL);
}

static void the_oldest_makes_room(void **state)
{
	struct rig *rig = *state;
	char name[32];

	for (int i = 0; i <= SERVER_CHOICES_MAX; i++) {
		snprintf(name, sizeof(name), "rack%d", i);
		choose(rig, name, &us, &de);
	}
	restart(rig);
	expect(rig, "rack0", &us, "");
	expect(rig, "rack1", &us, "de");
	expect(rig, name, &us, "de");
}

/*
 * The file may have been anybody's; nothing of it is taken then, and a choice
 * does not write over it.
 */
static void a_file_that_makes_no_sense_is_left_alone(void **state)
{
	static const char *const texts[] = {
			"",
			"[]",
			"{\"rack1\":1}",
			"{\"rack1\":{\"colour\":{\"over\":\"\"}}}",
			"{\"rack1\":{\"layout\":{\"layout\":\"de\",\"variant\":\"\"}}}",
			"{\"rack1\":{\"layout\":{\"over\":\"us\",\"layout\":\"../de\",\"variant\":\"\"}}}",
			"{\"rack1\":{\"layout\":{\"over\":\"us\",\"layout\":\"\",\"variant\":\"\"}}}",
			"{\"rack1\":{\"layout\":{\"over\":\"us\",\"layout\":\"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\",\"variant\":\"\"}}}",
			"{\"rack1\":{\"layout\":{\"over\":\"us\",\"layout\":\"de\"}}}",
			"{\"rack1\":{\"edid\":{\"over\":\"\",\"hex\":\"00ff\"}}}",
			"{\"rack1\":{\"edid\":{\"over\":\"\"}}}",
			"{\"abcdefghijklmnopqrstuvwxyzabcdefghijklm\":{}}",
			"{\"rack1\":{},\"rack1\":{}}",
	};
	struct rig *rig = *state;
	char *text;
	size_t size;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(server_state_replace(rig->folder,
						 SERVER_CHOICES_FILE, texts[i],
						 strlen(texts[i])),
				0);
		restart(rig);
		expect(rig, "rack1", &us, "");
		expect_edid(rig, "", NULL);
		assert_int_equal(
				server_choices_put_layout(rig->choices, "rack1",
						&us, &de, on_saved, rig),
				-EBADMSG);
		expect(rig, "rack1", &us, "de");
		assert_int_equal(server_state_read(rig->folder,
						 SERVER_CHOICES_FILE,
						 SERVER_CHOICES_BYTES_MAX,
						 &text, &size),
				0);
		assert_string_equal(text, texts[i]);
		free(text);
	}
}

static void without_a_place_nothing_is_chosen(void **state)
{
	struct server_choice_layout chosen;
	struct capture_edid edid;

	(void)state;
	assert_false(server_choices_find_layout(NULL, "rack1", &us, &chosen));
	assert_false(server_choices_find_edid(NULL, "rack1", NULL, &edid));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(a_layout_lasts),
			TEST(what_is_configured_is_no_choice),
			TEST(a_new_configuration_counts),
			TEST(an_edid_lasts),
			TEST(the_oldest_makes_room),
			TEST(a_file_that_makes_no_sense_is_left_alone),
			cmocka_unit_test(without_a_place_nothing_is_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
