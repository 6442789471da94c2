/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-targets.h"

#include "capture/edid.h"
#include "tests/server/api-rig.h"

#define RACK1 "{\"target\":\"rack1\"}"

static const char *text_of(const json_t *object, const char *member)
{
	return json_string_value(json_object_get(object, member));
}

/* ---- targets --------------------------------------------------------------
 */

static void list_has_those_with_a_role(void **state)
{
	struct api_rig *rig = *state;
	json_t *list;

	assert_int_equal(api_ask(rig, "targets", "{}"), 200);
	list = json_object_get(rig->json, "targets");
	assert_int_equal(json_array_size(list), 3);
	api_be(rig, "viewer@rack2");
	assert_int_equal(api_ask(rig, "targets", "{}"), 200);
	list = json_object_get(rig->json, "targets");
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(text_of(json_array_get(list, 0), "name"), "rack2");
	assert_string_equal(text_of(json_array_get(list, 0), "role"), "viewer");
}

static void one_says_what_it_is(void **state)
{
	struct api_rig *rig = *state;
	const json_t *signal, *layout;

	assert_int_equal(api_ask(rig, "target", RACK1), 200);
	signal = json_object_get(rig->json, "signal");
	layout = json_object_get(rig->json, "layout");
	assert_string_equal(text_of(signal, "format"), "demo");
	assert_string_equal(text_of(layout, "layout"), "us");
	assert_string_equal(text_of(rig->json, "pointer"), "absolute");
	assert_true(json_is_null(json_object_get(rig->json, "operator")));
	assert_true(json_is_false(json_object_get(rig->json, "you_operate")));
}

static void targets_of_others_are_not_there(void **state)
{
	static const char *const verbs[] = {"target", "snapshot", "control",
			"control act", "pointer", "edid", "edid put"};
	struct api_rig *rig = *state;

	api_be(rig, "admin@rack2");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		assert_int_equal(api_ask(rig, verbs[i], RACK1), 404);
}

/* ---- snapshots ------------------------------------------------------------
 */

static void snapshots_are_pictures(void **state)
{
	struct api_rig *rig = *state;

	api_be(rig, "viewer@rack1");
	assert_int_equal(api_ask(rig, "snapshot", RACK1), 200);
	assert_string_equal(rig->type, "image/png");
	assert_memory_equal(rig->bytes->data, "\x89PNG", 4);
	assert_int_equal(
			api_ask(rig, "snapshot",
					"{\"target\":\"rack1\",\"format\":\"jpeg\","
					"\"width\":\"64\"}"),
			200);
	assert_string_equal(rig->type, "image/jpeg");
	assert_memory_equal(rig->bytes->data, "\xff\xd8", 2);
	assert_int_equal(api_ask(rig, "snapshot", "{\"target\":\"rack3\"}"),
			404);
}

static void wrong_snapshots_are_explained(void **state)
{
	static const char *const wrong[] = {"\"format\":\"gif\"",
			"\"format\":1", "\"width\":15", "\"width\":4097",
			"\"width\":\"x\"", "\"width\":-1", "\"width\":1.5"};
	struct api_rig *rig = *state;
	char request[96];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(request, sizeof(request), "{\"target\":\"rack1\",%s}",
				wrong[i]);
		assert_int_equal(api_ask(rig, "snapshot", request), 422);
	}
}

static void the_end_is_an_answer(void **state)
{
	struct api_rig *rig = *state;

	api_begin(rig, "snapshot", RACK1, &api_asker_without_streams);
	server_daemon_destroy(rig->daemon);
	rig->daemon = NULL;
	assert_int_equal(rig->answers, 1);
	assert_int_equal(rig->status, 503);
}

/* ---- the keyboard ---------------------------------------------------------
 */

static void nobody_operates_at_first(void **state)
{
	struct api_rig *rig = *state;

	assert_int_equal(api_ask(rig, "control", RACK1), 200);
	assert_string_equal(text_of(rig->json, "policy"), "idle");
	assert_true(json_is_null(json_object_get(rig->json, "operator")));
	assert_int_equal(json_array_size(json_object_get(rig->json, "askers")),
			0);
}

static void without_a_viewer_there_is_nothing_to_ask_for(void **state)
{
	struct api_rig *rig = *state;

	assert_int_equal(
			api_ask(rig, "control act",
					"{\"target\":\"rack1\",\"action\":\"ask\"}"),
			409);
	assert_int_equal(
			api_ask(rig, "control act",
					"{\"target\":\"rack1\",\"action\":\"take\"}"),
			409);
	assert_int_equal(
			api_ask(rig, "control act",
					"{\"target\":\"rack1\",\"action\":\"give\","
					"\"session\":77}"),
			404);
	assert_int_equal(
			api_ask(rig, "control act",
					"{\"target\":\"rack1\",\"action\":\"x\"}"),
			422);
	assert_int_equal(api_ask(rig, "control act", RACK1), 422);
}

