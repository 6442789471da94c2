/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/config/loading.h"

/* Each line of a text is a line of the file. */
#define VNC "vnc { listen = \"127.0.0.1:5900\" security = none }\n"
#define DEMO "capture { source = demo }\n"
#define V4L2 "capture { source = v4l2 device = /dev/video0 }\n"
#define VNC2 "vnc { listen = \"127.0.0.1:5902\" security = none }\n"
#define V4L2_2 "capture { source = v4l2 device = /dev/video2 }\n"

struct wrong {
	const char *text;
	unsigned line;
	const char *what; /* begins so */
};

static void expect(const struct wrong *wrong)
{
	struct loading loading;
	int rc = loading_from_text(&loading, wrong->text);

	if (rc != -EINVAL || loading.complaints_n != 1 || !loading.what ||
			loading.line != wrong->line ||
			strncmp(loading.what, wrong->what,
					strlen(wrong->what)) != 0)
		fail_msg("for:\n%s\nwanted :%u: %s\ngot %s (rc %d, %zu complaints)",
				wrong->text, wrong->line, wrong->what,
				loading.complaint, rc, loading.complaints_n);
	assert_null(loading.config);
}

#define EXPECT_ALL(table)                                                      \
	do {                                                                   \
		for (size_t i_ = 0; i_ < sizeof(table) / sizeof((table)[0]);   \
				i_++)                                          \
			expect(&(table)[i_]);                                  \
	} while (0)

static void refuses_what_is_no_text(void **state)
{
	static const struct wrong table[] = {
			{"# a\r\n", 1, "carriage return; save"},
			{"\n# \x01\n", 2, "control character 0x01; "},
			{"\n\n\"\x7f\"", 3, "control character 0x7f; "},
			{"\n\xc3\xa4 = 1", 2, "a letter that is not ASCII; "},
	};
	struct loading loading;

	(void)state;
	EXPECT_ALL(table);
	assert_int_equal(loading_from_bytes(&loading, "\n#\0\n", 4), -EINVAL);
	assert_int_equal(loading.line, 2);
	assert_string_equal(loading.what,
			"control character 0x00; the file must be plain text");
}

static void refuses_what_is_too_large(void **state)
{
	struct loading loading;
	char *big = malloc(65537);

	(void)state;
	assert_non_null(big);
	memset(big, '\n', 65537);
	assert_int_equal(loading_from_bytes(&loading, big, 65537), -EINVAL);
	assert_string_equal(loading.what,
			"the file is too large; at most 65536 bytes");
	assert_int_equal(loading_from_bytes(&loading, big, 65536), -EINVAL);
	assert_memory_equal(loading.what, "there is no target; ", 20);
	memset(big, '$', 65536); /* grows most when it is copied */
	big[0] = '"';
	assert_int_equal(loading_from_bytes(&loading, big, 65536), -EINVAL);
	assert_string_equal(loading.what,
			"this string is too long; at most 1024 bytes");
	for (size_t i = 0; i < 65536; i++)
		big[i] = "{}"[i % 2];
	assert_int_equal(loading_from_bytes(&loading, big, 65536), -EINVAL);
	assert_string_equal(loading.what, "too many sections; at most 256");
	free(big);
}

static void finds_where_something_does_not_end(void **state)
{
	static const struct wrong table[] = {
			{"\ntarget a {\n" DEMO VNC, 2,
					"the file ends inside the section that begins here; "},
			{"target a {\ncapture {\nsource = demo\n}\n\n", 1,
					"the file ends inside the section"},
			{"target a {\ncapture {\nsource = demo\n", 2,
					"the file ends inside the section"},
			{"\n/* }\n * x", 2, "this comment does not end; "},
			{"\nlog_level = \"info\n\"", 2,
					"this string does not end; close it with \" "},
			{"\nlog_level = 'info", 2,
					"this string does not end; close it with ' "},
			{"log_level = \"info\\\n\"", 1,
					"\"\\\" before something else"},
			{"log_level =", 1, "premature end of file; finish it"},
			{"\nlog_level", 2, "premature end of file; finish it"},
			{"target", 1, "premature end of file; finish it"},
			{"\n}\n", 2, "\"}\" closes nothing; "},
			{"{{{{{{{{\n{", 2, "sections nest too deep; "},
	};

	(void)state;
	EXPECT_ALL(table);
}

