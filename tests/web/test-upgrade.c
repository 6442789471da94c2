/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/web/rig.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/stream.h"

#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define HEAD "GET /rfb HTTP/1.1\r\nHost: 127.0.0.1\r\n"
#define UPGRADE "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define GOOD HEAD UPGRADE VERSION KEY

struct hand {
	struct rig *rig;
	struct net_stream *stream;
	unsigned done;
	unsigned readable;
	unsigned closed;
	int rc; /* of asking for it */
	bool had_peer;
};

/* The one that the rig's handler gives requests to. */
static struct hand hand;

static void on_readable(void *context)
{
	((struct hand *)context)->readable++;
}

static void on_drained(void *context)
{
	(void)context;
}

static void on_closed(void *context, int rc)
{
	(void)rc;
	((struct hand *)context)->closed++;
}

static const struct net_stream_handler stream_handler = {
		.readable = on_readable,
		.drained = on_drained,
		.closed = on_closed,
};

static void on_done(void *context, struct net_stream *stream,
		const struct core_address *peer)
{
	struct hand *taker = context;

	taker->done++;
	taker->stream = stream;
	taker->had_peer = peer && peer->storage.ss_family == AF_INET;
	if (stream)
		net_stream_set_handler(stream, &stream_handler, taker);
}

static void answer(struct rig *rig, struct web_request *request)
{
	(void)rig;
	hand.rc = web_request_upgrade(request, on_done, &hand);
	if (hand.rc < 0)
		web_request_fail(request, 426, "ask well");
}

static int set_up(void **state)
{
	struct rig *rig = rig_create(NULL);

	hand = (struct hand){.rig = rig};
	rig->answer = answer;
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	net_stream_destroy(hand.stream);
	rig_destroy(*state);
	return 0;
}

static int upgrade(struct rig *rig, const char *request)
{
	struct rig_reply reply;
	int fd = rig_connect(rig);

	rig_send(rig, fd, request);
	rig_read_headers(rig, fd, &reply);
	assert_int_equal(reply.status, 101);
	rig_reply_finish(&reply);
	return fd;
}

