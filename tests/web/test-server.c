/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/web/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define GET "GET /path?a=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

static int set_up(void **state)
{
	*state = rig_create(NULL);
	return 0;
}

static int tear_down(void **state)
{
	rig_destroy(*state);
	return 0;
}

static void a_request_is_answered(void **state)
{
	struct rig *rig = *state;
	struct rig_reply reply;
	int fd = rig_connect(rig);

	rig_send(rig, fd, GET);
	rig_read(rig, fd, &reply);
	assert_int_equal(reply.status, 200);
	assert_string_equal(reply.body, "well");
	assert_string_equal(rig->method, "GET");
	assert_string_equal(rig->path, "/path");
	assert_string_equal(rig_header(&reply, "Content-Type"), "text/plain");
	rig_reply_finish(&reply);
	close(fd);
}

static void a_strangers_connection_ends_with_the_reply(void **state)
{
	struct rig *rig = *state;
	struct rig_reply reply;
	int fd = rig_connect(rig);

	rig_send(rig, fd, GET);
	rig_read(rig, fd, &reply);
	assert_string_equal(rig_header(&reply, "Connection"), "close");
	rig_reply_finish(&reply);
	rig_expect_end(rig, fd);
	close(fd);
}

static void a_known_connection_stays(void **state)
{
	struct rig *rig = *state;
	struct rig_reply reply;
	int fd = rig_connect(rig);
	size_t known;

	rig->known = true;
	for (unsigned i = 0; i < 3; i++) {
		rig_send(rig, fd, GET);
		rig_read(rig, fd, &reply);
		assert_int_equal(reply.status, 200);
		assert_null(rig_header(&reply, "Connection"));
		rig_reply_finish(&reply);
	}
	assert_int_equal(web_server_count(rig->server, &known), 1);
	assert_int_equal(known, 1);
	close(fd);
	rig_run(rig);
	assert_int_equal(web_server_count(rig->server, &known), 0);
	assert_int_equal(known, 0);
}

static void an_answer_may_come_later(void **state)
{
	struct rig *rig = *state;
	struct rig_reply reply;
	int fd = rig_connect(rig);

	rig->later = true;
	rig_send(rig, fd, GET);
	rig_run_until(rig, &rig->whole, 1);
	rig_run(rig);
	web_request_fail(rig->open, 403, "not \"%s\"", "you");
	rig_read(rig, fd, &reply);
	assert_int_equal(reply.status, 403);
	assert_string_equal(reply.body, "{\"error\":\"not \\\"you\\\"\"}");
	rig_reply_finish(&reply);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test_setup_teardown(a_request_is_answered,
					set_up, tear_down),
			cmocka_unit_test_setup_teardown(
					a_strangers_connection_ends_with_the_reply,
					set_up, tear_down),
			cmocka_unit_test_setup_teardown(
					a_known_connection_stays, set_up,
					tear_down),
			cmocka_unit_test_setup_teardown(
					an_answer_may_come_later, set_up,
					tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