static void refuses_stray_punctuation(void **state)
{
	static const struct wrong table[] = {
			{"log_level = info;\n", 1, "unexpected \";\"; "},
			{"\nlog_level = ${HOME}\n", 2, "unexpected \"$\"; "},
			{"log_level = \\x\n", 1, "unexpected \"\\\"; "},
			{"capture|source = demo\n", 1, "unexpected \"|\"; "},
			{"log_level += info\n", 1, "unexpected \"+\"; "},
			{"include(\"/etc/passwd\")\n", 1, "unexpected \"(\"; "},
			{"log_level = * info\n", 1, "unexpected \"*\"; "},
			{"\n\"\" = info", 2,
					"an empty string; write something "},
			{"target '' { }", 1, "an empty string; write "},
			{"log_level = \"\\n\"", 1,
					"\"\\\" before something else"},
			{"log_level = '\\\"'", 1,
					"\"\\\" before something else"},
			{"log_level = \"\\060\"", 1,
					"\"\\\" before something else"},
	};

	(void)state;
	EXPECT_ALL(table);
}

static void refuses_wrong_grammar(void **state)
{
	static const struct wrong table[] = {
			{"log_level\ninfo\n", 2,
					"missing equal sign after option 'log_level'; write key = "},
			{"= 1", 1, "unexpected token '='; write key = \"value\" or section { ... }"},
			{"\nlog_level = = 1", 2, "unexpected token '='; "},
			{"\nlog_level = { info }", 2, "unexpected token '{'; "},
			{"target {\n}", 1,
					"missing title for section 'target'; write target \"name\" { ... } or macro \"name\" { ... }"},
			{"target a = 1", 1,
					"missing opening brace for section 'target'; write section { ... }"},
			{"target a {\ncapture = demo }", 2,
					"missing opening brace for section 'capture'; "},
			{"target a {\ncapture x { source = demo } }", 2,
					"missing opening brace for section 'capture'; "},
			{"target a {\ncapture { source { } } }", 2,
					"missing equal sign after option 'source'; "},
			{"{\n}", 1, "unexpected token '{'; "},
	};

	(void)state;
	EXPECT_ALL(table);
}

static void names_unknown_keys_and_sections(void **state)
{
	static const struct wrong table[] = {
			{"# one\ntarget a { capture {\n devise = /dev/video0 } }",
					3,
					"unknown key \"devise\" in section capture; known here: source, device, subdevice, format, edid, damage_threshold, file, size, colour, rate"},
			{"\nlog = info", 2,
					"unknown key \"log\" outside of any section; known here: log_level, tls_certificate, tls_key, sections web, macro, target"},
			{"/* 1\n 2 */\ncapture { }", 3,
					"unknown key \"capture\" outside of any section; "},
			{"target a {\n" DEMO "source = demo }", 3,
					"unknown key \"source\" in section target; known here: sections capture, usb, vnc, keyboard, macro"},
			{"target a { usb {\n\ndevice = /dev/video0 } }", 3,
					"unknown key \"device\" in section usb; known here: udc, pointer"},
			{"target a { vnc { port = 5900 } }", 1,
					"unknown key \"port\" in section vnc; known here: listen, security, password_file, password_role, viewers_max, shared, control, banner, login_limit, idle_limit, session_limit"},
			{"target a { \"capture|source\" = demo }", 1,
					"unknown key \"source\" in section "},
			{"Log_Level = info", 1, "unknown key \"Log_Level\" "},

	};

	(void)state;
	EXPECT_ALL(table);
}

