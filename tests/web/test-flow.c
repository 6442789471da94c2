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

#include "core/clock.h"

#define GET "GET /path HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
#define LARGE_BYTES ((size_t)8 << 20)

static struct {
	struct core_bytes *body;
	struct web_stream *stream;
	unsigned closed;
	int rc;
} given;

static uint8_t byte_at(size_t offset)
{
	return (uint8_t)(offset * 7 + offset / 1009);
}

static void make_body(size_t size)
{
	core_bytes_unref(given.body);
	assert_int_equal(core_bytes_create(&given.body, size), 0);
	for (size_t i = 0; i < size; i++)
		given.body->data[i] = byte_at(i);
}

static int set_up(void **state)
{
	struct rig *rig = rig_create(NULL);

	memset(&given, 0, sizeof(given));
	rig->known = true;
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	rig_destroy(*state);
	core_bytes_unref(given.body);
	return 0;
}

/* ---- bodies ---------------------------------------------------------------*/

static void answer_with_body(struct rig *rig, struct web_request *request)
{
	(void)rig;
	web_request_reply(request, 200, NULL, 0, "application/octet-stream",
			given.body);
}

static void check_body(const struct rig_reply *reply, size_t size)
{
	assert_int_equal(reply->body_bytes, size);
	for (size_t i = 0; i < size; i++)
		if ((uint8_t)reply->body[i] != byte_at(i))
			fail_msg("byte %zu is wrong", i);
}

static void a_large_body_arrives_whole(void **state)
{
	struct rig *rig = *state;
	struct rig_reply reply;
	int fd = rig_connect(rig);

	rig->answer = answer_with_body;
	make_body(LARGE_BYTES);
	for (unsigned i = 0; i < 2; i++) {
		rig_send(rig, fd, GET);
		rig_read(rig, fd, &reply);
		check_body(&reply, LARGE_BYTES);
		rig_reply_finish(&reply);
	}
	assert_int_equal(given.body->refs, 1);
	close(fd);
}

/* Who reads slowly gets all of it, and meanwhile no copy of it is made. */
static void what_is_not_read_waits(void **state)
{
	struct rig *rig = *state;
	struct rig_reply reply;
	int fd = rig_connect(rig);
	size_t known;

	rig->answer = answer_with_body;
	make_body(LARGE_BYTES);
	rig_send(rig, fd, GET);
	assert_int_equal(given.body->refs, 2);
	assert_int_equal(web_server_count(rig->server, &known), 1);
	rig_read(rig, fd, &reply);
	check_body(&reply, LARGE_BYTES);
	rig_reply_finish(&reply);
	close(fd);
}

static void who_leaves_in_the_middle_is_forgotten(void **state)
{
	struct rig *rig = *state;
	char some[10000];
	size_t known;

	rig->answer = answer_with_body;
	make_body(LARGE_BYTES);
	for (unsigned i = 0; i < 20; i++) {
		int fd = rig_connect(rig);

		rig_send(rig, fd, GET);
		assert_true(recv(fd, some, sizeof(some), 0) > 0);
		close(fd);
		rig_run(rig);
	}
	while (web_server_count(rig->server, &known) > 0)
		rig_run(rig);
	rig_run(rig);
	assert_int_equal(given.body->refs, 1);
	assert_int_equal(rig->gone, 0);
}

static void the_end_of_the_server_ends_it(void **state)
{
	struct rig *rig = *state;
	int fd = rig_connect(rig);

	rig->answer = answer_with_body;
	make_body(LARGE_BYTES);
	rig_send(rig, fd, GET);
	web_server_destroy(rig->server);
	rig->server = NULL;
	assert_int_equal(given.body->refs, 1);
	close(fd);
}

