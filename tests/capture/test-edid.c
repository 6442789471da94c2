/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/edid.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture/edid-facts.h"
#include "capture/edid-hex.h"

static void load(struct capture_edid *edid, const char *name)
{
	const char *why;

	assert_int_equal(capture_edid_load(edid, name, &why), 0);
}

/* Field by field, as VESA E-EDID 1.3 lays out a detailed timing. */
static void presets_prefer_the_mode_of_their_name(void **state)
{
	static const struct {
		const char *name;
		size_t size;
		unsigned clock_khz, width_px, h_total, height_px, v_total;
	} cases[] = {
			{"1080p60", 256, 148500, 1920, 2200, 1080, 1125},
			{"1080p50", 256, 148500, 1920, 2640, 1080, 1125},
			{"720p60", 256, 74250, 1280, 1650, 720, 750},
			{"1280x1024", 128, 108000, 1280, 1688, 1024, 1066},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct capture_edid edid;
		const uint8_t *d = edid.data + 54;
		unsigned width_px, height_px, h_blank, v_blank;

		load(&edid, cases[i].name);
		width_px = d[2] + (d[4] >> 4) * 256u;
		h_blank = d[3] + (d[4] & 15) * 256u;
		height_px = d[5] + (d[7] >> 4) * 256u;
		v_blank = d[6] + (d[7] & 15) * 256u;
		assert_int_equal(edid.size, cases[i].size);
		assert_int_equal((d[0] + d[1] * 256u) * 10, cases[i].clock_khz);
		assert_int_equal(width_px, cases[i].width_px);
		assert_int_equal(height_px, cases[i].height_px);
		assert_int_equal(width_px + h_blank, cases[i].h_total);
		assert_int_equal(height_px + v_blank, cases[i].v_total);
		assert_string_equal(capture_edid_preset_name(i), cases[i].name);
	}
	assert_null(capture_edid_preset_name(4));
}

static void facts_are_those_of_the_preset(void **state)
{
	static const struct {
		const char *name;
		uint32_t width_px, height_px, refresh_millihz;
	} cases[] = {
			{"1080p60", 1920, 1080, 60000},
			{"1080p50", 1920, 1080, 50000},
			{"720p60", 1280, 720, 60000},
			{"1280x1024", 1280, 1024, 60019},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct capture_edid_facts facts;
		struct capture_edid edid;

		load(&edid, cases[i].name);
		capture_edid_get_facts(&edid, &facts);
		assert_string_equal(facts.maker, "RKH");
		assert_int_equal(facts.product, 1);
		assert_string_equal(facts.name, "rackhand");
		assert_int_equal(facts.width_px, cases[i].width_px);
		assert_int_equal(facts.height_px, cases[i].height_px);
		assert_int_equal(facts.refresh_millihz,
				cases[i].refresh_millihz);
		assert_string_equal(
				capture_edid_find_preset(&edid), cases[i].name);
	}
}

static void facts_of_others_are_shown_as_text(void **state)
{
	struct capture_edid_facts facts;
	struct capture_edid edid;

	(void)state;
	load(&edid, "1080p60");
	edid.data[8] = edid.data[9] = 0xff;
	memset(edid.data + 54, 0, 18);
	memcpy(edid.data + 95, "\x1b[31mred\xff 123", 13);
	capture_edid_get_facts(&edid, &facts);
	assert_string_equal(facts.maker, "???");
	assert_string_equal(facts.name, "?[31mred? 123");
	assert_int_equal(facts.width_px, 0);
	assert_null(capture_edid_find_preset(&edid));
}

static void presets_pass_their_own_check(void **state)
{
	(void)state;
	for (size_t i = 0; capture_edid_preset_name(i); i++) {
		struct capture_edid edid;
		const char *why;

		load(&edid, capture_edid_preset_name(i));
		assert_int_equal(capture_edid_check(edid.data, edid.size, &why),
				0);
	}
}

/* The vendor block of HDMI, without which a source speaks DVI. */
static void cea_presets_say_hdmi(void **state)
{
	static const uint8_t hdmi[3] = {0x03, 0x0c, 0x00};
	struct capture_edid edid;

	(void)state;
	load(&edid, "1080p60");
	assert_non_null(memmem(edid.data + 128, 128, hdmi, sizeof(hdmi)));
	load(&edid, "1280x1024");
	assert_int_equal(edid.data[126], 0);
}

