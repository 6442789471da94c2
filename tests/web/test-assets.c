/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/assets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

/* What a browser that was never here before fetches for the whole page. */
#define FIRST_LOAD_MAX_BYTES 300000
#define UNPACKED_MAX_BYTES (4 << 20)

static const struct web_asset *find(const char *path)
{
	for (size_t i = 0; i < web_assets_n; i++)
		if (strcmp(web_assets[i].path, path) == 0)
			return &web_assets[i];
	return NULL;
}

/* Free it. */
static char *unpack(const struct web_asset *asset)
{
	char *text = calloc(1, UNPACKED_MAX_BYTES + 1);
	z_stream stream = {
			.next_in = (Bytef *)asset->gzip,
			.avail_in = (uInt)asset->gzip_bytes,
			.next_out = (Bytef *)text,
			.avail_out = UNPACKED_MAX_BYTES,
	};

	assert_non_null(text);
	assert_int_equal(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_in, 0);
	inflateEnd(&stream);
	return text;
}

static void the_page_is_at_the_root(void **state)
{
	const struct web_asset *page = find("/");
	char *text;

	(void)state;
	assert_non_null(page);
	assert_string_equal(page->type, "text/html; charset=utf-8");
	text = unpack(page);
	assert_non_null(strstr(text, "<!doctype html>"));
	free(text);
}

static void paths_are_sorted_and_each_there_once(void **state)
{
	(void)state;
	for (size_t i = 1; i < web_assets_n; i++)
		assert_true(strcmp(web_assets[i - 1].path, web_assets[i].path) <
				0);
}

static void everything_unpacks_and_has_type_and_etag(void **state)
{
	(void)state;
	for (size_t i = 0; i < web_assets_n; i++) {
		const struct web_asset *asset = &web_assets[i];
		size_t etag_length = strlen(asset->etag);

		free(unpack(asset));
		assert_non_null(strchr(asset->type, '/'));
		assert_true(etag_length > 2);
		assert_int_equal(asset->etag[0], '"');
		assert_int_equal(asset->etag[etag_length - 1], '"');
	}
}

/* Everything that the page's text points at, one after the other. */
static void what_the_page_names_is_there(void **state)
{
	char *text = unpack(find("/"));
	size_t found_n = 0;

	(void)state;
	for (char *at = text; (at = strstr(at, "\"/assets/")); found_n++) {
		char *end = strchr(++at, '"');

		assert_non_null(end);
		*end = '\0';
		if (!find(at))
			fail_msg("%s is not there", at);
		at = end + 1;
	}
	assert_true(found_n >= 3); /* script, style, icon */
	free(text);
}

/* The licences are fetched only by who reads them. */
static void the_first_load_is_small(void **state)
{
	size_t total_bytes = 0;

	(void)state;
	for (size_t i = 0; i < web_assets_n; i++)
		if (!strstr(web_assets[i].path, "licences"))
			total_bytes += web_assets[i].gzip_bytes;
	assert_in_range(total_bytes, 1, FIRST_LOAD_MAX_BYTES);
}

/* The policy that comes with the page would not let it run. */
static void the_page_has_no_inline_code(void **state)
{
	char *text = unpack(find("/"));

	(void)state;
	assert_null(strstr(text, "<style"));
	assert_null(strstr(text, " style="));
	assert_null(strstr(text, "<script>"));
	assert_null(strstr(text, "javascript:"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(the_page_is_at_the_root),
			cmocka_unit_test(paths_are_sorted_and_each_there_once),
			cmocka_unit_test(
					everything_unpacks_and_has_type_and_etag),
			cmocka_unit_test(what_the_page_names_is_there),
			cmocka_unit_test(the_first_load_is_small),
			cmocka_unit_test(the_page_has_no_inline_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