/* Nobody can have many requests waiting in our memory. */
static void no_more_is_read_than_is_answered(void **state)
{
	struct rig *rig = *state;
	char text[4096];
	int length = sprintf(text,
			"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: %03999d\r\n\r\n",
			0);
	struct rig_reply reply;
	int fd = rig_connect(rig);
	unsigned sent = 0;

	rig->later = true;
	while (send(fd, text, (size_t)length, MSG_NOSIGNAL) == length) {
		assert_true(sent++ < 10000);
		rig_run(rig);
	}
	assert_int_equal(rig->whole, 1);
	rig->later = false;
	web_request_fail(rig->open, 404, "no");
	rig_read(rig, fd, &reply);
	assert_int_equal(reply.status, 404);
	rig_reply_finish(&reply);
	for (unsigned i = 1; i < sent; i++) {
		rig_read(rig, fd, &reply);
		assert_int_equal(reply.status, 200);
		rig_reply_finish(&reply);
	}
	close(fd);
}

static void expect_status(struct rig *rig, int fd, unsigned status)
{
	struct rig_reply reply;

	rig_read(rig, fd, &reply);
	assert_int_equal(reply.status, status);
	rig_reply_finish(&reply);
}

/* What is asked for and not read waits in our memory. */
static void of_one_source_only_so_much_waits(void **state)
{
	enum { FIT = WEB_BODIES_PER_SOURCE_MAX_BYTES / LARGE_BYTES };
	struct rig *rig = *state;
	int fds[FIT + 1];

	rig->answer = answer_with_body;
	make_body(LARGE_BYTES);
	for (size_t i = 0; i <= FIT; i++) {
		fds[i] = rig_connect(rig);
		rig_send(rig, fds[i], GET);
	}
	assert_int_equal(given.body->refs, 1 + FIT);
	expect_status(rig, fds[FIT], 503);
	make_body(1000);
	rig_send(rig, fds[FIT], GET);
	expect_status(rig, fds[FIT], 200);
	make_body(LARGE_BYTES);
	expect_status(rig, fds[0], 200);
	rig_send(rig, fds[FIT], GET);
	expect_status(rig, fds[FIT], 200);
	for (size_t i = 0; i <= FIT; i++)
		close(fds[i]);
}

static void of_all_only_so_much_waits(void **state)
{
	enum {
		EACH = WEB_BODIES_PER_SOURCE_MAX_BYTES / LARGE_BYTES,
		FIT = WEB_BODIES_MAX_BYTES / LARGE_BYTES,
	};
	struct rig *rig = *state;
	int fds[FIT + 1];

	rig->answer = answer_with_body;
	make_body(LARGE_BYTES);
	for (unsigned i = 0; i <= FIT; i++) {
		fds[i] = rig_connect_from(rig, i / EACH);
		rig_send(rig, fds[i], GET);
	}
	assert_int_equal(given.body->refs, 1 + FIT);
	expect_status(rig, fds[FIT], 503);
	close(fds[0]);
	while (given.body->refs > FIT)
		rig_run(rig);
	rig_send(rig, fds[FIT], GET);
	expect_status(rig, fds[FIT], 200);
	for (unsigned i = 1; i <= FIT; i++)
		close(fds[i]);
}

/* ---- server-sent events ---------------------------------------------------*/

static void on_closed(void *context)
{
	(void)context;
	given.closed++;
}

static void answer_with_stream(struct rig *rig, struct web_request *request)
{
	(void)rig;
	given.rc = web_request_stream(request, "text/event-stream", on_closed,
			NULL, &given.stream);
	if (given.rc < 0)
		web_request_fail(request, 503, "too many");
}

static int write_text(const char *text)
{
	struct core_bytes *bytes;
	int rc;

	assert_int_equal(core_bytes_copy(&bytes, text, strlen(text)), 0);
	rc = web_stream_write(given.stream, bytes);
	core_bytes_unref(bytes);
	return rc;
}

static int open_stream(struct rig *rig)
{
	struct rig_reply reply;
	int fd = rig_connect(rig);

	rig->answer = answer_with_stream;
	rig_send(rig, fd, GET);
	assert_non_null(given.stream);
	assert_int_equal(write_text(": hello\n\n"), 0);
	rig_read_headers(rig, fd, &reply);
	assert_int_equal(reply.status, 200);
	assert_string_equal(rig_header(&reply, "Content-Type"),
			"text/event-stream");
	assert_string_equal(rig_header(&reply, "Transfer-Encoding"), "chunked");
	rig_reply_finish(&reply);
	return fd;
}