static void refuses_what_stands_twice(void **state)
{
	static const struct wrong table[] = {
			{"log_level = info\n\nlog_level = info\n", 3,
					"key \"log_level\" stands twice, first in line 1; remove one"},
			{"target a { capture { source = v4l2\nsource = v4l2 } }",
					2,
					"key \"source\" stands twice, first in line 1; "},
			{"target a {\n" DEMO VNC "capture {\n} }", 4,
					"section capture stands twice in this target, first in line 2; join the two"},
			{"target a {\n" DEMO VNC "\n" DEMO "}", 5,
					"section capture stands twice in this target, first in line 2; "},
			{"target a {\n" VNC V4L2 "usb { }\n\nusb { } }", 6,
					"section usb stands twice in this target, first in line 4; "},
			{"target a {\n" DEMO VNC "}\ntarget a {\n" DEMO VNC2
			 "}",
					5,
					"found duplicate title 'a'; give each "},
	};

	(void)state;
	EXPECT_ALL(table);
}

/* A key of one target is no repetition of another target's. */
static void forgets_between_targets(void **state)
{
	struct loading loading;

	(void)state;
	assert_int_equal(loading_from_text(&loading,
					 "target a {\n" DEMO VNC "}\n"
					 "target b {\n" DEMO VNC2 "}\n"),
			0);
	config_destroy(loading.config);
}

static const struct {
	const char *section;
	const char *key;
	const char *value;
	const char *wants;
} wrong_values[] = {
		{"capture", "source", "hdmi", "\"v4l2\", \"demo\" or \"file\""},
		{"capture", "source", "V4L2", "\"v4l2\", \"demo\" or \"file\""},
		{"capture", "device", "video0", "an absolute path "},
		{"capture", "device", "./video0", "an absolute path "},
		{"capture", "device", "/", "an absolute path "},
		{"capture", "subdevice", "~/x", "an absolute path "},
		{"capture", "format", "YUY", "four letters or digits "},
		{"capture", "format", "YUYV2", "four letters "},
		{"capture", "format", "YU V", "four letters "},
		{"capture", "edid", "1080p", "\"1080p60\", "},
		{"capture", "edid", "edid.bin", "\"1080p60\", "},
		{"capture", "damage_threshold", "65", "a number from 0 to 64"},
		{"capture", "damage_threshold", "-1", "a number from 0 to 64"},
		{"capture", "damage_threshold", "2%", "a number from 0 to 64"},
		{"capture", "file", "frames.yuyv", "the absolute path "},
		{"capture", "size", "1920", "width and height in "},
		{"capture", "size", "1920x", "width and height in "},
		{"capture", "size", "x1080", "width and height in "},
		{"capture", "size", "0x1080", "width and height in "},
		{"capture", "size", "1920X1080", "width and height in "},
		{"capture", "size", "1920x1080x", "width and height in "},
		{"capture", "size", "-2x2", "width and height in "},
		{"capture", "size", "19200x2", "width and height in "},
		{"capture", "colour", "bt709", "\"bt601\", \"bt709\" "},
		{"capture", "colour", "bt709 FULL", "\"bt601\", "},
		{"capture", "rate", "241", "frames a second from 1 "},
		{"capture", "rate", "29.97", "frames a second from 1 "},
		{"capture", "rate", "-1", "frames a second from 1 "},
		{"usb", "udc", "..", "a name as in /sys/class/udc, "},
		{"usb", "udc", "a/b", "a name as in /sys/class/udc, "},
		{"usb", "udc", "a b", "a name as in /sys/class/udc, "},
		{"usb", "pointer", "tablet", "\"absolute\" or \"relative\""},
		{"vnc", "listen", "5900", "an address and port such "},
		{"vnc", "listen", "localhost:5900", "an address and "},
		{"vnc", "listen", "127.0.0.1:0", "an address and port "},
		{"vnc", "listen", "unix:x.sock", "an address and port "},
		{"vnc", "security", "tls", "one or more of x509plain, "},
		{"vnc", "security", "x509plain  x509vnc", "one or more of "},
		{"vnc", "security", "x509plain ", "one or more of "},
		{"vnc", "security", "x509plain,x509vnc", "one or more of "},
		{"vnc", "security", "x509plainx509vncx509", "one or more of "},
		{"vnc", "password_role", "root",
				"\"viewer\", \"operator\" or "},
		{"vnc", "shared", "yes", "\"asked\", \"always\" or "},
		{"vnc", "control", "yes", "\"idle\", \"ask\" or \"seize\""},
		{"vnc", "banner", "on", "\"off\", \"changes\" or "},
		{"vnc", "login_limit", "0", "a time from \"5s\" to \"5m\""},
		{"vnc", "login_limit", "4s", "a time from \"5s\" to "},
		{"vnc", "login_limit", "301s", "a time from \"5s\" to "},
		{"vnc", "login_limit", "60", "a time from \"5s\" to "},
		{"vnc", "idle_limit", "30", "a time from 1 to 999 of "},
		{"vnc", "idle_limit", "1000s", "a time from 1 to 999 of "},
		{"vnc", "idle_limit", "0m", "a time from 1 to 999 of "},
		{"vnc", "session_limit", "1h30m", "a time from 1 to 999 of "},
		{"vnc", "password_file", "secret", "an absolute path "},
		{"vnc", "viewers_max", "0", "a number from 1 to 100"},
		{"vnc", "viewers_max", "101", "a number from 1 to 100"},
		{"vnc", "viewers_max", "-1", "a number from 1 to 100"},
		{"vnc", "viewers_max", "0x8", "a number from 1 to 100"},
		{"vnc", "viewers_max", "4294967297", "a number from 1 to 100"},
		{"vnc", "viewers_max", "ten", "a number from 1 to 100"},
};