static void only_admins_take_from_others(void **state)
{
	static const char *const actions[] = {"take", "give", "release"};
	struct api_rig *rig = *state;
	char request[96];

	api_be(rig, "operator@rack1,admin@rack2");
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		snprintf(request, sizeof(request),
				"{\"target\":\"rack1\",\"action\":\"%s\"}",
				actions[i]);
		assert_int_equal(api_ask(rig, "control act", request), 403);
	}
	api_be(rig, "viewer@rack1");
	assert_int_equal(
			api_ask(rig, "control act",
					"{\"target\":\"rack1\",\"action\":\"ask\"}"),
			403);
}

static void an_admin_releases_what_nobody_holds(void **state)
{
	struct api_rig *rig = *state;

	assert_int_equal(api_ask(rig, "control act",
					 "{\"target\":\"rack1\",\"action\":"
					 "\"release\"}"),
			200);
}

/* ---- pointers -------------------------------------------------------------
 */

static uint64_t reports_of(const struct api_rig *rig)
{
	return hid_input_get_stats(
			server_target_get_parts(server_daemon_get_target(
								rig->daemon, 0))
					.input)
			.reports;
}

static bool is_ready(const struct api_rig *rig)
{
	return hid_input_get_state(server_target_get_parts(
			       server_daemon_get_target(rig->daemon, 0))
						   .input) == HID_STATE_READY;
}

static void pointers_move_and_click(void **state)
{
	static const char *const moves[] = {"\"x\":0.5,\"y\":1",
			"\"x\":0,\"y\":0,\"buttons\":[\"left\"]",
			"\"dx\":30,\"dy\":-4000", "\"wheel\":-2",
			"\"buttons\":[\"right\",\"middle\"]",
			"\"x\":1,\"y\":0.25,\"horizontal_wheel\":3"};
	struct api_rig *rig = *state;
	char request[128];

	api_be(rig, "operator@rack1");
	API_RUN_UNTIL(rig, is_ready(rig));
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		uint64_t reports = reports_of(rig);

		snprintf(request, sizeof(request), "{\"target\":\"rack1\",%s}",
				moves[i]);
		assert_int_equal(api_ask(rig, "pointer", request), 204);
		API_RUN_UNTIL(rig, reports_of(rig) > reports);
	}
	/* It has let go. */
	assert_int_equal(api_ask(rig, "control", RACK1), 200);
	assert_true(json_is_null(json_object_get(rig->json, "operator")));
}

static void wrong_pointers_are_explained(void **state)
{
	static const char *const wrong[] = {"\"x\":0.5", "\"x\":1.1,\"y\":0",
			"\"x\":-0.1,\"y\":0", "\"x\":\"0\",\"y\":0",
			"\"x\":0,\"y\":0,\"dx\":1", "\"dx\":4097",
			"\"dy\":\"a\"", "\"wheel\":101",
			"\"horizontal_wheel\":1", "\"buttons\":\"left\"",
			"\"buttons\":[\"x\"]", "\"buttons\":[1]"};
	struct api_rig *rig = *state;
	uint64_t reports;
	char request[128];

	API_RUN_UNTIL(rig, is_ready(rig));
	reports = reports_of(rig);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(request, sizeof(request), "{\"target\":\"rack1\",%s}",
				wrong[i]);
		assert_int_equal(api_ask(rig, "pointer", request), 422);
	}
	assert_int_equal(reports_of(rig), reports);
	assert_int_equal(
			api_ask(rig, "pointer", "{\"target\":\"rack3\"}"), 409);
	api_be(rig, "viewer@rack1");
	assert_int_equal(api_ask(rig, "pointer", RACK1), 403);
}

/* ---- EDID -----------------------------------------------------------------
 */

static void sources_without_an_edid_say_so(void **state)
{
	struct api_rig *rig = *state;
	const json_t *presets;

	assert_int_equal(api_ask(rig, "edid", RACK1), 200);
	assert_true(json_is_false(json_object_get(rig->json, "supported")));
	presets = json_object_get(rig->json, "presets");
	assert_string_equal(json_string_value(json_array_get(presets, 0)),
			capture_edid_preset_name(0));
	assert_int_equal(api_ask(rig, "edid put",
					 "{\"target\":\"rack1\",\"preset\":"
					 "\"1080p60\"}"),
			409);
	assert_int_equal(api_ask(rig, "edid", "{\"target\":\"rack3\"}"), 200);
	assert_non_null(strstr(
			text_of(rig->json, "detail"), "no capture device"));
}

