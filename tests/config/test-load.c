/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/config/loading.h"

#define DEMO                                                                   \
	"target \"demo\" {\n"                                                  \
	"\tcapture { source = \"demo\" }\n"                                    \
	"\tvnc { listen = \"127.0.0.1:5901\" security = \"none\" }\n"          \
	"}\n"

#define RACK(name, device, udc, port)                                          \
	"target \"" name "\" {\n"                                              \
	"\tcapture { source = \"v4l2\" device = \"" device "\" }\n"            \
	"\tusb { udc = \"" udc "\" }\n"                                        \
	"\tvnc { listen = \"127.0.0.1:" port "\" security = \"none\" }\n"      \
	"}\n"

static struct config *load(const char *text)
{
	struct loading loading;
	int rc = loading_from_text(&loading, text);

	if (rc < 0)
		print_error("%s\n", loading.complaint);
	assert_int_equal(rc, 0);
	assert_non_null(loading.config);
	assert_int_equal(loading.complaints_n, 0);
	return loading.config;
}

static void loads_the_documented_example(void **state)
{
	struct config *config = load(
			"target \"rack1\" {\n"
			"    capture { source = \"v4l2\"  device = \"/dev/video0\" }\n"
			"    usb     { udc = \"dummy_udc.0\" }\n"
			"    vnc     { listen = \"127.0.0.1:5900\"  security = \"none\" }\n"
			"}\n" DEMO);
	const struct config_target *target =
			config_find_target(config, "rack1");
	char address[CORE_ADDRESS_TEXT_BYTES];

	(void)state;
	assert_int_equal(config->targets_n, 2);
	assert_int_equal(config->log_level, LOG_LEVEL_INFO);
	assert_ptr_equal(target, &config->targets[0]);
	assert_int_equal(target->capture.source, CONFIG_SOURCE_V4L2);
	assert_string_equal(target->capture.device, "/dev/video0");
	assert_null(target->capture.subdevice);
	assert_null(target->capture.format);
	assert_null(target->capture.edid);
	assert_int_equal(target->capture.damage_threshold, 0);
	assert_true(target->usb.enabled);
	assert_string_equal(target->usb.udc, "dummy_udc.0");
	core_address_format(&target->vnc.listen, address);
	assert_string_equal(address, "127.0.0.1:5900");
	assert_int_equal(target->vnc.security, CONFIG_SECURITY_NONE);
	assert_null(target->vnc.password_file);
	assert_int_equal(target->vnc.viewers_max, 100);
	assert_int_equal(target->vnc.login_limit_s, 10);

	target = config_find_target(config, "demo");
	assert_int_equal(target->capture.source, CONFIG_SOURCE_DEMO);
	assert_null(target->capture.device);
	assert_false(target->usb.enabled);
	assert_null(config_find_target(config, "rack2"));
	config_destroy(config);
}

static void loads_every_key(void **state)
{
	struct config *config = load(
			"log_level = \"debug\"\n"
			"target \"a_B-9\" {\n"
			"capture { source = v4l2 device = /dev/v4l/by-path/x:1.0\n"
			"subdevice = '/dev/v4l-subdev0' format = \"MJPG\"\n"
			"edid = \"1080p60\" damage_threshold = 64 }\n"
			"usb { pointer = relative }\n"
			"vnc { listen = \"[::]:5900\" security = \"vncauth\"\n"
			"password_file = \"/etc/rackhand/secret\" viewers_max = 3 }\n"
			"}\n");
	const struct config_target *target = &config->targets[0];

	(void)state;
	assert_int_equal(config->log_level, LOG_LEVEL_DEBUG);
	assert_string_equal(target->name, "a_B-9");
	assert_string_equal(target->capture.device, "/dev/v4l/by-path/x:1.0");
	assert_string_equal(target->capture.subdevice, "/dev/v4l-subdev0");
	assert_string_equal(target->capture.format, "MJPG");
	assert_string_equal(target->capture.edid, "1080p60");
	assert_int_equal(target->capture.edid_line, 5);
	assert_int_equal(target->capture.damage_threshold, 64);
	assert_true(target->usb.enabled);
	assert_null(target->usb.udc);
	assert_int_equal(target->usb.pointer, CONFIG_POINTER_RELATIVE);
	assert_int_equal(target->vnc.security, CONFIG_SECURITY_VNCAUTH);
	assert_string_equal(target->vnc.password_file, "/etc/rackhand/secret");
	assert_int_equal(target->vnc.password_file_line, 8);
	assert_int_equal(target->vnc.viewers_max, 3);
	config_destroy(config);
}

