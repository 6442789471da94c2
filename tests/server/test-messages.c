/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Every message of a viewer in every role, over a socket to a real target:
 * what comes out at its keyboard, and what is answered.
 */
#include "server/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"
#include "server/permissions.h"
#include "vnc/figures.h"

#define PATIENCE_US (30 * CLOCK_US_PER_S)

/* A fence that asks to be echoed: its payload is looked for in the answer. */
#define ECHO "canary"
#define FENCE                                                                  \
	"\xf8\0\0\0"                                                           \
	"\x80\0\0\0"                                                           \
	"\x06" ECHO

static const struct {
	const char *name;
	enum vnc_message_kind kind;
	const char *bytes;
	size_t size;
} messages[] = {
#define MESSAGE(name, kind, bytes)                                             \
	{                                                                      \
		name, VNC_MESSAGE_##kind, bytes, sizeof(bytes) - 1             \
	}
		MESSAGE("SetPixelFormat", SET_PIXEL_FORMAT,
				"\0\0\0\0"
				"\x20\x18\0\1\0\xff\0\xff\0\xff\x10\x08\0\0\0\0"),
		MESSAGE("SetEncodings", SET_ENCODINGS,
				"\2\0\0\1"
				"\0\0\0\0"),
		MESSAGE("FramebufferUpdateRequest", UPDATE_REQUEST,
				"\3\0"
				"\0\0\0\0\0\1\0\1"),
		MESSAGE("KeyEvent", KEY,
				"\4\1\0\0"
				"\0\0\0\x61"),
		MESSAGE("QEMU key event", KEY,
				"\xff\0\0\1"
				"\0\0\0\x61"
				"\0\0\0\x1e"),
		MESSAGE("PointerEvent", POINTER,
				"\5\1"
				"\0\1\0\1"),
		MESSAGE("ClientCutText", CUT_TEXT,
				"\6\0\0\0"
				"\0\0\0\3"
				"cut"),
		MESSAGE("EnableContinuousUpdates", CONTINUOUS_UPDATES,
				"\x96\1"
				"\0\0\0\0\0\1\0\1"),
		MESSAGE("ClientFence", FENCE, FENCE),
		MESSAGE("SetDesktopSize", SET_DESKTOP_SIZE,
				"\xfb\0"
				"\0\x10\0\x10"
				"\1\0"
				"\0\0\0\0\0\0\0\0\0\x10\0\x10\0\0\0\0"),
#undef MESSAGE
};
#define MESSAGES (sizeof(messages) / sizeof(messages[0]))

struct test {
	char folder[64];
	struct server_shared shared;
	struct config_target config;
	struct server_target *target;
	struct server_target_parts parts;
	int fd;
	char heard[1 << 16]; /* the newest of what the server said */
	size_t heard_bytes;
};

/* ---- the target -------------------------------------------------------------
 */

static int set_up(void **state)
{
	struct test *test = calloc(1, sizeof(*test));
	static char name[] = "rack1";
	char listen[128];

	assert_non_null(test);
	log_set_level(LOG_LEVEL_ERROR);
	strcpy(test->folder, "/tmp/rackhand-test-XXXXXX");
	assert_non_null(mkdtemp(test->folder));
	assert_true(sd_event_new(&test->shared.event) >= 0);
	assert_int_equal(core_workers_create(&test->shared.workers,
					 test->shared.event, 1),
			0);
	assert_int_equal(core_workers_create(&test->shared.library,
					 test->shared.event, 1),
			0);
	assert_int_equal(server_access_create(&test->shared.access,
					 test->shared.event, test->folder),
			0);
	snprintf(listen, sizeof(listen), "unix:%s/vnc", test->folder);
	test->config.name = name;
	test->config.capture.source = CONFIG_SOURCE_DEMO;
	assert_int_equal(core_address_parse(&test->config.vnc.listen, listen),
			0);
	test->config.vnc.security = CONFIG_SECURITY_NONE;
	test->config.vnc.viewers_max = 2;
	assert_int_equal(server_target_create(&test->target, &test->shared,
					 &test->config, -1),
			0);
	test->parts = server_target_get_parts(test->target);
	*state = test;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const files[] = {"audit.jsonl", "vnc", "."};
	struct test *test = *state;
	char path[128];

	server_target_destroy(test->target);
	server_access_destroy(test->shared.access);
	core_workers_destroy(test->shared.library);
	core_workers_destroy(test->shared.workers);
	sd_event_unref(test->shared.event);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", test->folder, files[i]);
		remove(i == 2 ? test->folder : path);
	}
	free(test);
	return 0;
}

/* ---- the viewer -------------------------------------------------------------
 */

static struct server_session *session_of(const struct test *test)
{
	return server_session_next(test->shared.access->sessions, NULL);
}

static uint64_t forbidden(const struct test *test)
{
	return vnc_server_get_figures(test->parts.vnc)->forbidden;
}

static uint64_t reports(const struct test *test)
{
	return hid_input_get_stats(test->parts.input).reports;
}

static void hear(struct test *test)
{
	ssize_t got;

	if (test->heard_bytes > sizeof(test->heard) / 2)
		test->heard_bytes = 0; /* pictures */
	got = recv(test->fd, test->heard + test->heard_bytes,
			sizeof(test->heard) - test->heard_bytes, MSG_DONTWAIT);
	if (got > 0)
		test->heard_bytes += (size_t)got;
}

static void turn(struct test *test)
{
	assert_true(sd_event_run(test->shared.event, 20 * CLOCK_US_PER_MS) >=
			0);
	hear(test);
}

static bool has_heard(const struct test *test, const char *bytes)
{
	return memmem(test->heard, test->heard_bytes, bytes, strlen(bytes));
}

