/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/audit-line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/log.h"
#include "server/audit.h"

static json_t *details_of_body(const struct server_audit_entry *entry)
{
	char line[SERVER_AUDIT_LINE_MAX_BYTES];
	size_t size_bytes = server_audit_line_compose(
			line, entry, 1, 0, SERVER_AUDIT_NO_HASH);
	json_t *parsed = server_audit_line_parse(line, size_bytes - 1);

	assert_non_null(parsed);
	return parsed;
}

/* ---- lines ----------------------------------------------------------------
 */

static void a_line_says_when_what_and_who_in_one_order(void **state)
{
	struct server_audit_entry entry;
	char line[SERVER_AUDIT_LINE_MAX_BYTES];
	json_t *details = json_pack("{s:i, s:s, s:s}", "duration_s", 5, "user",
			"anna", "target", "rack1");

	(void)state;
	server_audit_entry_init(&entry, "disconnect", details);
	json_decref(details);
	entry.time_us = UINT64_C(1795204496123456);
	entry.monotonic_us = 42;
	server_audit_line_compose(line, &entry, 7, 0, NULL);
	assert_string_equal(line,
			"{\"number\":7,\"time\":\"2026-11-20T19:54:56.123Z\","
			"\"monotonic_us\":42,\"event\":\"disconnect\","
			"\"target\":\"rack1\",\"user\":\"anna\","
			"\"duration_s\":5}");
	server_audit_line_compose(line, &entry, 7, 2, SERVER_AUDIT_NO_HASH);
	assert_non_null(strstr(line,
			"\"duration_s\":5,\"lost\":2,\"previous\":\"000"));
	assert_int_equal(line[strlen(line) - 1], '\n');
}

static void what_no_line_may_hold_is_left_out(void **state)
{
	static const char *const secrets[] = {"password", "secret", "code",
			"key", "text", "typed", "totp", "answer", "challenge",
			"number", "time", "previous", "event", "User"};
	json_t *details = json_pack("{s:s}", "user", "anna");
	struct server_audit_entry entry;

	(void)state;
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		json_object_set_new(details, secrets[i], json_string("CANARY"));
	json_object_set_new(details, "target",
			json_pack("{s:s}", "nested", "CANARY"));
	json_object_set_new(details, "users",
			json_pack("[{s:s}]", "nested", "CANARY"));
	json_object_set_new(details, "duration_s", json_string("CANARY"));
	json_object_set_new(details, "reason", json_real(0.5));
	server_audit_entry_init(&entry, "login", details);
	json_decref(details);
	assert_string_equal(
			entry.body, "\"event\":\"login\",\"user\":\"anna\"");
}

static void nothing_in_a_line_confuses_a_terminal(void **state)
{
	struct server_audit_entry entry;
	json_t *details = json_object();
	json_t *line;

	(void)state;
	json_object_set_new(details, "user",
			server_audit_text("a\x1b[2J\n\r\"\\\x7f\xc3\xa9"));
	json_object_set_new(details, "reason",
			server_audit_text("\xff\xc3(\xe2\x82\xed\xa0\x80\xf0"));
	server_audit_entry_init(&entry, "login-failed", details);
	json_decref(details);
	assert_non_null(strstr(entry.body,
			"\"a\\u001B[2J\\n\\r\\\"\\\\\\u007f\\u00E9\""));
	for (const char *at = entry.body; *at; at++)
		assert_true(*at >= ' ' && *at <= '~');
	line = details_of_body(&entry);
	assert_string_equal(json_string_value(json_object_get(line, "reason")),
			"\\xff\\xc3(\\xe2\\x82\\xed\\xa0\\x80\\xf0");
	json_decref(line);
}

/* Four times a string of the worst kind: each byte takes six. */
static void a_line_has_an_end_whatever_it_is_given(void **state)
{
	char worst[1000];
	json_t *details, *line;
	struct server_audit_entry entry;

	(void)state;
	memset(worst, 1, sizeof(worst) - 1);
	worst[sizeof(worst) - 1] = '\0';
	details = json_pack("{s:s, s:s, s:s, s:s}", "target", "rack1", "user",
			worst, "peer", "[2001:db8::1]:40000", "reason", worst);
	for (size_t i = 0; i < 40; i++)
		json_object_set_new(details, "users",
				json_pack("[s,s]", worst, worst));
	server_audit_entry_init(&entry, "login", details);
	json_decref(details);
	entry.time_us = UINT64_C(253402300799999999);
	entry.monotonic_us = INT64_MAX;
	line = details_of_body(&entry);
	assert_string_equal(json_string_value(json_object_get(line, "peer")),
			"[2001:db8::1]:40000");
	assert_null(json_object_get(line, "reason"));
	assert_true(json_is_true(json_object_get(line, "cut")));
	json_decref(line);
}