static void loads_a_file_of_frames(void **state)
{
	struct config *config = load(
			"target a { capture { source = file\n"
			"file = \"/frames.yuyv\" size = 1920x1080 format = YUYV\n"
			"colour = \"bt709 limited\" rate = 0 }\n"
			"vnc { listen = \"127.0.0.1:1\" security = none } }\n"
			"target b { capture { source = file\n"
			"file = \"/frames.yuyv\" size = 9999x1 format = BGR3 }\n"
			"usb { }\n"
			"vnc { listen = \"127.0.0.1:2\" security = none } }\n");
	const struct config_capture *capture = &config->targets[0].capture;

	(void)state;
	assert_int_equal(capture->source, CONFIG_SOURCE_FILE);
	assert_string_equal(capture->file, "/frames.yuyv");
	assert_int_equal(capture->file_line, 2);
	assert_int_equal(capture->width_px, 1920);
	assert_int_equal(capture->height_px, 1080);
	assert_string_equal(capture->format, "YUYV");
	assert_string_equal(capture->colour, "bt709 limited");
	assert_int_equal(capture->rate, 0);
	assert_false(config->targets[0].usb.enabled);

	capture = &config->targets[1].capture;
	assert_int_equal(capture->width_px, 9999);
	assert_int_equal(capture->height_px, 1);
	assert_null(capture->colour);
	assert_int_equal(capture->rate, 30);
	assert_true(config->targets[1].usb.enabled);
	config_destroy(config);
}

static void allows_comments_everywhere(void **state)
{
	struct config *config = load(
			"# one\n// two \"quote\n/* three {\n four */"
			"target # a } here\n \"demo\" /* b */ { // c\n"
			"capture /* d */ { source /* e */ = # f\n\"demo\" } # g\n"
			"vnc { listen = \"127.0.0.1:5901\" security = none }\n"
			"} # no newline at the end");

	(void)state;
	assert_int_equal(config->targets_n, 1);
	config_destroy(config);
}

/* What looks like the environment or an escape arrives as it was written. */
static void takes_dollars_literally(void **state)
{
	static const struct {
		const char *written;
		const char *meant;
	} cases[] = {
			{"\"/a/${HOME}/b\"", "/a/${HOME}/b"},
			{"'/a/${HOME}/b'", "/a/${HOME}/b"},
			{"\"/a/$HOME$\"", "/a/$HOME$"},
			{"\"/a/$${HOME}\"", "/a/$${HOME}"},
			{"\"/a/\\\\${HOME}\"", "/a/\\${HOME}"},
			{"'/a/\\\\${HOME}'", "/a/\\${HOME}"},
			{"\"/a/\\\"$\"", "/a/\"$"},
			{"\"/a/#b//c/*d*/{}\"", "/a/#b//c/*d*/{}"},
			{"\"/a/\xc3\xa4\"", "/a/\xc3\xa4"},
	};

	(void)state;
	assert_non_null(getenv("HOME"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512] = "target a { capture { source = v4l2 device = ";
		struct config *config;

		strcat(text, cases[i].written);
		strcat(text, " } vnc { listen = \"[::1]:1\" security = none } }");
		config = load(text);
		assert_string_equal(config->targets[0].capture.device,
				cases[i].meant);
		config_destroy(config);
	}
}

