/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Requests on the control socket that take time.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "server/control.h"

#define PATIENCE_US (20 * CLOCK_US_PER_S)
#define PING "{\"verb\":\"ping\"}\n"
#define LATER "{\"verb\":\"later\"}\n"

struct rig {
	sd_event *event;
	struct server_control *control;
	char path[64];
	unsigned pings;
	struct server_control_call *call; /* of "later" */
	char heard[512];
};

static json_t *succeed(json_t *result)
{
	return json_pack("{s:b, s:o}", "ok", 1, "result", result);
}

static json_t *refuse(const char *words)
{
	return json_pack("{s:b, s:s}", "ok", 0, "error", words);
}

static void on_asked(void *context, uid_t uid, json_t *request,
		struct server_control_call *call)
{
	const char *verb = json_string_value(json_object_get(request, "verb"));
	struct rig *rig = context;

	(void)uid;
	if (strcmp(verb, "ping") == 0) {
		server_control_reply(call, succeed(json_integer(++rig->pings)));
	} else if (strcmp(verb, "now") == 0) {
		server_control_reply(call,
				json_object_get(request, "fail")
						? NULL
						: refuse("not today"));
	} else {
		assert_null(rig->call);
		rig->call = call;
	}
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	snprintf(rig->path, sizeof(rig->path), "/tmp/rackhand-calls-%d",
			(int)getpid());
	assert_true(sd_event_new(&rig->event) >= 0);
	assert_int_equal(server_control_create(&rig->control, rig->event,
					 rig->path, on_asked, rig),
			0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	server_control_destroy(rig->control);
	sd_event_unref(rig->event);
	free(rig);
	return 0;
}

static int dial(const struct rig *rig)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_int_not_equal(fd, -1);
	strcpy(address.sun_path, rig->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address,
					 sizeof(address)),
			0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL),
			strlen(text));
}

/* What comes until there are so many lines, or the other end hangs up. */
static const char *hear(struct rig *rig, int fd, unsigned lines)
{
	uint64_t give_up_us = clock_now_us() + PATIENCE_US;
	size_t used = 0;

	while (lines > 0) {
		ssize_t got = recv(fd, rig->heard + used, 1, 0);

		assert_true(clock_now_us() < give_up_us);
		if (got == -1 && errno == EAGAIN) {
			sd_event_run(rig->event, CLOCK_US_PER_MS);
			continue;
		}
		if (got <= 0)
			break;
		lines -= rig->heard[used++] == '\n';
		assert_true(used < sizeof(rig->heard));
	}
	rig->heard[used] = '\0';
	return rig->heard;
}

static void wait_for_call(struct rig *rig)
{
	uint64_t give_up_us = clock_now_us() + PATIENCE_US;

	while (!rig->call) {
		assert_true(clock_now_us() < give_up_us);
		sd_event_run(rig->event, CLOCK_US_PER_MS);
	}
}

static void settle(struct rig *rig)
{
	while (sd_event_run(rig->event, 0) > 0)
		;
}

static void reply(struct rig *rig, json_t *whole)
{
	struct server_control_call *call = rig->call;

	rig->call = NULL;
	server_control_reply(call, whole);
}

/* The next request waits as long; others do not. */
static void an_answer_may_take_time(void **state)
{
	struct rig *rig = *state;
	int other = dial(rig);
	int fd = dial(rig);

	say(fd, LATER PING);
	wait_for_call(rig);
	say(fd, PING);
	say(other, PING);
	assert_string_equal(
			hear(rig, other, 1), "{\"ok\":true,\"result\":1}\n");
	settle(rig);
	assert_int_equal(rig->pings, 1);

	reply(rig, succeed(json_string("at last")));
	assert_string_equal(hear(rig, fd, 3),
			"{\"ok\":true,\"result\":\"at last\"}\n"
			"{\"ok\":true,\"result\":2}\n"
			"{\"ok\":true,\"result\":3}\n");
	say(fd, LATER);
	wait_for_call(rig);
	reply(rig, refuse("it went wrong"));
	assert_string_equal(hear(rig, fd, 1),
			"{\"ok\":false,\"error\":\"it went wrong\"}\n");
	say(fd, LATER);
	wait_for_call(rig);
	reply(rig, NULL);
	assert_string_equal(hear(rig, fd, 1), ""); /* hung up: no memory */
	close(fd);
	close(other);
}

static void an_answer_may_come_at_once(void **state)
{
	struct rig *rig = *state;
	int fd = dial(rig);

	say(fd, "{\"verb\":\"now\"}\n" PING);
	assert_string_equal(hear(rig, fd, 2),
			"{\"ok\":false,\"error\":\"not today\"}\n"
			"{\"ok\":true,\"result\":1}\n");
	say(fd, "{\"verb\":\"now\",\"fail\":1}\n");
	assert_string_equal(hear(rig, fd, 1), ""); /* hung up: no memory */
	close(fd);
}

static void who_leaves_before_the_answer_gets_none(void **state)
{
	struct rig *rig = *state;
	int fd = dial(rig);
	int next;

	say(fd, LATER);
	wait_for_call(rig);
	close(fd);
	settle(rig);
	next = dial(rig); /* takes the free place */
	say(next, PING);
	assert_string_equal(hear(rig, next, 1), "{\"ok\":true,\"result\":1}\n");
	reply(rig, succeed(json_string("too late")));
	say(next, PING);
	assert_string_equal(hear(rig, next, 1), "{\"ok\":true,\"result\":2}\n");
	close(next);
}

static void the_socket_may_end_before_the_answer(void **state)
{
	struct rig *rig = *state;
	int fd = dial(rig);

	say(fd, LATER);
	wait_for_call(rig);
	server_control_destroy(rig->control);
	rig->control = NULL;
	reply(rig, succeed(json_string("too late")));
	assert_string_equal(hear(rig, fd, 1), "");
	close(fd);
}

int main(void)
{
#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			TEST(an_answer_may_take_time),
			TEST(an_answer_may_come_at_once),
			TEST(who_leaves_before_the_answer_gets_none),
			TEST(the_socket_may_end_before_the_answer),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
