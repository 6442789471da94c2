/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/json.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int read_text(json_t **out, const char *text, char *why)
{
	return web_json_read(out, text, strlen(text), why);
}

static void an_object_is_read_and_written(void **state)
{
	static const char text[] =
			"{\"a\":[1,true,null],\"b\":{\"c\":\"\xc3\xbc\"}}";
	char why[WEB_JSON_WHY_BYTES];
	struct core_bytes *bytes;
	json_t *value;

	(void)state;
	assert_int_equal(read_text(&value, text, why), 0);
	assert_int_equal(web_json_write(&bytes, value), 0);
	assert_int_equal(bytes->size, sizeof(text) - 1);
	assert_memory_equal(bytes->data, text, bytes->size);
	core_bytes_unref(bytes);
	json_decref(value);
}

static void anything_else_is_refused_without_being_quoted(void **state)
{
	static const char *const bad[] = {"", " ", "[]", "1", "\"hunter2\"",
			"null", "{", "{\"a\":1}x", "{\"a\":1}{}",
			"{\"a\":\"hunter2\",\"a\":2}", "{\"a\":hunter2}",
			"{'a':\"hunter2\"}", "{\"a\":\"hunter2\\u0000\"}",
			"{\"a\":\"\xff\"}", "{\"a\":\"hunter2", "{\"a\":01}",
			"{\"a\":1,}", "{\"a\":1e999}", "{\"a\\u0000\":1}",
			"\xef\xbb\xbf{}"};
	char why[WEB_JSON_WHY_BYTES];
	json_t *value;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		strcpy(why, "");
		if (read_text(&value, bad[i], why) != -EINVAL)
			fail_msg("\"%s\" is no object", bad[i]);
		assert_null(value);
		assert_true(why[0] != '\0');
		assert_null(strstr(why, "hunter2"));
	}
	assert_int_equal(web_json_read(&value, NULL, 0, why), -EINVAL);
	assert_int_equal(web_json_read(&value, "{}\0{}", 5, why), -EINVAL);
}

static void depth_has_an_end(void **state)
{
	static char text[100000];
	char why[WEB_JSON_WHY_BYTES];
	json_t *value;

	(void)state;
	memset(text, '[', sizeof(text) - 1);
	memcpy(text, "{\"a\":", 5);
	assert_int_equal(read_text(&value, text, why), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(an_object_is_read_and_written),
			cmocka_unit_test(
					anything_else_is_refused_without_being_quoted),
			cmocka_unit_test(depth_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