static void expect_text(struct rig *rig, int fd, const char *text)
{
	char bytes[256] = "";
	uint64_t end_us = clock_now_us() + 30 * CLOCK_US_PER_S;
	size_t used = 0;

	while (used < strlen(text)) {
		ssize_t got = recv(fd, bytes + used, strlen(text) - used, 0);

		used += got > 0 ? (size_t)got : 0;
		assert_true(clock_now_us() < end_us);
		sd_event_run(rig->event, CLOCK_US_PER_MS);
	}
	assert_string_equal(bytes, text);
}

static void events_go_out_as_they_come(void **state)
{
	struct rig *rig = *state;
	int fd = open_stream(rig);

	expect_text(rig, fd, "9\r\n: hello\n\n\r\n");
	assert_int_equal(write_text("data: 1\n\n"), 0);
	expect_text(rig, fd, "9\r\ndata: 1\n\n\r\n");
	rig_run(rig);
	assert_int_equal(write_text("data: 2\n\n"), 0);
	assert_int_equal(write_text(""), 0);
	assert_int_equal(write_text("data: 3\n\n"), 0);
	web_stream_end(given.stream);
	expect_text(rig, fd, "12\r\ndata: 2\n\ndata: 3\n\n\r\n0\r\n\r\n");
	rig_run(rig);
	assert_int_equal(given.closed, 0);

	/* And the connection is there for more. */
	rig->answer = NULL;
	rig_send(rig, fd, GET);
	expect_text(rig, fd, "HTTP/1.1 200 OK\r\n");
	close(fd);
}

static void a_reader_that_leaves_is_told_of(void **state)
{
	struct rig *rig = *state;
	int fd = open_stream(rig);

	close(fd);
	rig_run_until(rig, &given.closed, 1);
	rig_run(rig);
	assert_int_equal(given.closed, 1);
}

static void a_reader_that_reads_nothing_is_dropped(void **state)
{
	struct rig *rig = *state;
	int fd = open_stream(rig);
	unsigned written = 0;

	make_body(10000);
	while (web_stream_write(given.stream, given.body) == 0) {
		assert_true(written++ < 100000);
		rig_run(rig);
	}
	/* No less than was promised, and no more than all buffers hold. */
	assert_true(written * 10000 >= WEB_STREAM_MAX_BYTES - 10000);
	rig_run_until(rig, &given.closed, 1);
	rig_run(rig);
	assert_int_equal(given.body->refs, 1);
	close(fd);
}

static void an_end_of_the_server_is_told_to_streams(void **state)
{
	struct rig *rig = *state;
	int fd = open_stream(rig);

	web_server_destroy(rig->server);
	rig->server = NULL;
	assert_int_equal(given.closed, 1);
	close(fd);
}

static void an_ended_stream_may_lose_its_reader(void **state)
{
	struct rig *rig = *state;
	int fd = open_stream(rig);
	size_t known;

	make_body(100000);
	assert_int_equal(web_stream_write(given.stream, given.body), 0);
	web_stream_end(given.stream);
	close(fd);
	while (web_server_count(rig->server, &known) > 0)
		rig_run(rig);
	rig_run(rig);
	assert_int_equal(given.closed, 0);
	assert_int_equal(given.body->refs, 1);
}

static void a_stranger_gets_no_stream(void **state)
{
	struct rig *rig = *state;

	rig->known = false;
	rig->answer = answer_with_stream;
	assert_int_equal(rig_ask(rig, GET), 503);
	assert_null(given.stream);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(a_large_body_arrives_whole),
			TEST(what_is_not_read_waits),
			TEST(who_leaves_in_the_middle_is_forgotten),
			TEST(the_end_of_the_server_ends_it),
			TEST(no_more_is_read_than_is_answered),
			TEST(of_one_source_only_so_much_waits),
			TEST(of_all_only_so_much_waits),
			TEST(events_go_out_as_they_come),
			TEST(a_reader_that_leaves_is_told_of),
			TEST(a_reader_that_reads_nothing_is_dropped),
			TEST(an_end_of_the_server_is_told_to_streams),
			TEST(an_ended_stream_may_lose_its_reader),
			TEST(a_stranger_gets_no_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