static void refuses_wrong_values(void **state)
{

	(void)state;
	for (size_t i = 0; i < sizeof(wrong_values) / sizeof(wrong_values[0]);
			i++) {
		char text[256];
		char what[256];
		const struct wrong wrong = {text, 3, what};

		snprintf(text, sizeof(text),
				"target a {\n%s {\n%s = \"%s\"\n}\n}",
				wrong_values[i].section, wrong_values[i].key,
				wrong_values[i].value);
		snprintf(what, sizeof(what), "%s = \"%s\" is wrong; write %s",
				wrong_values[i].key, wrong_values[i].value,
				wrong_values[i].wants);
		expect(&wrong);
	}
	expect(&(struct wrong){"\nlog_level = 3", 2,
			"log_level = \"3\" is wrong; write \"error\", \"warning\", \"info\" or \"debug\""});
}

static void cuts_a_long_value_short(void **state)
{
	char text[1100] = "log_level = \"";
	struct loading loading;

	(void)state;
	memset(text + strlen(text), 'x', 1000);
	strcat(text, "\"");
	assert_int_equal(loading_from_text(&loading, text), -EINVAL);
	assert_in_range(strlen(loading.complaint), 80, 200);
}

static void refuses_keys_that_do_not_go_together(void **state)
{
	static const struct wrong table[] = {
			{"target a {\ncapture {\n}\n}", 2,
					"section capture lacks its source; add source = \"v4l2\", \"demo\" or \"file\""},
			{"target a {\ncapture { source = v4l2\n}\n}", 2,
					"source = \"v4l2\" lacks its device; add "},
			{"target a { capture { source = demo\ndevice = /dev/x } }",
					2,
					"device does not go with source = \"demo\"; remove it, or write source = \"v4l2\""},
			{"target a { capture { subdevice = /dev/x\nsource = demo } }",
					1,
					"subdevice does not go with source = \"demo\"; "},
			{"target a { capture { source = demo\nformat = YUYV } }",
					2,
					"format does not go with source = \"demo\"; remove it, or write source = \"v4l2\" or \"file\""},
			{"target a { capture { source = demo\nedid = 720p60 } }",
					2,
					"edid does not go with source = \"demo\"; "},
			{"target a { capture { source = demo\ndamage_threshold = 0 } }",
					2,
					"damage_threshold does not go with source = \"demo\"; "},
			{"target a { capture { source = demo\nrate = 3 } }", 2,
					"rate does not go with source = \"demo\"; "},
			{"target a { capture { source = v4l2\nsize = 2x2 } }",
					2,
					"size does not go with source = \"v4l2\"; remove it, or write source = \"file\""},
			{"target a { capture { source = file\nedid = 720p60 } }",
					2,
					"edid does not go with source = \"file\"; "},
			{"target a {\ncapture { source = file\n} }", 2,
					"source = \"file\" lacks its file; add "},
			{"target a {\ncapture { source = file file = /f } }", 2,
					"source = \"file\" lacks its size; add "},
			{"target a {\ncapture { source = file file = /f size = 2x2 } }",
					2,
					"source = \"file\" lacks its format; add "},
	};

	(void)state;
	EXPECT_ALL(table);
}