static void a_well_asked_one_is_accepted(void **state)
{
	struct rig *rig = *state;
	struct rig_reply reply;
	int fd = rig_connect(rig);

	rig_send(rig, fd,
			GOOD "Sec-WebSocket-Protocol: base64, binary\r\n\r\n");
	rig_read_headers(rig, fd, &reply);
	assert_int_equal(reply.status, 101);
	/* RFC 6455, 1.3. */
	assert_string_equal(rig_header(&reply, "Sec-WebSocket-Accept"),
			"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	assert_string_equal(rig_header(&reply, "Upgrade"), "websocket");
	assert_string_equal(rig_header(&reply, "Connection"), "Upgrade");
	assert_string_equal(
			rig_header(&reply, "Sec-WebSocket-Protocol"), "binary");
	rig_reply_finish(&reply);
	close(fd);
}

static void a_protocol_is_named_only_if_it_was_offered(void **state)
{
	struct rig *rig = *state;
	struct rig_reply reply;
	int fd = rig_connect(rig);

	rig_send(rig, fd, GOOD "Sec-WebSocket-Protocol: xbinary\r\n\r\n");
	rig_read_headers(rig, fd, &reply);
	assert_int_equal(reply.status, 101);
	assert_null(rig_header(&reply, "Sec-WebSocket-Protocol"));
	rig_reply_finish(&reply);
	close(fd);
}

static void both_ends_talk_over_the_same_connection(void **state)
{
	static const uint8_t hello[] = {0x82, 0x85, 1, 2, 3, 4, 'h' ^ 1,
			'e' ^ 2, 'l' ^ 3, 'l' ^ 4, 'o' ^ 1};
	struct rig *rig = *state;
	int fd = upgrade(rig, GOOD "\r\n");
	const uint8_t *bytes;
	uint8_t frame[6];
	size_t size, known;

	rig_run_until(rig, &hand.done, 1);
	assert_non_null(hand.stream);
	assert_true(hand.had_peer);
	rig_send_bytes(rig, fd, hello, sizeof(hello));
	rig_run_until(rig, &hand.readable, 1);
	bytes = net_stream_peek(hand.stream, &size);
	assert_int_equal(size, 5);
	assert_memory_equal(bytes, "hello", 5);
	net_stream_write(hand.stream, "well", 4);
	net_stream_flush(hand.stream);
	rig_run(rig);
	assert_int_equal(read(fd, frame, sizeof(frame)), sizeof(frame));
	assert_memory_equal(frame, "\x82\x04well", 6);

	/* The web server has nothing to do with it any more. */
	assert_int_equal(web_server_count(rig->server, &known), 0);
	close(fd);
	rig_run_until(rig, &hand.closed, 1);
}

/* Nobody could know the answer. */
static void bytes_ahead_of_the_answer_end_it(void **state)
{
	struct rig *rig = *state;
	int fd = rig_connect(rig);
	struct rig_reply reply;

	rig->later = true;
	rig_send(rig, fd, GOOD "\r\n");
	rig_run_until(rig, &rig->whole, 1);
	rig_send(rig, fd, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
	answer(rig, rig->open);
	rig_run_until(rig, &hand.done, 1);
	assert_null(hand.stream);
	rig_read_headers(rig, fd, &reply);
	assert_int_equal(reply.status, 0);
	rig_reply_finish(&reply);
	close(fd);
}

static void frames_ahead_of_the_answer_end_it_too(void **state)
{
	struct rig *rig = *state;
	int fd = rig_connect(rig);

	rig->later = true;
	rig_send(rig, fd, GOOD "\r\n");
	rig_run_until(rig, &rig->whole, 1);
	answer(rig, rig->open);
	assert_int_equal(write(fd, "\x82\x80\0\0\0\0", 6), 6);
	rig_run_until(rig, &hand.done, 1);
	if (hand.stream)
		rig_run(rig); /* they came behind it, in spite of all */
	close(fd);
}

/* Before the stream changes hands, or behind that. */
static void who_leaves_meanwhile_is_told_of(void **state)
{
	struct rig *rig = *state;
	int fd = rig_connect(rig);

	rig->later = true;
	rig_send(rig, fd, GOOD "\r\n");
	rig_run_until(rig, &rig->whole, 1);
	close(fd);
	answer(rig, rig->open);
	rig_run_until(rig, &hand.done, 1);
	if (hand.stream)
		rig_run_until(rig, &hand.closed, 1);
	assert_int_equal(rig->gone, 0);
}

static void an_end_of_the_server_is_told_of(void **state)
{
	struct rig *rig = *state;
	int fd = rig_connect(rig);

	rig->later = true;
	rig_send(rig, fd, GOOD "\r\n");
	rig_run_until(rig, &rig->whole, 1);
	answer(rig, rig->open);
	web_server_destroy(rig->server);
	rig->server = NULL;
	assert_int_equal(hand.done, 1);
	assert_null(hand.stream);
	close(fd);
}

static void what_was_taken_over_outlives_the_server(void **state)
{
	struct rig *rig = *state;
	int fd = upgrade(rig, GOOD "\r\n");

	rig_run_until(rig, &hand.done, 1);
	web_server_destroy(rig->server);
	rig->server = NULL;
	assert_non_null(hand.stream);
	net_stream_write(hand.stream, "well", 4);
	net_stream_flush(hand.stream);
	close(fd);
	rig_run_until(rig, &hand.closed, 1);
}

static void a_badly_asked_one_is_refused(void **state)
{
	static const char *const bad[] = {
			HEAD "\r\n",
			HEAD UPGRADE KEY "\r\n",
			HEAD UPGRADE VERSION "\r\n",
			HEAD VERSION KEY "Upgrade: websocket\r\n\r\n",
			HEAD VERSION KEY "Connection: Upgrade\r\n\r\n",
			HEAD VERSION KEY
			"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
			HEAD VERSION KEY
			"Connection: Upgradex\r\nUpgrade: websocket\r\n\r\n",
			HEAD UPGRADE KEY "Sec-WebSocket-Version: 8\r\n\r\n",
			HEAD UPGRADE KEY "Sec-WebSocket-Version: 13, 8\r\n\r\n",
			HEAD UPGRADE VERSION "Sec-WebSocket-Key: \r\n\r\n",
			HEAD UPGRADE VERSION "Sec-WebSocket-Key: abc\r\n\r\n",
			HEAD UPGRADE VERSION
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==x\r\n\r\n",
			HEAD UPGRADE VERSION
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQaa\r\n\r\n",
			HEAD UPGRADE VERSION
			"Sec-WebSocket-Key: !!!!IHNhbXBsZSBub25jZQ==\r\n\r\n",
			GOOD "Content-Length: 1\r\n\r\nx",
			"POST /rfb HTTP/1.1\r\nHost: 127.0.0.1\r\n" UPGRADE
					VERSION KEY "\r\n",
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (rig_ask(rig, bad[i]) != 426)
			fail_msg("%zu was accepted", i);
		assert_int_equal(hand.rc, -EPROTO);
	}
	assert_int_equal(hand.done, 0);
}

/* It counts as little as any stranger's, once it has its stream. */
static void no_place_is_held(void **state)
{
	struct rig *rig = *state;

	for (unsigned i = 0; i < 2 * NET_STRANGERS_PER_SOURCE_MAX; i++) {
		int fd = upgrade(rig, GOOD "\r\n");

		rig_run_until(rig, &hand.done, i + 1);
		assert_non_null(hand.stream);
		net_stream_destroy(hand.stream);
		hand.stream = NULL;
		close(fd);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(a_well_asked_one_is_accepted),
			TEST(a_protocol_is_named_only_if_it_was_offered),
			TEST(both_ends_talk_over_the_same_connection),
			TEST(bytes_ahead_of_the_answer_end_it),
			TEST(frames_ahead_of_the_answer_end_it_too),
			TEST(who_leaves_meanwhile_is_told_of),
			TEST(an_end_of_the_server_is_told_of),
			TEST(what_was_taken_over_outlives_the_server),
			TEST(a_badly_asked_one_is_refused),
			TEST(no_place_is_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
