/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/web/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define POST "POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n\r\n"

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

static unsigned post(struct rig *rig, size_t said, size_t sent)
{
	char *text = calloc(1, sent + 200);
	unsigned status;
	size_t used;

	assert_non_null(text);
	used = (size_t)sprintf(text, POST "Content-Length: %zu\r\n\r\n", said);
	memset(text + used, 'x', sent);
	status = rig_ask(rig, text);
	free(text);
	return status;
}

static void a_body_may_be_as_long_as_was_said(void **state)
{
	struct rig *rig = *state;

	rig->body_max = 100000;
	assert_int_equal(post(rig, 100000, 100000), 200);
	assert_int_equal(rig->body_bytes, 100000);
	for (size_t i = 0; i < rig->body_bytes; i++)
		assert_int_equal(rig->body[i], 'x');
}

/* Before any of it is read. */
static void a_longer_one_is_refused(void **state)
{
	struct rig *rig = *state;

	rig->body_max = 100000;
	assert_int_equal(post(rig, 100001, 0), 413);
	assert_int_equal(post(rig, 100001, 100001), 413);
	assert_int_equal(rig->whole, 0);
	assert_int_equal(rig->gone, 2);
}

static void where_none_is_taken_none_may_come(void **state)
{
	struct rig *rig = *state;

	rig->body_max = 0;
	assert_int_equal(post(rig, 1, 1), 413);
	assert_int_equal(rig_ask(rig, POST CHUNKED "0\r\n\r\n"), 413);
	assert_int_equal(rig->whole, 0);
	assert_int_equal(post(rig, 0, 0), 200);
	assert_int_equal(rig_ask(rig, POST "\r\n"), 200);
	assert_int_equal(rig->whole, 2);
}

static void chunks_make_one_body(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(
			rig_ask(rig,
					POST CHUNKED
					"5\r\nhello\r\n1\r\n \r\n00005\r\nworld\r\n0\r\n\r\n"),
			200);
	assert_int_equal(rig->body_bytes, 11);
	assert_string_equal(rig->body, "hello world");
}

static void chunks_have_the_same_limit(void **state)
{
	struct rig *rig = *state;

	rig->body_max = 10;
	assert_int_equal(rig_ask(rig,
					 POST CHUNKED
					 "a\r\n0123456789\r\n0\r\n\r\n"),
			200);
	assert_int_equal(
			rig_ask(rig,
					POST CHUNKED
					"a\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n"),
			413);
	assert_int_equal(rig->whole, 1);
	assert_int_equal(rig->gone, 1);
}

/* Nobody reads it to an end that never comes. */
static void endless_chunks_end_with_the_connection(void **state)
{
	static char chunk[65536 + 9] = "10000\r\n";
	struct rig *rig = *state;
	int fd = rig_connect(rig);

	memset(chunk + 7, 'x', 65536);
	memcpy(chunk + 7 + 65536, "\r\n", 2);
	rig_send(rig, fd, POST CHUNKED);
	for (unsigned i = 0; i < 64 && rig->gone == 0; i++)
		rig_send_bytes(rig, fd, chunk, sizeof(chunk));
	assert_int_equal(rig->gone, 1);
	assert_int_equal(rig->whole, 0);
	close(fd);
}

static void who_asks_whether_it_may_come_is_told(void **state)
{
	struct rig *rig = *state;
	struct rig_reply reply;
	int fd = rig_connect(rig);

	rig_send(rig, fd,
			POST
			"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
	rig_read_headers(rig, fd, &reply);
	assert_int_equal(reply.status, 100);
	rig_reply_finish(&reply);
	rig_send(rig, fd, "hello");
	rig_read(rig, fd, &reply);
	assert_int_equal(reply.status, 200);
	rig_reply_finish(&reply);
	assert_string_equal(rig->body, "hello");
	close(fd);
	assert_int_equal(
			rig_ask(rig,
					POST
					"Content-Length: 1025\r\nExpect: 100-continue\r\n\r\n"),
			413);
}

/* The reply is read whole, though not all was read of the request. */
static void a_request_may_be_answered_before_its_body(void **state)
{
	struct rig *rig = *state;
	struct rig_reply reply;
	int fd = rig_connect(rig);

	rig->known = true;
	rig->body_max = 100000;
	rig_send(rig, fd, POST "\r\n");
	rig_read(rig, fd, &reply);
	rig_reply_finish(&reply);

	rig->early = true;
	rig_send(rig, fd, POST "Content-Length: 100000\r\n\r\n");
	for (unsigned i = 0; i < 50; i++)
		rig_send(rig, fd, "0123456789");
	rig_read(rig, fd, &reply);
	assert_int_equal(reply.status, 200);
	assert_string_equal(reply.body, "well");
	assert_string_equal(rig_header(&reply, "Connection"), "close");
	rig_reply_finish(&reply);
	/* What it sends yet is not refused, or it might not read the reply. */
	for (unsigned i = 0; i < 50; i++) {
		assert_int_equal(send(fd, "0123456789", 10, MSG_NOSIGNAL), 10);
		rig_run(rig);
	}
	rig_expect_end(rig, fd);
	assert_int_equal(rig->whole, 1);
	assert_int_equal(rig->gone, 0);
	close(fd);
}

static void a_request_may_come_byte_by_byte(void **state)
{
	static const char text[] = POST "Content-Length: 5\r\n\r\nhello";
	struct rig *rig = *state;
	struct rig_reply reply;
	int fd = rig_connect(rig);

	for (size_t i = 0; text[i] != '\0'; i++)
		rig_send_bytes(rig, fd, text + i, 1);
	rig_read(rig, fd, &reply);
	assert_int_equal(reply.status, 200);
	assert_string_equal(rig->body, "hello");
	rig_reply_finish(&reply);
	close(fd);
}

/* Of what has begun, each is answered or gone, once. */
static void a_request_may_be_cut_at_each_byte(void **state)
{
	static const char text[] = POST CHUNKED "5\r\nhello\r\n0\r\n\r\n";
	struct rig *rig = *state;
	size_t known;

	for (size_t cut = 0; cut < sizeof(text) - 1; cut++) {
		unsigned begun = rig->begun;
		int fd = rig_connect(rig);

		rig->gone = 0;
		rig_send_bytes(rig, fd, text, cut);
		close(fd);
		while (web_server_count(rig->server, &known) > 0)
			rig_run(rig);
		rig_run(rig);
		assert_int_equal(rig->gone, rig->begun - begun);
		assert_null(rig->open);
	}
	assert_int_equal(rig->whole, 0);
	assert_true(rig->begun > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(a_body_may_be_as_long_as_was_said),
			TEST(a_longer_one_is_refused),
			TEST(where_none_is_taken_none_may_come),
			TEST(chunks_make_one_body),
			TEST(chunks_have_the_same_limit),
			TEST(endless_chunks_end_with_the_connection),
			TEST(who_asks_whether_it_may_come_is_told),
			TEST(a_request_may_be_answered_before_its_body),
			TEST(a_request_may_come_byte_by_byte),
			TEST(a_request_may_be_cut_at_each_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
