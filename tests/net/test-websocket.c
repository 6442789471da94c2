/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/websocket.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "core/min-max.h"
#include "tests/net/ws-rig.h"

#define NO_FRAME "WebSocket: it sent what is no frame"
#define BINARY (WS_FIN | WS_BINARY)

static void fill(uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = ws_rig_byte(i);
}

/* ---- what comes in ---------------------------------------------------------
 */

static void expect_got(const struct ws_rig *rig, size_t size)
{
	assert_int_equal(rig->got_n, size);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(rig->got[i], ws_rig_byte(i));
}

/* Messages of every kind of length, empty ones included, are one run. */
static void messages_become_one_run_of_bytes(void **state)
{
	static const size_t sizes[] = {
			1, 0, 125, 126, 127, 4095, 4096, 4097, 65535, 65536};
	struct ws_rig *rig = *state;
	uint8_t bytes[65536 * 3];
	size_t done = 0;

	fill(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ws_rig_send_frame(rig, BINARY, bytes + done, sizes[i]);
		done += sizes[i];
		ws_rig_run(rig);
	}
	expect_got(rig, done);
	assert_int_equal(rig->heard_n, 0);
	assert_int_equal(rig->closed, 0);
}

static void fragments_too_with_pings_between_them(void **state)
{
	struct ws_rig *rig = *state;
	uint8_t bytes[300];

	fill(bytes, sizeof(bytes));
	ws_rig_send_frame(rig, WS_BINARY, bytes, 100);
	ws_rig_send_frame(rig, WS_FIN | WS_PING, "here?", 5);
	ws_rig_send_frame(rig, WS_CONTINUATION, bytes + 100, 150);
	ws_rig_send_frame(rig, WS_FIN | WS_PONG, "unasked", 7);
	ws_rig_send_frame(rig, WS_CONTINUATION, NULL, 0);
	ws_rig_send_frame(rig, WS_FIN | WS_CONTINUATION, bytes + 250, 50);
	ws_rig_run(rig);
	expect_got(rig, 300);
	ws_rig_expect_frame(rig, WS_FIN | WS_PONG, "here?", 5);
	assert_int_equal(rig->taken, rig->heard_n);
}

static void every_byte_may_come_alone(void **state)
{
	struct ws_rig *rig = *state;
	uint8_t bytes[400];

	fill(bytes, sizeof(bytes));
	for (rig->thin = 1; rig->thin <= 7; rig->thin += 2) {
		ws_rig_connect(rig);
		ws_rig_send_frame(rig, WS_BINARY, bytes, 90);
		ws_rig_send_frame(rig, WS_FIN | WS_PING, "here?", 5);
		ws_rig_send_frame(
				rig, WS_FIN | WS_CONTINUATION, bytes + 90, 310);
		net_stream_write(rig->stream, bytes, 300);
		net_stream_flush(rig->stream);
		ws_rig_run(rig);
		expect_got(rig, 400);
		ws_rig_expect_frame(rig, BINARY, bytes, 300);
		ws_rig_expect_frame(rig, WS_FIN | WS_PONG, "here?", 5);
	}
}

/* The stream's buffer is smaller than what has been unmasked already. */
static void a_full_reader_loses_nothing(void **state)
{
	struct ws_rig *rig = *state;
	uint8_t bytes[60000];
	size_t size;

	fill(bytes, sizeof(bytes));
	rig->keeps = true;
	ws_rig_send_frame(rig, BINARY, bytes, sizeof(bytes));
	for (size_t done = 0; done < sizeof(bytes); done += size) {
		const uint8_t *got;

		ws_rig_run(rig);
		got = net_stream_peek(rig->stream, &size);
		assert_true(size > 0);
		size = core_min_size(size, 5000);
		assert_memory_equal(got, bytes + done, size);
		net_stream_consume(rig->stream, size);
	}
}

/* ---- what goes out ---------------------------------------------------------
 */

/* Each length that a header can have, and the parts of one flush together. */
static void what_is_queued_is_one_frame(void **state)
{
	static const size_t sizes[] = {1, 125, 126, 65535, 65536};
	struct ws_rig *rig = *state;
	uint8_t bytes[65536];

	fill(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t half = sizes[i] / 2;

		net_stream_write(rig->stream, bytes, half);
		net_stream_write(rig->stream, bytes + half, sizes[i] - half);
		net_stream_flush(rig->stream);
		ws_rig_run(rig);
		ws_rig_expect_frame(rig, BINARY, bytes, sizes[i]);
		assert_int_equal(rig->taken, rig->heard_n);
	}
	assert_int_equal(net_stream_sent(rig->stream), 1 + 125 + 126 + 131071);
}