#define RUN_UNTIL(test, condition)                                             \
	do {                                                                   \
		uint64_t end_us = clock_now_us() + PATIENCE_US;                \
                                                                               \
		while (!(condition)) {                                         \
			assert_true(clock_now_us() < end_us);                  \
			turn(test);                                            \
		}                                                              \
	} while (0)

static void say(struct test *test, const char *bytes, size_t size)
{
	assert_int_equal(send(test->fd, bytes, size, MSG_NOSIGNAL),
			(ssize_t)size);
}

/* In, with all extensions known, and in that role. */
static void join_as(struct test *test, enum server_role role)
{
	static const char hello[] = "RFB 003.008\n\1\1"
				    "\2\0\0\4"
				    "\0\0\0\0"
				    "\xff\xff\xfe\xcc"
				    "\xff\xff\xfe\xc8"
				    "\xff\xff\xfe\xc7" FENCE;
	const struct core_address *to = &test->config.vnc.listen;

	test->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
			connect(test->fd, (const struct sockaddr *)&to->storage,
					to->length),
			0);
	test->heard_bytes = 0;
	say(test, hello, sizeof(hello) - 1);
	RUN_UNTIL(test, has_heard(test, ECHO));
	test->heard_bytes = 0;
	session_of(test)->role = role;
}

static void settle(struct test *test)
{
	while (sd_event_run(test->shared.event, 0) > 0)
		continue;
}

/* What it held is let go, too. */
static void leave(struct test *test)
{
	close(test->fd);
	RUN_UNTIL(test, !session_of(test));
	settle(test);
}

/* ---- the walk ---------------------------------------------------------------
 */

static bool types(enum vnc_message_kind kind)
{
	return kind == VNC_MESSAGE_KEY || kind == VNC_MESSAGE_POINTER;
}

static void expect_nothing_typed(struct test *test, uint64_t reports_before)
{
	settle(test);
	assert_true(reports(test) == reports_before);
}

/* Message and fence behind it: both are forbidden, or the fence is echoed. */
static void try(struct test *test, size_t index, enum server_role role)
{
	enum vnc_message_kind kind = messages[index].kind;
	bool permitted = server_permissions_suffice(
			role, server_permissions_for_message(kind));
	uint64_t forbidden_before, reports_before;

	join_as(test, role);
	forbidden_before = forbidden(test);
	reports_before = reports(test);
	say(test, messages[index].bytes, messages[index].size);
	say(test, FENCE, sizeof(FENCE) - 1);
	if (role == SERVER_ROLE_NONE)
		RUN_UNTIL(test, forbidden(test) == forbidden_before + 2);
	else
		RUN_UNTIL(test, has_heard(test, ECHO));
	if (role != SERVER_ROLE_NONE &&
			forbidden(test) - forbidden_before != !permitted)
		fail_msg("%s of %s", messages[index].name,
				server_role_text(role));
	if (types(kind) && permitted)
		RUN_UNTIL(test, reports(test) > reports_before);
	else
		expect_nothing_typed(test, reports_before);
	leave(test);
}

static void walks_every_message_and_role(void **state)
{
	struct test *test = *state;
	bool walked[VNC_MESSAGE_KINDS] = {false};

	for (size_t i = 0; i < MESSAGES; i++) {
		for (int role = 0; role < SERVER_ROLES; role++)
			try(test, i, (enum server_role)role);
		walked[messages[i].kind] = true;
	}
	for (int kind = 0; kind < VNC_MESSAGE_KINDS; kind++)
		assert_true(walked[kind]);
}

/* The answer to SetDesktopSize: ExtendedDesktopSize, reason 1, status 1. */
static void answers_only_who_may_ask(void **state)
{
	static const char refused[] = {0, 1, 0, 1};
	struct test *test = *state;

	for (int role = SERVER_ROLE_VIEWER; role < SERVER_ROLES; role++) {
		bool answered;

		join_as(test, (enum server_role)role);
		for (size_t i = 0; i < MESSAGES; i++)
			if (messages[i].kind == VNC_MESSAGE_SET_DESKTOP_SIZE)
				say(test, messages[i].bytes, messages[i].size);
		say(test, messages[2].bytes, messages[2].size);
		RUN_UNTIL(test, test->heard_bytes > 16);
		answered = memmem(test->heard, test->heard_bytes, refused,
				sizeof(refused));
		assert_int_equal(answered, role >= SERVER_ROLE_OPERATOR);
		leave(test);
	}
}

/* How many reports it takes when a viewer is closed that holds a key. */
static uint64_t close_typing(struct test *test, bool goes_on)
{
	uint64_t before;

	join_as(test, SERVER_ROLE_OPERATOR);
	before = reports(test);
	say(test, "\4\1\0\0\0\0\0\x61", 8);
	RUN_UNTIL(test, reports(test) > before);
	before = reports(test);
	server_session_close(session_of(test), "because");
	if (goes_on)
		say(test, "\4\1\0\0\0\0\0\x62", 8);
	RUN_UNTIL(test, !session_of(test));
	while (sd_event_run(test->shared.event, 0) > 0)
		continue;
	close(test->fd);
	return reports(test) - before;
}

/* Revoked in the midst of typing: what was pressed is released, and no more. */
static void hears_nothing_of_who_was_closed(void **state)
{
	struct test *test = *state;
	uint64_t released;

	close_typing(test, false); /* the first release is of everything */
	released = close_typing(test, false);
	assert_true(released > 0);
	assert_true(close_typing(test, true) == released);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
			TEST(walks_every_message_and_role),
			TEST(answers_only_who_may_ask),
			TEST(hears_nothing_of_who_was_closed),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