/* No two of them are the same. */
static const char *const variants[] = {
		"a { capture { source = v4l2 device = /dev/a } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"b { capture { source = v4l2 device = /dev/a } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = demo } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = file file = /f size = 4x2 format = YUYV } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = file file = /g size = 4x2 format = YUYV } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = file file = /f size = 2x4 format = YUYV } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = file file = /f size = 4x2 format = UYVY } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = file file = /f size = 4x2 format = YUYV colour = 'bt709 full' } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = file file = /f size = 4x2 format = YUYV rate = 0 } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = v4l2 device = /dev/b } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = v4l2 device = /dev/a subdevice = /s } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = v4l2 device = /dev/a format = YUYV } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = v4l2 device = /dev/a edid = 720p60 } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = v4l2 device = /dev/a damage_threshold = 1 } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = v4l2 device = /dev/a } usb { } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = v4l2 device = /dev/a } usb { udc = u } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = v4l2 device = /dev/a } usb { pointer = relative } "
		"vnc { listen = \"127.0.0.1:1\" security = none } }",
		"a { capture { source = v4l2 device = /dev/a } "
		"vnc { listen = \"127.0.0.1:2\" security = none } }",
		"a { capture { source = v4l2 device = /dev/a } "
		"vnc { listen = \"127.0.0.1:1\" security = vncauth password_file = /p } }",
		"a { capture { source = v4l2 device = /dev/a } "
		"vnc { listen = \"127.0.0.1:1\" security = vncauth password_file = /q } }",
		"a { capture { source = v4l2 device = /dev/a } "
		"vnc { listen = \"127.0.0.1:1\" security = none viewers_max = 1 } }",
};

static void tells_targets_apart_by_every_setting(void **state)
{
	enum { N = sizeof(variants) / sizeof(variants[0]) };
	struct config *configs[2][N];

	(void)state;
	for (size_t i = 0; i < 2 * N; i++) {
		char text[512] = "target ";

		configs[i / N][i % N] = load(strcat(text, variants[i % N]));
	}
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < N; j++)
			assert_int_equal(config_target_equal(
							 &configs[0][i]->targets
									  [0],
							 &configs[1][j]->targets
									  [0]),
					i == j);
	for (size_t i = 0; i < 2 * N; i++)
		config_destroy(configs[i / N][i % N]);
}

static void loads_the_installed_example(void **state)
{
	struct loading loading = {0};

	(void)state;
	assert_int_equal(config_load(&loading.config, "config/rackhand.conf",
					 NULL, NULL),
			0);
	assert_int_equal(loading.config->targets_n, 1);
	assert_string_equal(loading.config->targets[0].name, "demo");
	config_destroy(loading.config);
}

static void keep_line(void *context, const char *line)
{
	strncpy(context, line, 255);
}

static void names_a_file_that_cannot_be_read(void **state)
{
	static const struct {
		const char *path;
		int rc;
		const char *complaint;
	} cases[] = {
			{"/nonexistent/rackhand.conf", -ENOENT,
					"/nonexistent/rackhand.conf:0: cannot be read: No such file or directory; write "},
			{"/tmp", -EISDIR,
					"/tmp:0: cannot be read: Is a directory; write "},
			{"/dev/null", -EINVAL,
					"/dev/null:0: cannot be read: Not a regular file; write "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config *config = (struct config *)&config;
		char line[256] = "";

		assert_int_equal(config_load(&config, cases[i].path, keep_line,
						 line),
				cases[i].rc);
		assert_null(config);
		line[strlen(cases[i].complaint)] = '\0';
		assert_string_equal(line, cases[i].complaint);
	}
}

static void serves_as_many_targets_as_it_says(void **state)
{
	struct config *config = load(RACK("a", "/dev/a", "ua", "1")
					RACK("b", "/dev/b", "ub", "2") DEMO);

	(void)state;
	assert_int_equal(config->targets_n, 3);
	assert_string_equal(config->targets[1].usb.udc, "ub");
	config_destroy(config);
	config_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(loads_the_documented_example),
			cmocka_unit_test(loads_every_key),
			cmocka_unit_test(loads_a_file_of_frames),
			cmocka_unit_test(allows_comments_everywhere),
			cmocka_unit_test(takes_dollars_literally),
			cmocka_unit_test(tells_targets_apart_by_every_setting),
			cmocka_unit_test(loads_the_installed_example),
			cmocka_unit_test(names_a_file_that_cannot_be_read),
			cmocka_unit_test(serves_as_many_targets_as_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
