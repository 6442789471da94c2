/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/*
 * The script that makes font-glyphs.c, run as the build runs it: from the
 * project's top folder.
 */
#define SCRIPT "video/font-build.sh "
#define HEADER_BYTES 4
#define GLYPHS_BYTES (256 * 16)

/* A font of 256 glyphs, each with one code point: its number plus 0x2500. */
struct font {
	char path[32];
	uint8_t bytes[HEADER_BYTES + GLYPHS_BYTES + 256 * 4];
};

static int set_up(void **state)
{
	struct font *font = calloc(1, sizeof(*font));
	int fd;

	*state = font;
	if (!font)
		return -1;
	memcpy(font->bytes, "\x36\x04\x02\x10", HEADER_BYTES);
	for (size_t i = 0; i < 256; i++) {
		uint8_t *entry = font->bytes + HEADER_BYTES + GLYPHS_BYTES +
				4 * i;

		memset(font->bytes + HEADER_BYTES + 16 * i, (int)i, 16);
		entry[0] = (uint8_t)i;
		entry[1] = 0x25;
		entry[2] = entry[3] = 0xff;
	}
	strcpy(font->path, "/tmp/font-build-XXXXXX");
	fd = mkstemp(font->path);
	return fd == -1 ? -1 : close(fd);
}

static int tear_down(void **state)
{
	struct font *font = *state;

	unlink(font->path);
	free(font);
	return 0;
}

static void write_font(const struct font *font, size_t size_bytes)
{
	char command[64];
	FILE *gzip;

	snprintf(command, sizeof(command), "gzip -c > %s", font->path);
	gzip = popen(command, "w");
	assert_non_null(gzip);
	assert_int_equal(fwrite(font->bytes, 1, size_bytes, gzip), size_bytes);
	assert_int_equal(pclose(gzip), 0);
}

/* Run it; what it wrote, errors included, is in `output`. Returns its exit. */
static int run_script(const char *path, char *output, size_t room)
{
	char command[128];
	FILE *script;
	size_t length;
	int status;

	snprintf(command, sizeof(command), SCRIPT "%s 2>&1", path);
	script = popen(command, "r");
	assert_non_null(script);
	length = fread(output, 1, room - 1, script);
	output[length] = '\0';
	status = pclose(script);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void names_the_package_that_is_missing(void **state)
{
	char output[512];

	(void)state;
	assert_int_equal(run_script("/nonexistent/font.psf.gz", output,
					 sizeof(output)),
			1);
	assert_non_null(strstr(output, "apt-get install psf-unifont"));
	assert_non_null(strstr(output, "/nonexistent/font.psf.gz"));
}

static void writes_glyphs_and_a_sorted_table(void **state)
{
	struct font *font = *state;
	uint8_t *table = font->bytes + HEADER_BYTES + GLYPHS_BYTES;
	char output[64 * 1024];
	const char *first;
	const char *last;

	table[1] = 0x26; /* the first glyph's code point sorts last */
	write_font(font, sizeof(font->bytes));
	assert_int_equal(run_script(font->path, output, sizeof(output)), 0);
	assert_non_null(strstr(output,
			"{65, 65, 65, 65, 65, 65, 65, 65, 65, "
			"65, 65, 65, 65, 65, 65, 65},"));
	first = strstr(output, "{9473, 1},");
	last = strstr(output, "{9728, 0},");
	assert_non_null(first);
	assert_non_null(last);
	assert_true(first < last);
	assert_non_null(strstr(last, "video_font_entries_n"));
}

/* A cut font must not become a header with holes. */
static void refuses_what_is_no_whole_font(void **state)
{
	static const struct {
		size_t size_bytes;
		size_t spoiled_at;
		const char *message;
	} cases[] = {
			{0, 8, "PSF version 1"},
			{3, 8, "PSF version 1"},
			{HEADER_BYTES, 8, "ends inside its bitmaps"},
			{HEADER_BYTES + GLYPHS_BYTES - 1, 8,
					"ends inside its bitmaps"},
			{HEADER_BYTES + GLYPHS_BYTES, 8, "code point table"},
			{sizeof(((struct font *)0)->bytes) - 1, 8,
					"code point table"},
			{sizeof(((struct font *)0)->bytes), 0, "PSF version 1"},
			{sizeof(((struct font *)0)->bytes), 1, "PSF version 1"},
			{sizeof(((struct font *)0)->bytes), 2,
					"no 8x16 glyphs"},
			{sizeof(((struct font *)0)->bytes), 3,
					"no 8x16 glyphs"},
	};
	struct font *font = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *spoiled = &font->bytes[cases[i].spoiled_at];
		uint8_t sound = *spoiled;
		char output[512];

		*spoiled = 0;
		write_font(font, cases[i].size_bytes);
		*spoiled = sound;
		assert_int_equal(run_script(font->path, output, sizeof(output)),
				1);
		assert_non_null(strstr(output, cases[i].message));
	}
}

static void refuses_a_damaged_file(void **state)
{
	struct font *font = *state;
	char output[512];

	write_font(font, sizeof(font->bytes));
	assert_int_equal(truncate(font->path, 100), 0);
	assert_int_equal(run_script(font->path, output, sizeof(output)), 1);
	assert_non_null(strstr(output, "reinstall psf-unifont"));
}

#define FONTED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			FONTED(names_the_package_that_is_missing),
			FONTED(writes_glyphs_and_a_sorted_table),
			FONTED(refuses_what_is_no_whole_font),
			FONTED(refuses_a_damaged_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