static void shrink(int fd)
{
	int bytes = 4096;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

/* What is queued after a frame has begun does not make it longer. */
static void much_goes_out_through_little_room(void **state)
{
	struct ws_rig *rig = *state;
	uint8_t bytes[150000];
	struct ws_frame frame;
	size_t got = 0;

	fill(bytes, sizeof(bytes));
	shrink(rig->socket);
	for (size_t done = 0; done < sizeof(bytes); done += 1000) {
		net_stream_write(rig->stream, bytes + done, 1000);
		net_stream_flush(rig->stream);
	}
	assert_true(net_stream_queued(rig->stream) > 0);
	ws_rig_run(rig);
	while (ws_rig_take_frame(rig, &frame)) {
		assert_int_equal(frame.first, BINARY);
		assert_memory_equal(frame.payload, bytes + got, frame.size);
		got += frame.size;
	}
	assert_int_equal(got, sizeof(bytes));
	assert_int_equal(rig->drained, 1);
}

/* ---- pings -----------------------------------------------------------------
 */

/* Who takes no answers is not kept any: of many, the newest and one begun. */
static void only_the_newest_ping_is_answered_when_it_is_late(void **state)
{
	struct ws_rig *rig = *state;
	uint8_t bytes[100000];
	struct ws_frame frame, pong = {0};
	unsigned pongs = 0;

	fill(bytes, sizeof(bytes));
	shrink(rig->socket);
	net_stream_write(rig->stream, bytes, sizeof(bytes));
	net_stream_flush(rig->stream);
	for (unsigned i = 0; i < 200; i++) {
		char text[3] = {(char)('a' + i / 26), (char)('a' + i % 26)};

		ws_rig_send_frame(rig, WS_FIN | WS_PING, text, 2);
		while (sd_event_run(rig->event, 0) > 0)
			continue;
	}
	ws_rig_run(rig);
	while (ws_rig_take_frame(rig, &frame)) {
		if (frame.first == BINARY)
			continue;
		assert_int_equal(frame.first, WS_FIN | WS_PONG);
		pong = frame;
		pongs++;
	}
	assert_int_equal(pong.size, 2);
	assert_memory_equal(pong.payload, "hr", 2);
	assert_true(pongs <= 2);
}

/* A network of which is seen where it was to put what came. */
struct network {
	struct net_transport base;
	uint8_t coming[64];
	size_t coming_n;
	const uint8_t *memory; /* wslay's */
	size_t memory_bytes;
};

static ssize_t network_receive(
		struct net_transport *transport, void *bytes, size_t size)
{
	struct network *network = (struct network *)transport;
	size_t some = core_min_size(size, network->coming_n);

	if (some == 0)
		return -EAGAIN;
	memcpy(bytes, network->coming, some);
	network->coming_n -= some;
	network->memory = bytes;
	network->memory_bytes = size;
	return (ssize_t)some;
}

static ssize_t network_send(struct net_transport *transport,
		const struct iovec *parts, size_t parts_n)
{
	(void)transport;
	(void)parts;
	(void)parts_n;
	return -EAGAIN;
}

static void network_destroy(struct net_transport *transport)
{
	(void)transport;
}

static const struct net_transport_kind network_kind = {
		.name = "network",
		.receive = network_receive,
		.send = network_send,
		.destroy = network_destroy,
};

static bool has_key(const struct network *network)
{
	return memmem(network->memory, network->memory_bytes, "key", 3);
}

static void what_was_received_is_wiped(void **state)
{
	struct network network = {.base.kind = &network_kind,
			.coming = "\x82\x83\0\0\0\0key",
			.coming_n = 9};
	struct net_transport *websocket;
	char bytes[16];

	(void)state;
	assert_int_equal(net_websocket_wrap(&websocket, &network.base), 0);
	assert_int_equal(websocket->kind->receive(websocket, bytes, 1), 1);
	assert_true(has_key(&network)); /* two thirds are still to go */
	assert_int_equal(websocket->kind->receive(
					 websocket, bytes, sizeof(bytes)),
			2);
	assert_false(has_key(&network));
	net_transport_destroy(websocket);
}

/* ---- the end ---------------------------------------------------------------
 */

static void a_good_bye_is_an_end_and_is_answered(void **state)
{
	struct ws_rig *rig = *state;

	ws_rig_send_frame(rig, BINARY, "last", 4);
	ws_rig_send_frame(rig, WS_FIN | WS_CLOSE, "\x03\xe9, I am off", 12);
	ws_rig_expect_refusal(rig, 1001, 0, NULL);
	assert_int_equal(rig->got_n, 4);
	ws_rig_connect(rig);
	ws_rig_send_frame(rig, WS_FIN | WS_CLOSE, NULL, 0);
	ws_rig_expect_refusal(rig, 1000, 0, NULL);
}

static void an_end_without_a_good_bye_is_one_too(void **state)
{
	struct ws_rig *rig = *state;

	ws_rig_send_frame(rig, BINARY, "last", 4);
	shutdown(rig->peer, SHUT_WR);
	ws_rig_run_until_closed(rig);
	assert_int_equal(rig->rc, 0);
	assert_int_equal(rig->got_n, 4);
}

static void we_say_good_bye(void **state)
{
	struct ws_rig *rig = *state;

	net_stream_destroy(rig->stream);
	rig->stream = NULL;
	ws_rig_run(rig);
	ws_rig_expect_frame(rig, WS_FIN | WS_CLOSE, "\x03\xe8", 2);
}

/* A good-bye in the middle of a frame would be taken for its payload. */
static void nothing_is_said_in_the_middle_of_a_frame(void **state)
{
	struct ws_rig *rig = *state;
	uint8_t bytes[100000];
	struct ws_frame frame;
	ssize_t got;

	fill(bytes, sizeof(bytes));
	shrink(rig->socket);
	net_stream_write(rig->stream, bytes, sizeof(bytes));
	net_stream_flush(rig->stream);
	ws_rig_send_frame(rig, WS_FIN | WS_PING, "here?", 5);
	while (sd_event_run(rig->event, 0) > 0)
		continue;
	got = recv(rig->peer, rig->heard, sizeof(rig->heard), 0);
	assert_true(got > 10); /* and there is room now */
	rig->heard_n = (size_t)got;
	net_stream_destroy(rig->stream);
	rig->stream = NULL;
	ws_rig_run(rig);
	assert_false(ws_rig_take_frame(rig, &frame));
	assert_memory_equal(rig->heard + 10, bytes, rig->heard_n - 10);
}

/* ---- what is refused -------------------------------------------------------
 */

static void refuses_what_is_no_frame(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
	} frames[] = {
			{"\x82\x01x", 3},         /* not masked */
			{"\xc2\x81\0\0\0\0x", 7}, /* reserved bits */
			{"\xa2\x81\0\0\0\0x", 7}, /* ... */
			{"\x92\x81\0\0\0\0x", 7}, /* ... */
			{"\x83\x81\0\0\0\0x", 7}, /* an unknown kind */
			{"\x8b\x81\0\0\0\0x", 7}, /* of control, too */
			{"\x80\x81\0\0\0\0x", 7}, /* goes on with nothing */
			{"\x09\x81\0\0\0\0x", 7}, /* a ping in parts */
			{"\x89\xfe\0\x7e\0\0\0\0", 8},  /* a long one */
			{"\x82\xfe\0\x01\0\0\0\0x", 9}, /* a length too long */
			{"\x82\xff\0\0\0\0\0\0\0\x01\0\0\0\0x", 15}, /* ... */
			{"\x82\xff\x80\0\0\0\0\0\0\0\0\0\0\0x", 15}, /* < 0 */
			{"\x02\x81\0\0\0\0x\x82\x81\0\0\0\0x", 14},  /* two */
			{"\x88\x81\0\0\0\0x", 7},        /* half a code */
			{"\x88\x82\0\0\0\0\x03\xed", 8}, /* 1005 */
			{"\x88\x82\0\0\0\0\0\x01", 8},   /* 1 */
	};
	struct ws_rig *rig = *state;

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		ws_rig_connect(rig);
		ws_rig_send(rig, frames[i].bytes, frames[i].size);
		ws_rig_expect_refusal(rig, 1002, -EPROTO, NO_FRAME);
	}
}

