/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-typing.h"

#include <errno.h>

#include "server/api-macros.h"
#include "server/macros.h"
#include "server/state.h"
#include "tests/server/api-rig.h"

#define RACK1 "\"target\":\"rack1\""
#define LONG "0123456789abcdef0123456789abcdef0123456789abcdef"

static const char *text_of(const struct api_rig *rig, const char *member)
{
	const char *text =
			json_string_value(json_object_get(rig->json, member));

	return text ? text : "";
}

static json_int_t number_of(const struct api_rig *rig, const char *member)
{
	return json_integer_value(json_object_get(rig->json, member));
}

/* The demo's keyboard is plugged in, and nothing is being typed. */
static void await_idle(struct api_rig *rig)
{
	do {
		api_turn(rig);
		assert_int_equal(api_ask(rig, "text", "{" RACK1 "}"), 200);
	} while (json_is_true(json_object_get(rig->json, "active")));
}

static void await_host(struct api_rig *rig)
{
	const struct hid_input *input = server_target_get_parts(
			server_daemon_find_target(rig->daemon, "rack1"))
							.input;

	API_RUN_UNTIL(rig, hid_input_get_state(input) == HID_STATE_READY);
}

static int set_up(void **state)
{
	api_set_up(state);
	await_host(*state);
	return 0;
}

/* ---- keys -------------------------------------------------------------------
 */

static void keys_are_answered_when_they_were_pressed(void **state)
{
	struct api_rig *rig = *state;

	assert_int_equal(
			api_ask(rig, "key", "{" RACK1 ",\"keys\":\"a\"}"), 204);
	assert_int_equal(api_ask(rig, "key",
					 "{" RACK1
					 ",\"keys\":[\"shift-b\",\"enter\"]}"),
			204);
	/* too many for one chord */
	assert_int_equal(
			api_ask(rig, "key",
					"{" RACK1
					",\"keys\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\"]}"),
			204);
}

static void keys_that_make_no_sense_are_refused(void **state)
{
	struct api_rig *rig = *state;

	assert_int_equal(api_ask(rig, "key", "{" RACK1 ",\"keys\":\"ctl-a\"}"),
			422);
	assert_non_null(strstr(api_error(rig), "no such key"));
	assert_int_equal(api_ask(rig, "key", "{" RACK1 "}"), 422);
	assert_non_null(strstr(api_error(rig), "ctrl-alt-del"));
	assert_int_equal(api_ask(rig, "key", "{" RACK1 ",\"keys\":[1]}"), 422);
	assert_int_equal(api_ask(rig, "key", "{" RACK1 ",\"keys\":[]}"), 422);
}

/* ---- texts ------------------------------------------------------------------
 */

static void a_text_is_typed_and_followed(void **state)
{
	struct api_rig *rig = *state;

	assert_int_equal(api_ask(rig, "text", "{" RACK1 "}"), 200);
	assert_false(json_is_true(json_object_get(rig->json, "active")));
	assert_int_equal(api_ask(rig, "type",
					 "{" RACK1 ",\"text\":\"" LONG "\"}"),
			202);
	assert_int_equal(number_of(rig, "characters"), 48);
	assert_int_equal(api_ask(rig, "type", "{" RACK1 ",\"text\":\"x\"}"),
			409);
	assert_non_null(strstr(api_error(rig), "cancel"));
	await_idle(rig);
	assert_int_equal(number_of(rig, "typed"), 48);
	assert_string_equal(text_of(rig, "result"), "done");
	assert_string_equal(text_of(rig, "pace"), "leds");
}

static void a_text_can_be_cancelled(void **state)
{
	struct api_rig *rig = *state;

	assert_int_equal(api_ask(rig, "type",
					 "{" RACK1 ",\"text\":\"" LONG
					 "\",\"delay_ms\":1000}"),
			202);
	assert_int_equal(api_ask(rig, "type cancel", "{" RACK1 "}"), 204);
	assert_int_equal(api_ask(rig, "text", "{" RACK1 "}"), 200);
	assert_string_equal(text_of(rig, "result"), "cancelled");
	assert_true(number_of(rig, "typed") < 48);
}