static void what_ought_to_be_a_line_is_looked_at_closely(void **state)
{
	static const char hash[] = SERVER_AUDIT_NO_HASH;
	static const char *const wrong[] = {
			"",
			"{}",
			"[]",
			"{\"number\":0,\"time\":\"2026-11-20T19:54:56.123Z\",\"event\":\"a\",\"previous\":\"%s\"}",
			"{\"number\":1,\"number\":1,\"time\":\"2026-11-20T19:54:56.123Z\",\"event\":\"a\",\"previous\":\"%s\"}",
			"{\"number\":1,\"time\":\"2026-11-20 19:54:56.123Z\",\"event\":\"a\",\"previous\":\"%s\"}",
			"{\"number\":1,\"time\":\"2026-11-20T19:54:56.123Z\",\"event\":\"A\",\"previous\":\"%s\"}",
			"{\"number\":1,\"time\":\"2026-11-20T19:54:56.123Z\",\"event\":\"a\",\"previous\":\"0%s\"}",
			"{\"number\":1,\"time\":\"2026-11-20T19:54:56.123Z\",\"event\":\"a\",\"lost\":0,\"previous\":\"%s\"}",
			"{\"number\":1,\"time\":\"2026-11-20T19:54:56.123Z\",\"event\":\"a\",\"previous\":\"%s\"} x",
	};
	char text[SERVER_AUDIT_LINE_MAX_BYTES];
	json_t *line;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char *marker;

		snprintf(text, sizeof(text), "%s", wrong[i]);
		marker = strstr(text, "%s");
		if (marker) {
			memmove(marker + strlen(hash), marker + 2,
					strlen(marker + 2) + 1);
			memcpy(marker, hash, strlen(hash));
		}
		line = server_audit_line_parse(text, strlen(text));
		assert_null(line);
	}
}

static void long_text_is_cut_between_characters(void **state)
{
	char text[SERVER_AUDIT_TEXT_MAX_BYTES + 40];
	json_t *details, *line;
	struct server_audit_entry entry;
	const char *cut;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + SERVER_AUDIT_TEXT_MAX_BYTES - 1, "\xc3\xa9", 3);
	details = json_pack("{s:s}", "user", text);
	server_audit_entry_init(&entry, "login", details);
	json_decref(details);
	line = details_of_body(&entry);
	cut = json_string_value(json_object_get(line, "user"));
	assert_int_equal(strlen(cut), SERVER_AUDIT_TEXT_MAX_BYTES - 1 + 3);
	assert_string_equal(cut + strlen(cut) - 4, "x...");
	json_decref(line);
}

static void of_many_names_as_many_are_told_as_fit(void **state)
{
	json_t *names = json_array(), *details, *line;
	struct server_audit_entry entry;
	size_t told;

	(void)state;
	for (unsigned i = 0; i < 256; i++)
		json_array_append_new(
				names, json_sprintf("user-number-%03u", i));
	details = json_pack("{s:o}", "users", names);
	server_audit_entry_init(&entry, "users-changed", details);
	json_decref(details);
	line = details_of_body(&entry);
	told = json_array_size(json_object_get(line, "users"));
	assert_in_range(told, 30, 60);
	assert_true(json_is_true(json_object_get(line, "cut")));
	json_decref(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					a_line_says_when_what_and_who_in_one_order),
			cmocka_unit_test(what_no_line_may_hold_is_left_out),
			cmocka_unit_test(nothing_in_a_line_confuses_a_terminal),
			cmocka_unit_test(
					a_line_has_an_end_whatever_it_is_given),
			cmocka_unit_test(
					what_ought_to_be_a_line_is_looked_at_closely),
			cmocka_unit_test(long_text_is_cut_between_characters),
			cmocka_unit_test(of_many_names_as_many_are_told_as_fit),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