static void each_wrong_byte_is_noticed(void **state)
{
	struct capture_edid edid;
	const char *why;

	(void)state;
	load(&edid, "1080p60");
	for (size_t i = 0; i < edid.size; i++) {
		edid.data[i] ^= 0x10;
		assert_int_equal(capture_edid_check(edid.data, edid.size, &why),
				-EBADMSG);
		assert_true(why[0] != '\0');
		edid.data[i] ^= 0x10;
	}
	assert_int_equal(capture_edid_check(edid.data, edid.size, &why), 0);
}

static void wrong_sizes_are_refused(void **state)
{
	static const size_t sizes[] = {0, 1, 127, 128, 129, 255, 257, 384, 640};
	uint8_t data[640] = {0};
	struct capture_edid edid;
	const char *why;

	(void)state;
	load(&edid, "1080p60"); /* says that it has two blocks */
	memcpy(data, edid.data, edid.size);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		assert_int_equal(capture_edid_check(data, sizes[i], &why),
				-EBADMSG);
}

static void write_file(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), (ssize_t)size);
	close(fd);
}

static void a_file_is_read_and_checked(void **state)
{
	char path[] = "/tmp/rackhand-edid-XXXXXX";
	uint8_t long_file[1024] = {0};
	struct capture_edid edid, read_back;
	const char *why;

	(void)state;
	close(mkstemp(path));
	load(&edid, "720p60");
	write_file(path, edid.data, edid.size);
	load(&read_back, path);
	assert_int_equal(read_back.size, edid.size);
	assert_memory_equal(read_back.data, edid.data, edid.size);

	write_file(path, edid.data, edid.size - 1);
	assert_int_equal(capture_edid_load(&read_back, path, &why), -EBADMSG);
	write_file(path, long_file, sizeof(long_file));
	assert_int_equal(capture_edid_load(&read_back, path, &why), -EBADMSG);
	unlink(path);
	assert_int_equal(capture_edid_load(&read_back, path, &why), -ENOENT);
	assert_string_equal(why, "No such file or directory");
}

static void unknown_names_are_refused(void **state)
{
	static const char *const names[] = {
			"", "1080p", "1080P60", "edid.bin", "1280x1024 "};
	struct capture_edid edid;
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(capture_edid_load(&edid, names[i], &why),
				-ENOENT);
		assert_true(why[0] != '\0');
	}
	assert_int_equal(capture_edid_load(&edid, "/tmp", &why), -EISDIR);
}

static void is_written_as_text_and_read(void **state)
{
	struct capture_edid edid, again;
	char hex[CAPTURE_EDID_HEX_BYTES];
	const char *why;

	(void)state;
	load(&edid, "1080p60");
	capture_edid_format_hex(&edid, hex);
	assert_int_equal(strlen(hex), 2 * edid.size);
	assert_int_equal(capture_edid_parse_hex(&again, hex, &why), 0);
	assert_int_equal(again.size, edid.size);
	assert_memory_equal(again.data, edid.data, edid.size);
	hex[2] = 'F';
	assert_int_equal(capture_edid_parse_hex(&again, hex, &why), 0);
	hex[2] = 'g';
	assert_int_equal(capture_edid_parse_hex(&again, hex, &why), -EBADMSG);
	hex[1] = '\0';
	assert_int_equal(capture_edid_parse_hex(&again, hex, &why), -EBADMSG);
	assert_int_equal(capture_edid_parse_hex(&again, "", &why), -EBADMSG);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
			cmocka_unit_test(is_written_as_text_and_read),
			cmocka_unit_test(presets_prefer_the_mode_of_their_name),
			cmocka_unit_test(facts_are_those_of_the_preset),
			cmocka_unit_test(facts_of_others_are_shown_as_text),
			cmocka_unit_test(presets_pass_their_own_check),
			cmocka_unit_test(cea_presets_say_hdmi),
			cmocka_unit_test(each_wrong_byte_is_noticed),
			cmocka_unit_test(wrong_sizes_are_refused),
			cmocka_unit_test(a_file_is_read_and_checked),
			cmocka_unit_test(unknown_names_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