static void what_cannot_be_typed_is_listed(void **state)
{
	struct api_rig *rig = *state;
	const json_t *first;

	assert_int_equal(api_ask(rig, "type",
					 "{" RACK1 ",\"text\":\"a\xc3\xbc"
					 "b\xe2\x82\xac\xc3\xbc\"}"),
			422);
	assert_int_equal(json_array_size(json_object_get(
					 rig->json, "untypable")),
			2);
	first = json_array_get(json_object_get(rig->json, "untypable"), 0);
	assert_string_equal(
			json_string_value(json_object_get(first, "character")),
			"\xc3\xbc");
	assert_int_equal(json_integer_value(json_object_get(first, "at")), 1);
	/* nor is it repeated in words that somebody could log */
	assert_null(strstr(api_error(rig), "\xc3\xbc"));
}

static void another_layout_can_be_asked_for(void **state)
{
	struct api_rig *rig = *state;

	assert_int_equal(
			api_ask(rig, "type",
					"{" RACK1
					",\"text\":\"\xc3\xbc\",\"layout\":\"de\",\"dry_run\":true}"),
			200);
	assert_int_equal(number_of(rig, "characters"), 1);
	assert_int_equal(api_ask(rig, "type",
					 "{" RACK1
					 ",\"text\":\"a\",\"layout\":\"xx\"}"),
			422);
	assert_non_null(strstr(api_error(rig), "xkeyboard-config"));
	assert_int_equal(
			api_ask(rig, "type",
					"{" RACK1
					",\"text\":\"a\",\"layout\":\"de\",\"variant\":\"xx\",\"dry_run\":true}"),
			422);
	assert_non_null(strstr(api_error(rig), "variant"));
}

static void a_text_has_at_most_64_kib(void **state)
{
	char request[80000];
	struct api_rig *rig = *state;

	snprintf(request, sizeof(request),
			"{" RACK1 ",\"dry_run\":true,\"text\":\"%065536d\"}",
			0);
	assert_int_equal(api_ask(rig, "type", request), 200);
	snprintf(request, sizeof(request),
			"{" RACK1 ",\"dry_run\":true,\"text\":\"%065537d\"}",
			0);
	assert_int_equal(api_ask(rig, "type", request), 413);
	assert_non_null(strstr(api_error(rig), "in parts"));
}

static void options_are_checked(void **state)
{
	static const char *const wrong[] = {
			"{" RACK1 ",\"text\":\"a\",\"dry_run\":1}",
			"{" RACK1 ",\"text\":\"a\",\"dry_run\":\"true\"}",
			"{" RACK1 ",\"text\":\"a\",\"layout\":5}",
			"{" RACK1 ",\"text\":\"a\",\"variant\":null}",
			"{" RACK1 ",\"text\":\"a\",\"clipboard\":1}",
	};
	struct api_rig *rig = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(api_ask(rig, "type", wrong[i]), 422);
		assert_non_null(strstr(api_error(rig), "has to be"));
	}
	assert_int_equal(api_ask(rig, "text", "{" RACK1 "}"), 200);
	assert_int_equal(number_of(rig, "id"), 0); /* nothing was typed */

	assert_int_equal(api_ask(rig, "type",
					 "{" RACK1
					 ",\"text\":\"a\",\"delay_ms\":1001}"),
			422);
	assert_int_equal(api_ask(rig, "type", "{" RACK1 "}"), 400);
	assert_int_equal(api_ask(rig, "type", "{" RACK1 ",\"clipboard\":true}"),
			409);
	assert_non_null(strstr(api_error(rig), "clipboard"));
}

/* ---- whose turn it is -------------------------------------------------------
 */