static void refuses_ways_in_that_make_no_sense(void **state)
{
	static const struct wrong table[] = {
			{"target a {\n\nvnc {\nsecurity = none }\n}", 3,
					"section vnc lacks its address; add "},
			{"target a {\nvnc { listen = \"0.0.0.0:1\"\nsecurity = none }\n}",
					3,
					"security = \"none\" would let the whole network type; listen on 127.0.0.1, "},
			{"target a {\nvnc { listen = \"[fe80::1]:1\"\nsecurity = none }\n}",
					3,
					"security = \"none\" would let the whole network type; "},
			{"target a {\nvnc { listen = \"[::1]:1\"\nsecurity = vncauth }\n}",
					3,
					"security with x509vnc, tlsvnc or vncauth lacks its secret; add password_file = "},
			{"target a {\nvnc { listen = \"[::1]:1\"\nsecurity = \"x509plain none\" }\n}",
					3, "security = \"none\" stands alone"},
			{"target a {\nvnc { listen = \"[::1]:1\" security = x509plain\npassword_file = /p }\n}",
					3,
					"password_file does not go with this security; "},
			{"target a {\nvnc { listen = \"[::1]:1\"\npassword_role = viewer }\n}",
					3,
					"password_role without a password_file means "},
			{"tls_key = /k\ntarget a {\n" DEMO
			 "vnc { listen = \"[::1]:1\" } }",
					1,
					"tls_key lacks its certificate; add "},
			{"tls_certificate = /c\ntarget a {\n" DEMO
			 "vnc { listen = \"[::1]:1\" } }",
					1,
					"tls_certificate lacks its key; add tls_key = "},
			{"target a {\nvnc { listen = \"[::1]:1\"\nsecurity = none\npassword_file = /p }\n}",
					4,
					"password_file does not go with this security; "},
			{"target a {\n" DEMO VNC "usb { } }", 4,
					"a target with source = \"demo\" brings its own USB; remove "},
	};

	(void)state;
	EXPECT_ALL(table);
}

static void refuses_incomplete_targets(void **state)
{
	static const struct wrong table[] = {
			{"", 0, "there is no target; add one, "},
			{"log_level = info", 0, "there is no target; "},
			{"\ntarget a {\n" VNC "}", 2,
					"target \"a\" has no picture; add capture "},
			{"\ntarget a {\n" DEMO "}", 2,
					"target \"a\" cannot be reached; add vnc "},

			{"target \"a b\" {\n" DEMO VNC "}", 1,
					"target name \"a b\" is wrong; write 1 to 32 of "},
			{"target \"../x\" {\n" DEMO VNC "}", 1,
					"target name \"../x\" is wrong; "},
			{"target abcdefghijklmnopqrstuvwxyz0123456 {\n" DEMO VNC
			 "}",
					1, "target name \"abcdefghij"},
	};

	(void)state;
	EXPECT_ALL(table);
}