static void wrong_edids_are_explained(void **state)
{
	static const char *const wrong[] = {"\"preset\":\"4k\"",
			"\"preset\":\"/etc/passwd\"", "\"hex\":\"00\"",
			"\"hex\":\"0g\"", "\"hex\":\"000\"", "\"hex\":\"\"",
			"\"preset\":\"1080p60\",\"hex\":\"00\"", "\"hex\":1"};
	struct api_rig *rig = *state;
	char request[96];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(request, sizeof(request), "{\"target\":\"rack1\",%s}",
				wrong[i]);
		assert_int_equal(api_ask(rig, "edid put", request), 422);
		/* which is what the configuration may name */
		assert_null(strstr(api_error(rig), "path"));
	}
	assert_int_equal(api_ask(rig, "edid put",
					 "{\"target\":\"rack1\",\"preset\":"
					 "\"/dev/null\"}"),
			422);
	assert_non_null(strstr(api_error(rig), "no preset of that name"));
	assert_int_equal(api_ask(rig, "edid put", RACK1), 422);
	api_be(rig, "operator@rack1");
	assert_int_equal(api_ask(rig, "edid put", RACK1), 403);
}

/* ---- the configuration ----------------------------------------------------
 */

static void a_configuration_is_looked_at_and_no_more(void **state)
{
	struct api_rig *rig = *state;
	size_t running_n;

	assert_int_equal(
			api_ask(rig, "config check",
					"{\"text\":\"target \\\"a\\\" {\\n capture {"
					" source = \\\"demo\\\" }\\n vnc { listen = "
					"\\\"unix:/a\\\" security = \\\"none\\\" "
					"}\\n}\\n\"}"),
			200);
	assert_true(json_is_true(json_object_get(rig->json, "good")));
	assert_int_equal(json_array_size(json_object_get(
					 rig->json, "complaints")),
			0);
	assert_int_equal(server_daemon_count(rig->daemon, &running_n), 3);
}

static void a_wrong_configuration_is_complained_of(void **state)
{
	struct api_rig *rig = *state;
	const json_t *complaints;

	assert_int_equal(api_ask(rig, "config check",
					 "{\"text\":\"\\n\\ntarget {\\n\"}"),
			200);
	assert_true(json_is_false(json_object_get(rig->json, "good")));
	complaints = json_object_get(rig->json, "complaints");
	assert_memory_equal(json_string_value(json_array_get(complaints, 0)),
			"configuration:", 14);
	assert_int_equal(api_ask(rig, "config check", "{}"), 422);
	api_be(rig, "admin@rack1");
	assert_int_equal(api_ask(rig, "config check", "{\"text\":\"\"}"), 403);
}

/* ---- the audit ------------------------------------------------------------
 */

static void audit_is_read_by_who_is_an_admin_of_all(void **state)
{
	static const char *const wrong[] = {"{\"limit\":0}", "{\"limit\":1001}",
			"{\"since\":\"yesterday\"}", "{\"since\":1}",
			"{\"event\":\"LOGIN\"}", "{\"event\":\"a\\\"b\"}"};
	struct api_rig *rig = *state;

	server_audit_write(server_daemon_get_audit(rig->daemon), "start", NULL);
	do {
		assert_int_equal(
				api_ask(rig, "audit",
						"{\"event\":\"start\","
						"\"limit\":\"5\",\"since\":\"1h\"}"),
				200);
	} while (json_array_size(json_object_get(rig->json, "lines")) == 0);
	assert_string_equal(text_of(json_array_get(json_object_get(rig->json,
								   "lines"),
						    0),
					    "event"),
			"start");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(api_ask(rig, "audit", wrong[i]), 422);
	api_be(rig, "admin@rack1,admin@rack2,admin@rack3");
	assert_int_equal(api_ask(rig, "audit", "{}"), 403);
}

/* ---- figures --------------------------------------------------------------
 */

static void figures_are_of_those_with_a_role(void **state)
{
	struct api_rig *rig = *state;
	char *text;

	api_be(rig, "viewer@rack2");
	assert_int_equal(api_ask(rig, "stats", "{}"), 200);
	assert_int_equal(json_array_size(json_object_get(rig->json, "targets")),
			1);
	assert_int_equal(api_ask(rig, "stats", RACK1), 404);
	assert_null(strstr(api_error(rig), "rack3"));
	assert_int_equal(api_ask(rig, "metrics", "{}"), 200);
	text = strndup((const char *)rig->bytes->data, rig->bytes->size);
	assert_non_null(strstr(text, "rackhand_signal_ok{target=\"rack2\"}"));
	assert_null(strstr(text, "rack1"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, api_set_up, api_tear_down)
			TEST(list_has_those_with_a_role),
			TEST(one_says_what_it_is),
			TEST(targets_of_others_are_not_there),
			TEST(snapshots_are_pictures),
			TEST(wrong_snapshots_are_explained),
			TEST(the_end_is_an_answer),
			TEST(nobody_operates_at_first),
			TEST(without_a_viewer_there_is_nothing_to_ask_for),
			TEST(only_admins_take_from_others),
			TEST(an_admin_releases_what_nobody_holds),
			TEST(pointers_move_and_click),
			TEST(wrong_pointers_are_explained),
			TEST(sources_without_an_edid_say_so),
			TEST(wrong_edids_are_explained),
			TEST(a_configuration_is_looked_at_and_no_more),
			TEST(a_wrong_configuration_is_complained_of),
			TEST(audit_is_read_by_who_is_an_admin_of_all),
			TEST(figures_are_of_those_with_a_role),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