static void who_types_has_the_keyboard_until_it_is_done(void **state)
{
	struct api_rig *rig = *state;
	const struct server_target *target;

	assert_int_equal(api_ask(rig, "type",
					 "{" RACK1 ",\"text\":\"" LONG
					 "\",\"delay_ms\":1000}"),
			202);
	assert_int_equal(api_ask(rig, "target", "{" RACK1 "}"), 200);
	assert_string_equal(
			json_string_value(json_object_get(
					json_object_get(rig->json, "operator"),
					"user")),
			rig->caller.name);
	api_be(rig, "operator");
	assert_int_equal(api_ask(rig, "type cancel", "{" RACK1 "}"), 204);
	target = server_daemon_find_target(rig->daemon, "rack1");
	assert_null(server_target_get_operator_name(target));
	assert_int_equal(
			api_ask(rig, "key", "{" RACK1 ",\"keys\":\"a\"}"), 204);
	assert_null(server_target_get_operator_name(target));
}

static void who_may_no_longer_come_in_types_no_further(void **state)
{
	struct api_rig *rig = *state;

	api_be(rig, "operator");
	rig->caller.session = 7;
	assert_int_equal(api_ask(rig, "type",
					 "{" RACK1 ",\"text\":\"" LONG
					 "\",\"delay_ms\":1000}"),
			202);
	server_api_end_caller(rig->api, SERVER_CALLER_TOKEN, 8);
	server_api_end_caller(rig->api, SERVER_CALLER_SESSION, 7);
	assert_int_equal(api_ask(rig, "text", "{" RACK1 "}"), 200);
	assert_true(json_is_true(json_object_get(rig->json, "active")));
	server_api_end_caller(rig->api, SERVER_CALLER_TOKEN, 7);
	assert_int_equal(api_ask(rig, "text", "{" RACK1 "}"), 200);
	assert_string_equal(text_of(rig, "result"), "cancelled");
	assert_null(server_target_get_operator_name(
			server_daemon_find_target(rig->daemon, "rack1")));
}

/* The layout is read by a worker meanwhile. */
static void who_has_lost_access_begins_nothing_either(void **state)
{
	static const char *const asks[][2] = {
			{"type",
					"{" RACK1
					",\"text\":\"a\",\"layout\":\"de\"}"},
			{"layout set", "{" RACK1 ",\"layout\":\"fr\"}"},
	};
	struct api_rig *rig = *state;
	struct server_target *target =
			server_daemon_find_target(rig->daemon, "rack1");

	api_be(rig, "operator");
	rig->caller.session = 7;
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		unsigned answers = rig->answers;

		api_begin(rig, asks[i][0], asks[i][1],
				&api_asker_without_streams);
		server_api_end_caller(rig->api, SERVER_CALLER_TOKEN, 8);
		server_api_end_caller(rig->api, SERVER_CALLER_TOKEN, 7);
		API_RUN_UNTIL(rig, rig->answers > answers);
		assert_int_equal(rig->status, 401);
	}
	assert_string_equal(
			hid_layout_get_name(server_target_get_layout(target)),
			"us");
	assert_int_equal(api_ask(rig, "text", "{" RACK1 "}"), 200);
	assert_false(json_is_true(json_object_get(rig->json, "active")));
}

static void somebody_else_has_to_wait(void **state)
{
	struct api_rig *rig = *state;
	struct server_target *target =
			server_daemon_find_target(rig->daemon, "rack1");
	struct server_caller other;
	vnc_viewer_id actor, again;

	server_caller_init_local(&other, 2000);
	assert_int_equal(server_target_act(target, &other, &actor), 0);
	assert_int_equal(
			api_ask(rig, "key", "{" RACK1 ",\"keys\":\"a\"}"), 409);
	assert_non_null(strstr(api_error(rig), "2000"));
	assert_string_equal(text_of(rig, "operator"), other.name);
	/* the same one twice lets go when both are done */
	assert_int_equal(server_target_act(target, &other, &again), 0);
	assert_int_equal(again, actor);
	server_target_acted(target, actor);
	assert_int_equal(
			api_ask(rig, "key", "{" RACK1 ",\"keys\":\"a\"}"), 409);
	server_target_acted(target, again);
	assert_int_equal(
			api_ask(rig, "key", "{" RACK1 ",\"keys\":\"a\"}"), 204);
}