static void refuses_what_targets_would_share(void **state)
{
	static const struct wrong table[] = {
			{"target a {\n" V4L2 VNC "}\ntarget b {\n" V4L2 VNC2
			 "}",
					6,
					"device \"/dev/video0\" already belongs to target \"a\"; write another"},
			{"target a {\n" V4L2 VNC "}\ntarget b {\n" V4L2_2 VNC
			 "}",
					7,
					"target \"a\" already listens on \"127.0.0.1:5900\"; write another port"},
			{"target a {\n" DEMO VNC "}\ntarget b {\n" DEMO
			 "vnc { listen = \"0.0.0.0:5900\"\n"
			 "security = vncauth password_file = /p } }",
					7,
					"target \"a\" already listens on \"127.0.0.1:5900\"; "},
			{"target a {\n" DEMO VNC "}\ntarget b {\n" DEMO
			 "vnc { listen = \"[::]:5900\"\n"
			 "security = vncauth password_file = /p } }",
					7,
					"target \"a\" already listens on \"127.0.0.1:5900\"; "},
			{"target a {\n" DEMO
			 "vnc { listen = \"[::]:5900\" security = vncauth\n"
			 "password_file = /p } }\ntarget b {\n" DEMO
			 "vnc { listen = \"[::1]:5900\" security = none } }",
					7,
					"target \"a\" already listens on \"[::]:5900\"; "},
			{"target a {\n" DEMO
			 "vnc { listen = \"unix:/s\" security = none } }\n"
			 "target b {\n" DEMO
			 "vnc { listen = \"unix:/s\" security = none } }",
					6,
					"target \"a\" already listens on \"unix:/s\"; "},
			{"target a { capture { source = v4l2 device = /dev/a subdevice = /s }\n" VNC
			 "}\ntarget b { capture { source = v4l2 device = /dev/b subdevice = /s }\n" VNC2
			 "}",
					4,
					"subdevice \"/s\" already belongs to target \"a\"; "},
			{"target a {\n" V4L2 VNC
			 "usb { udc = u } }\ntarget b {\n" V4L2_2 VNC2
			 "usb { udc = u } }",
					8,
					"udc \"u\" already belongs to target \"a\"; write another"},
			{"target a {\n" V4L2 VNC
			 "usb { udc = u } }\ntarget b {\n" V4L2_2 VNC2
			 "usb { } }",
					8,
					"targets \"a\" and \"b\" both have a usb section; add udc = "},
			{"target a {\n" V4L2 VNC
			 "usb { } }\ntarget b {\n" V4L2_2 VNC2
			 "usb { udc = u } }",
					8,
					"targets \"a\" and \"b\" both have a usb section; "},
	};

	(void)state;
	EXPECT_ALL(table);
}

/* The same port on different addresses, and IPv4 beside IPv6, do not clash. */
static void allows_neighbours(void **state)
{
	static const char *const pairs[][2] = {
			{"127.0.0.1:5900", "127.0.0.2:5900"},
			{"127.0.0.1:5900", "127.0.0.1:5901"},
			{"127.0.0.1:5900", "[::1]:5900"},
			{"unix:/a", "unix:/b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct loading loading;
		char text[512];

		snprintf(text, sizeof(text),
				"target a { " DEMO
				"vnc { listen = \"%s\" security = none } }\n"
				"target b { " DEMO
				"vnc { listen = \"%s\" security = none } }\n",
				pairs[i][0], pairs[i][1]);
		assert_int_equal(loading_from_text(&loading, text), 0);
		config_destroy(loading.config);
	}
}

static void counts_targets(void **state)
{
	struct loading loading;
	char text[8192] = "";

	(void)state;
	for (int i = 0; i < CONFIG_TARGETS_MAX + 1; i++) {
		size_t used = strlen(text);

		assert_int_equal(loading_from_text(&loading, text),
				i == 0 ? -EINVAL : 0);
		config_destroy(loading.config);
		snprintf(text + used, sizeof(text) - used,
				"target t%d {\n" DEMO
				"vnc { listen = \"127.0.0.1:%d\" security = none }\n}\n",
				i, i + 1);
	}
	assert_int_equal(loading_from_text(&loading, text), -EINVAL);
	assert_int_equal(loading.line, 4 * CONFIG_TARGETS_MAX + 1);
	assert_string_equal(loading.what, "too many targets; at most 16");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(refuses_what_is_no_text),
			cmocka_unit_test(refuses_what_is_too_large),
			cmocka_unit_test(finds_where_something_does_not_end),
			cmocka_unit_test(refuses_stray_punctuation),
			cmocka_unit_test(refuses_wrong_grammar),
			cmocka_unit_test(names_unknown_keys_and_sections),
			cmocka_unit_test(refuses_what_stands_twice),
			cmocka_unit_test(forgets_between_targets),
			cmocka_unit_test(refuses_wrong_values),
			cmocka_unit_test(cuts_a_long_value_short),
			cmocka_unit_test(refuses_keys_that_do_not_go_together),
			cmocka_unit_test(refuses_ways_in_that_make_no_sense),
			cmocka_unit_test(refuses_incomplete_targets),
			cmocka_unit_test(refuses_what_targets_would_share),
			cmocka_unit_test(allows_neighbours),
			cmocka_unit_test(counts_targets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