static void refuses_a_good_bye_that_is_no_utf8(void **state)
{
	static const char why[] =
			"WebSocket: it said why it left, but not in UTF-8";
	static const char *const reasons[] = {"\x03\xe8\xff",
			"\x03\xe8gone \xc3", "\x03\xe8\xed\xa0\x80"};
	struct ws_rig *rig = *state;

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		ws_rig_connect(rig);
		ws_rig_send_frame(rig, WS_FIN | WS_CLOSE, reasons[i],
				strlen(reasons[i]));
		ws_rig_expect_refusal(rig, 1007, -EILSEQ, why);
	}
	ws_rig_connect(rig);
	ws_rig_send_frame(rig, WS_FIN | WS_CLOSE, "\x03\xe8\xc3\xbc", 4);
	ws_rig_expect_refusal(rig, 1000, 0, NULL);
}

static void refuses_text(void **state)
{
	struct ws_rig *rig = *state;

	ws_rig_send_frame(rig, WS_FIN | WS_TEXT, "RFB", 3);
	ws_rig_expect_refusal(rig, 1003, -ENOTSUP,
			"WebSocket: it sent text, where only binary messages are");
	assert_int_equal(rig->got_n, 0);
}

/* In one frame, of which only the header comes, and in many. */
static void refuses_messages_that_are_too_long(void **state)
{
	static const char why[] = "WebSocket: it sent a message too long";
	struct ws_rig *rig = *state;
	uint8_t bytes[65536], header[16];
	size_t size = ws_rig_write_header(header, BINARY, 65537);

	header[size++] = 'x';
	ws_rig_send(rig, header, size);
	ws_rig_expect_refusal(rig, 1009, -EMSGSIZE, why);
	size = ws_rig_write_header(header, BINARY, (size_t)1 << 62);
	header[size++] = 'x';
	ws_rig_connect(rig);
	ws_rig_send(rig, header, size);
	ws_rig_expect_refusal(rig, 1009, -EMSGSIZE, why);

	fill(bytes, sizeof(bytes));
	ws_rig_connect(rig);
	ws_rig_send_frame(rig, WS_BINARY, bytes, 65536);
	ws_rig_send_frame(rig, WS_CONTINUATION, NULL, 0);
	ws_rig_run(rig);
	assert_int_equal(rig->closed, 0);
	ws_rig_send_frame(rig, WS_FIN | WS_CONTINUATION, bytes, 1);
	ws_rig_expect_refusal(rig, 1009, -EMSGSIZE, why);
	expect_got(rig, 65536);
}