static void viewers_may_not_type(void **state)
{
	struct api_rig *rig = *state;

	api_be(rig, "viewer");
	assert_int_equal(
			api_ask(rig, "key", "{" RACK1 ",\"keys\":\"a\"}"), 403);
	assert_int_equal(api_ask(rig, "type", "{" RACK1 ",\"text\":\"a\"}"),
			403);
	assert_int_equal(api_ask(rig, "macro run",
					 "{" RACK1 ",\"macro\":\"alt-f4\"}"),
			403);
	assert_int_equal(api_ask(rig, "layout set",
					 "{" RACK1 ",\"layout\":\"de\"}"),
			403);
	assert_int_equal(api_ask(rig, "text", "{" RACK1 "}"), 200);
}

/* ---- layouts ----------------------------------------------------------------
 */

static void layouts_are_listed_with_their_variants(void **state)
{
	struct api_rig *rig = *state;
	const json_t *layouts, *it;
	size_t i, found = 0;

	assert_int_equal(api_ask(rig, "layouts", "{}"), 200);
	layouts = json_object_get(rig->json, "layouts");
	json_array_foreach(layouts, i,
			it) if (strcmp(json_string_value(json_object_get(it,
						       "layout")),
						"de") == 0) found =
			json_array_size(json_object_get(it, "variants"));
	assert_true(found > 5);
}

static void a_target_gets_another_layout(void **state)
{
	struct api_rig *rig = *state;

	assert_int_equal(
			api_ask(rig, "layout set",
					"{" RACK1
					",\"layout\":\"de\",\"variant\":\"nodeadkeys\"}"),
			200);
	assert_int_equal(api_ask(rig, "layout", "{" RACK1 "}"), 200);
	assert_string_equal(text_of(rig, "layout"), "de");
	assert_string_equal(text_of(rig, "variant"), "nodeadkeys");
	assert_int_equal(
			api_ask(rig, "type",
					"{" RACK1
					",\"text\":\"\xc3\xbc\",\"dry_run\":true}"),
			200);
	assert_int_equal(api_ask(rig, "layout set",
					 "{" RACK1 ",\"layout\":\"nope\"}"),
			422);
	assert_int_equal(api_ask(rig, "layout set", "{" RACK1 "}"), 422);
	assert_non_null(strstr(api_error(rig), "\"layout\" is missing"));
	assert_int_equal(api_ask(rig, "layout", "{\"target\":\"rack2\"}"), 200);
	assert_string_equal(text_of(rig, "layout"), "us");
}

/* ---- macros -----------------------------------------------------------------
 */

static const json_t *find_macro(struct api_rig *rig, const char *name)
{
	const json_t *it;
	size_t i;

	assert_int_equal(api_ask(rig, "macros", "{" RACK1 "}"), 200);
	json_array_foreach(json_object_get(rig->json, "macros"), i,
			it) if (strcmp(json_string_value(json_object_get(it,
						       "name")),
						name) == 0) return it;
	return NULL;
}