static void what_follows_a_refusal_is_not_heard(void **state)
{
	struct ws_rig *rig = *state;

	ws_rig_send(rig, "\x82\x01x\x82\x81\0\0\0\0y", 10);
	ws_rig_expect_refusal(rig, 1002, -EPROTO, NO_FRAME);
	assert_int_equal(rig->got_n, 0);
}

/* ---- where it begins, and whose it is --------------------------------------
 */

static void the_answer_goes_before_it(void **state)
{
	static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
	struct ws_rig *rig = *state;

	ws_rig_connect_plain(rig);
	net_stream_write(rig->stream, answer, strlen(answer));
	assert_int_equal(net_stream_start_websocket(rig->stream), 0);
	net_stream_write(rig->stream, "RFB", 3);
	net_stream_flush(rig->stream);
	ws_rig_run(rig);
	assert_memory_equal(rig->heard, answer, strlen(answer));
	rig->taken = strlen(answer);
	ws_rig_expect_frame(rig, BINARY, "RFB", 3);
}

static void bytes_ahead_of_it_are_refused(void **state)
{
	struct ws_rig *rig = *state;

	ws_rig_connect_plain(rig);
	rig->keeps = true;
	ws_rig_send(rig, "x", 1);
	ws_rig_run(rig);
	assert_int_equal(net_stream_start_websocket(rig->stream), -EPROTO);
	ws_rig_connect_plain(rig);
	ws_rig_send(rig, "x", 1);
	net_stream_write(rig->stream, "101", 3);
	assert_int_equal(net_stream_start_websocket(rig->stream), -EPROTO);
}

int main(void)
{
#define test(name)                                                             \
	cmocka_unit_test_setup_teardown(name, ws_rig_set_up, ws_rig_tear_down)
	const struct CMUnitTest tests[] = {
			test(messages_become_one_run_of_bytes),
			test(fragments_too_with_pings_between_them),
			test(every_byte_may_come_alone),
			test(a_full_reader_loses_nothing),
			test(what_is_queued_is_one_frame),
			test(much_goes_out_through_little_room),
			test(only_the_newest_ping_is_answered_when_it_is_late),
			test(what_was_received_is_wiped),
			test(a_good_bye_is_an_end_and_is_answered),
			test(an_end_without_a_good_bye_is_one_too),
			test(we_say_good_bye),
			test(nothing_is_said_in_the_middle_of_a_frame),
			test(refuses_what_is_no_frame),
			test(refuses_a_good_bye_that_is_no_utf8),
			test(refuses_text),
			test(refuses_messages_that_are_too_long),
			test(what_follows_a_refusal_is_not_heard),
			test(the_answer_goes_before_it),
			test(bytes_ahead_of_it_are_refused),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