static void macros_are_put_run_and_removed(void **state)
{
	struct api_rig *rig = *state;
	const json_t *macro;

	assert_non_null(find_macro(rig, "sysrq-reisub"));
	assert_int_equal(
			api_ask(rig, "macro put",
					"{\"macro\":\"hello\",\"keys\":\"text 'hi', enter\"}"),
			204);
	macro = find_macro(rig, "hello");
	assert_non_null(macro);
	assert_string_equal(json_string_value(json_object_get(macro, "from")),
			"api");
	assert_int_equal(api_ask(rig, "macro run",
					 "{" RACK1 ",\"macro\":\"hello\"}"),
			202);
	await_idle(rig);
	assert_string_equal(text_of(rig, "result"), "done");
	assert_int_equal(api_ask(rig, "macro remove", "{\"macro\":\"hello\"}"),
			204);
	assert_int_equal(api_ask(rig, "macro run",
					 "{" RACK1 ",\"macro\":\"hello\"}"),
			404);
	assert_int_equal(api_ask(rig, "macro remove", "{\"macro\":\"alt-f4\"}"),
			404);
}

static void macros_are_kept(void **state)
{
	struct api_rig *rig = *state;
	const struct config_macros none = {0};
	struct server_macros *macros;
	struct server_macro_places places = {
			.of_all = &none, .of_target = &none};
	struct server_macro macro;

	assert_int_equal(
			api_ask(rig, "macro put",
					"{\"macro\":\"alt-f4\",\"keys\":\"win\"}"),
			204);
	assert_int_equal(server_macros_create(&macros, rig->folder, NULL), 0);
	places.macros = macros;
	assert_true(server_macros_find(&places, "alt-f4", &macro));
	assert_string_equal(macro.keys, "win");
	assert_int_equal(macro.from, SERVER_MACRO_API);
	server_macros_destroy(macros);
}

/* Somebody may want to mend it. */
static void a_spoilt_file_of_macros_is_not_written_over(void **state)
{
	static const char spoilt[] = "{\"a\":\"win\"";
	struct api_rig *rig = *state;
	struct server_macros *macros;
	char *text;
	size_t size;

	assert_int_equal(server_state_replace(rig->folder, SERVER_MACROS_FILE,
					 spoilt, strlen(spoilt)),
			0);
	assert_int_equal(server_macros_create(&macros, rig->folder, NULL), 0);
	assert_int_equal(server_macros_put(macros, "b", "win", NULL, NULL),
			-EBADMSG);
	server_macros_destroy(macros);
	assert_int_equal(server_state_read(rig->folder, SERVER_MACROS_FILE,
					 SERVER_MACROS_BYTES_MAX, &text, &size),
			0);
	assert_string_equal(text, spoilt);
	free(text);
}

static void macros_that_make_no_sense_are_refused(void **state)
{
	struct api_rig *rig = *state;

	assert_int_equal(
			api_ask(rig, "macro put",
					"{\"macro\":\"a b\",\"keys\":\"win\"}"),
			422);
	assert_int_equal(api_ask(rig, "macro put",
					 "{\"macro\":\"a\",\"keys\":\"wait\"}"),
			422);
	assert_int_equal(api_ask(rig, "macro put", "{\"macro\":\"a\"}"), 422);
	api_be(rig, "admin@rack1");
	assert_int_equal(api_ask(rig, "macro put",
					 "{\"macro\":\"a\",\"keys\":\"win\"}"),
			403);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, api_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(keys_are_answered_when_they_were_pressed),
			TEST(keys_that_make_no_sense_are_refused),
			TEST(a_text_is_typed_and_followed),
			TEST(a_text_can_be_cancelled),
			TEST(what_cannot_be_typed_is_listed),
			TEST(another_layout_can_be_asked_for),
			TEST(a_text_has_at_most_64_kib),
			TEST(options_are_checked),
			TEST(who_types_has_the_keyboard_until_it_is_done),
			TEST(who_may_no_longer_come_in_types_no_further),
			TEST(who_has_lost_access_begins_nothing_either),
			TEST(somebody_else_has_to_wait),
			TEST(viewers_may_not_type),
			TEST(layouts_are_listed_with_their_variants),
			TEST(a_target_gets_another_layout),
			TEST(macros_are_put_run_and_removed),
			TEST(macros_are_kept),
			TEST(a_spoilt_file_of_macros_is_not_written_over),
			TEST(macros_that_make_no_sense_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
