/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/min-max.h"
#include "tests/net/thin.h"
#include "tests/net/tls-rig.h"

/* How TLS and the stream go together, whatever the network does to them. */

#define ORDINARY "NORMAL"
#define ANONYMOUS "NORMAL:+ANON-DH"
#define ONLY_1_2 ":-VERS-ALL:+VERS-TLS1.2"
#define ONLY_1_3 ":-VERS-ALL:+VERS-TLS1.3"

#define TOO_LONG_US (60 * CLOCK_US_PER_S)

static const struct way {
	enum net_tls_kind kind;
	const char *priority;
} ways[] = {
		{NET_TLS_CERTIFICATE, ORDINARY ONLY_1_3},
		{NET_TLS_CERTIFICATE, ORDINARY ONLY_1_2},
		{NET_TLS_ANONYMOUS, ANONYMOUS},
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

static int set_up(void **state)
{
	*state = tls_rig_create();
	return 0;
}

static int tear_down(void **state)
{
	tls_rig_destroy(*state);
	return 0;
}

static void connect_way(struct tls_rig *rig, size_t way)
{
	tls_rig_connect(rig, ways[way].kind, ways[way].priority);
}

static void queue_pattern(struct tls_rig *rig, size_t size, size_t offset)
{
	struct core_bytes *bytes;

	assert_int_equal(core_bytes_create(&bytes, size), 0);
	tls_rig_fill(bytes->data, size, offset);
	net_stream_queue(rig->stream, bytes);
	core_bytes_unref(bytes);
}

/* To the client and to us at the same time, as long as something moves. */
static void exchange(struct tls_rig *rig, size_t total, size_t part)
{
	uint64_t end_us = clock_now_us() + TOO_LONG_US;
	uint8_t *bytes = malloc(part);
	size_t got = 0, queued = 0, written = 0, moved = 0;

	assert_non_null(bytes);
	rig->greedy = true;
	while (got < total || rig->taken < total) {
		size_t more = core_min_size(part, total - written);
		ssize_t sent = GNUTLS_E_AGAIN;

		if (queued < total && net_stream_queued(rig->stream) < part) {
			queue_pattern(rig, part, queued);
			queued += part;
			net_stream_flush(rig->stream);
		}
		tls_rig_fill(bytes, part, written);
		if (more > 0)
			sent = gnutls_record_send(rig->client, bytes, more);
		assert_true(sent > 0 || sent == GNUTLS_E_AGAIN);
		written += sent > 0 ? (size_t)sent : 0;
		got += tls_rig_client_read(rig, got, part);
		tls_rig_run(rig);
		assert_int_equal(rig->closed, 0);
		if (got + rig->taken > moved)
			end_us = clock_now_us() + TOO_LONG_US;
		moved = got + rig->taken;
		assert_true(clock_now_us() < end_us);
	}
	assert_int_equal(got, total);
	assert_int_equal(rig->taken, total);
	free(bytes);
}

static void every_byte_may_come_alone(void **state)
{
	struct tls_rig *rig = *state;

	for (size_t most = 1; most <= 7; most += 2) {
		for (size_t way = 0; way < WAYS; way++) {
			rig->thin = most;
			connect_way(rig, way);
			assert_int_equal(tls_rig_shake_hands(rig), 0);
			exchange(rig, 2000, 100);
		}
	}
}

/* What is written before hands are shaken waits, and costs no turns. */
static void the_queue_waits_for_the_handshake(void **state)
{
	struct tls_rig *rig = *state;
	size_t got = 0;

	for (size_t way = 0; way < WAYS; way++) {
		connect_way(rig, way);
		queue_pattern(rig, 100000, 0);
		net_stream_flush(rig->stream);
		tls_rig_run(rig); /* would not end if it spun */
		assert_int_equal(net_stream_queued(rig->stream), 100000);
		assert_int_equal(tls_rig_shake_hands(rig), 0);
		for (got = 0; got < 100000; tls_rig_run(rig))
			got += tls_rig_client_read(rig, got, 100000);
		tls_rig_run(rig);
		assert_int_equal(rig->drained, 1);
	}
}

static void shrink(int fd)
{
	int small = 1;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
}

/* A record never fits whole into these. */
static void much_goes_both_ways_through_little_room(void **state)
{
	const size_t total = getenv("RACKHAND_TEST_FULL") ? 64 << 20 : 4 << 20;
	struct tls_rig *rig = *state;

	for (size_t way = 0; way < WAYS; way++) {
		connect_way(rig, way);
		shrink(rig->peer);
		shrink(rig->socket);
		assert_int_equal(tls_rig_shake_hands(rig), 0);
		exchange(rig, total, 65536);
	}
}

/* While a record is half sent, the library has to write another. */
static void new_keys_may_be_asked_for_in_the_middle(void **state)
{
	const size_t total = 1 << 20;
	struct tls_rig *rig = *state;
	size_t got = 0;

	connect_way(rig, 0);
	shrink(rig->peer);
	shrink(rig->socket);
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	queue_pattern(rig, total, 0);
	net_stream_flush(rig->stream);
	for (int reads = 0; got < total; reads++) {
		if (reads < 4)
			assert_int_equal(gnutls_session_key_update(rig->client,
							 GNUTLS_KU_PEER),
					0);
		tls_rig_run(rig);
		assert_int_equal(rig->closed, 0);
		got += tls_rig_client_read(rig, got, 65536);
	}
	tls_rig_run(rig);
	assert_int_equal(net_stream_queued(rig->stream), 0);
}

/* One record holds more than the stream's buffer; no edge tells of the rest. */
static void what_is_decrypted_already_is_not_forgotten(void **state)
{
	uint8_t bytes[16384];
	struct tls_rig *rig = *state;
	const uint8_t *seen;
	size_t size, offset = 0;

	connect_way(rig, 0);
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	tls_rig_fill(bytes, sizeof(bytes), 0);
	tls_rig_client_write(rig, bytes, sizeof(bytes));
	while (offset < sizeof(bytes)) {
		tls_rig_run(rig); /* would not end if it spun */
		seen = net_stream_peek(rig->stream, &size);
		assert_int_equal(size, NET_STREAM_INPUT_BYTES);
		for (size_t i = 0; i < 100; i++)
			assert_int_equal(seen[i], tls_rig_byte(offset + i));
		net_stream_consume(rig->stream, 100);
		offset += 100;
		if (offset + NET_STREAM_INPUT_BYTES > sizeof(bytes))
			break;
	}
	net_stream_consume(rig->stream, size - 100);
	tls_rig_run(rig);
	net_stream_peek(rig->stream, &size);
	assert_true(size < 100);
	assert_int_equal(rig->closed, 0);
}

/* What came before the end is given before it is told. */
static void the_end_waits_for_what_came_before(void **state)
{
	uint8_t bytes[16384];
	struct tls_rig *rig = *state;
	size_t size;

	for (size_t way = 0; way < 2 * WAYS; way++) {
		connect_way(rig, way / 2);
		assert_int_equal(tls_rig_shake_hands(rig), 0);
		tls_rig_fill(bytes, sizeof(bytes), 0);
		tls_rig_client_write(rig, bytes, 10000);
		if (way % 2)
			gnutls_bye(rig->client, GNUTLS_SHUT_WR);
		close(rig->peer);
		rig->peer = -1;
		rig->greedy = true;
		tls_rig_run_until_closed(rig);
		assert_int_equal(rig->rc, 0);
		assert_null(rig->why);
		assert_int_equal(rig->taken, 10000);
		net_stream_peek(rig->stream, &size);
		assert_int_equal(size, 0);
	}
}

/* A good-bye is an end, though the connection would still carry. */
static void good_bye_is_an_end(void **state)
{
	struct tls_rig *rig = *state;

	for (size_t way = 0; way < WAYS; way++) {
		connect_way(rig, way);
		assert_int_equal(tls_rig_shake_hands(rig), 0);
		assert_int_equal(gnutls_bye(rig->client, GNUTLS_SHUT_WR), 0);
		tls_rig_run_until_closed(rig);
		assert_int_equal(rig->rc, 0);
		assert_int_equal(rig->readable, 0);
	}
}

static void we_say_good_bye(void **state)
{
	struct tls_rig *rig = *state;
	char byte;

	for (size_t way = 0; way < WAYS; way++) {
		connect_way(rig, way);
		assert_int_equal(tls_rig_shake_hands(rig), 0);
		net_stream_destroy(rig->stream);
		rig->stream = NULL;
		assert_int_equal(gnutls_record_recv(rig->client, &byte, 1), 0);
	}
}

/* ---- where TLS begins ------------------------------------------------------
 */

static int start(struct tls_rig *rig)
{
	return net_stream_start_tls(rig->stream, rig->tls, NET_TLS_CERTIFICATE);
}

/* Read already, or in the kernel before anybody was told to begin. */
static void bytes_ahead_of_tls_are_refused(void **state)
{
	struct tls_rig *rig = *state;

	tls_rig_connect_plain(rig);
	assert_int_equal(write(rig->peer, "x", 1), 1);
	tls_rig_run(rig);
	assert_int_equal(start(rig), -EPROTO);

	tls_rig_connect_plain(rig);
	assert_int_equal(write(rig->peer, "x", 1), 1);
	net_stream_write(rig->stream, "go", 2);
	assert_int_equal(start(rig), -EPROTO);
}

static void the_word_to_begin_goes_in_the_clear(void **state)
{
	struct tls_rig *rig = *state;
	char word[8];

	tls_rig_connect_plain(rig);
	net_stream_write(rig->stream, "go", 2);
	assert_int_equal(start(rig), 0);
	net_stream_write(rig->stream, "secret", 6);
	net_stream_flush(rig->stream);
	tls_rig_run(rig);
	assert_int_equal(recv(rig->peer, word, sizeof(word), MSG_DONTWAIT), 2);
	assert_memory_equal(word, "go", 2);
	tls_rig_start_client(rig, ORDINARY);
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	tls_rig_run(rig);
	assert_int_equal(
			gnutls_record_recv(rig->client, word, sizeof(word)), 6);
	assert_memory_equal(word, "secret", 6);
}

/* However long it takes; nothing that comes meanwhile is listened to. */
static void a_long_word_goes_in_the_clear(void **state)
{
	struct tls_rig *rig = *state;
	uint8_t page[65536];
	size_t got = 0;

	tls_rig_connect_plain(rig);
	queue_pattern(rig, 4 << 20, 0);
	assert_int_equal(start(rig), 0);
	net_stream_flush(rig->stream);
	assert_true(net_stream_queued(rig->stream) > 0);
	assert_int_equal(write(rig->peer, "not TLS", 7), 7);
	while (got < 4 << 20) {
		ssize_t some;

		tls_rig_run(rig);
		assert_int_equal(rig->closed,
				net_stream_queued(rig->stream) == 0);
		some = recv(rig->peer, page, sizeof(page), MSG_DONTWAIT);
		for (ssize_t i = 0; i < some; i++)
			assert_int_equal(
					page[i], tls_rig_byte(got + (size_t)i));
		got += some > 0 ? (size_t)some : 0;
	}
	tls_rig_run_until_closed(rig); /* now it is heard */
	assert_int_equal(rig->rc, -EPROTO);
}

/* ---- hostile ends ----------------------------------------------------------
 */

/* All that a client sends of itself until hands are shaken. */
static size_t measure_client(struct tls_rig *rig, size_t way)
{
	connect_way(rig, way);
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	return rig->spent;
}

/* Diffie-Hellman takes its time. */
static size_t step(size_t way)
{
	bool slow = ways[way].kind == NET_TLS_ANONYMOUS;

	return getenv("RACKHAND_TEST_FULL") ? 1 : slow ? 29 : 3;
}

static void a_client_may_vanish_at_any_byte(void **state)
{
	struct tls_rig *rig = *state;

	for (size_t way = 0; way < WAYS; way++) {
		size_t total = measure_client(rig, way);

		for (size_t at = 0; at < total; at += step(way)) {
			connect_way(rig, way);
			queue_pattern(rig, 1000, 0);
			rig->budget = at;
			tls_rig_shake_hands(rig);
			tls_rig_run_until_closed(rig);
			assert_int_equal(rig->closed, 1);
			assert_int_equal(rig->readable, 0);
			if (rig->rc == 0)
				assert_string_equal(rig->why,
						"in the TLS handshake");
			else /* our answer met nobody */
				assert_int_equal(rig->rc, -EPIPE);
		}
	}
}

/*
 * One wrong bit anywhere, and no word of it is believed; but for a few bits
 * without a meaning, such as the version in the head of a hello's record.
 */
static void no_damage_is_overlooked(void **state)
{
	struct tls_rig *rig = *state;
	const uint8_t *seen;
	size_t size;

	for (size_t way = 0; way < WAYS; way++) {
		size_t total = measure_client(rig, way);

		for (size_t at = 0; at < total; at += step(way)) {
			connect_way(rig, way);
			rig->damaged = at;
			if (tls_rig_shake_hands(rig) == 0)
				gnutls_record_send(rig->client, "x", 1);
			shutdown(rig->peer, SHUT_WR);
			tls_rig_run_until_closed(rig);
			seen = net_stream_peek(rig->stream, &size);
			assert_true(size == 0 || (size == 1 && *seen == 'x'));
		}
	}
}

static void a_damaged_record_ends_it(void **state)
{
	struct tls_rig *rig = *state;

	for (size_t way = 0; way < WAYS; way++) {
		connect_way(rig, way);
		assert_int_equal(tls_rig_shake_hands(rig), 0);
		rig->damaged = rig->spent + 12;
		gnutls_record_send(rig->client, "hello", 5);
		tls_rig_run_until_closed(rig);
		assert_int_equal(rig->rc, -EPROTO);
		assert_non_null(strstr(rig->why, "damaged"));
		assert_int_equal(rig->readable, 0);
	}
}

static void what_is_no_tls_is_called_so(void **state)
{
	static const char *const words[] = {
			"RFB 003.008\n",
			"GET / HTTP/1.1\r\nHost: rack1\r\n\r\n",
			"\x16\x03\x01\xff\xff",
	};
	struct tls_rig *rig = *state;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		connect_way(rig, 0);
		assert_true(write(rig->peer, words[i], strlen(words[i])) > 0);
		tls_rig_run_until_closed(rig);
		assert_int_equal(rig->rc, -EPROTO);
		if (!strstr(rig->why, "no TLS"))
			fail_msg("%s: %s", words[i], rig->why);
	}
}

/* A hello is a few hundred bytes; nobody is listened to for 16 MiB. */
static void a_hello_has_an_end(void **state)
{
	/* Each record is full; the first begins a hello of 0xffffff bytes. */
	static uint8_t record[5 + 16384] = {
			0x16, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff};
	struct tls_rig *rig = *state;
	unsigned records_n = 0;

	connect_way(rig, 0);
	while (rig->closed == 0) {
		assert_true(++records_n < 4);
		assert_int_equal(write(rig->peer, record, sizeof(record)),
				sizeof(record));
		tls_rig_run(rig);
		memset(record + 5, 0, 4);
	}
	assert_int_equal(rig->rc, -EMSGSIZE);
	assert_non_null(strstr(rig->why, "says nothing"));
}

/* ---- its price -------------------------------------------------------------
 */

/* An update of many rectangles is one record, not one each. */
static void small_parts_share_a_record(void **state)
{
	struct tls_rig *rig = *state;
	uint8_t bytes[16384];

	connect_way(rig, 0);
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	for (size_t i = 0; i < 131; i++)
		queue_pattern(rig, 100, i * 100);
	net_stream_flush(rig->stream);
	assert_int_equal(gnutls_record_recv(rig->client, bytes, sizeof(bytes)),
			13100);
	for (size_t i = 0; i < 13100; i++)
		assert_int_equal(bytes[i], tls_rig_byte(i));
}

/* Each record costs time: a flood of tiny ones takes turns with the others. */
static void tiny_records_take_turns(void **state)
{
	struct tls_rig *rig = *state;
	size_t sent = 0, size = 0;

	connect_way(rig, 0);
	assert_int_equal(tls_rig_shake_hands(rig), 0);
	while (sent < 250 && gnutls_record_send(rig->client, "x", 1) == 1)
		sent++;
	assert_true(sent > 220);
	sd_event_run(rig->event, 0);
	net_stream_peek(rig->stream, &size);
	assert_in_range(size, 1, 200);
	tls_rig_run(rig);
	net_stream_peek(rig->stream, &size);
	assert_int_equal(size, sent);
}

/* ---- what goes through to the transport below ------------------------------
 */

struct fake {
	struct net_transport base;
	size_t ahead;
	uint64_t pace;
	bool destroyed;
};

static size_t fake_get_unsent(const struct net_transport *transport)
{
	(void)transport;
	return 1234;
}

static void fake_set_ahead(struct net_transport *transport, size_t bytes)
{
	((struct fake *)transport)->ahead = bytes;
}

static void fake_set_pace(struct net_transport *transport, uint64_t rate)
{
	((struct fake *)transport)->pace = rate;
}

static int fake_get_fd(const struct net_transport *transport)
{
	(void)transport;
	return 42;
}

static void fake_destroy(struct net_transport *transport)
{
	((struct fake *)transport)->destroyed = true;
}

static void what_is_asked_of_the_socket_reaches_it(void **state)
{
	static const struct net_transport_kind kind = {
			.get_fd = fake_get_fd,
			.get_unsent = fake_get_unsent,
			.set_ahead = fake_set_ahead,
			.set_pace = fake_set_pace,
			.destroy = fake_destroy,
	};
	struct tls_rig *rig = *state;
	struct fake fake = {.base.kind = &kind};
	struct net_transport *tls;

	assert_int_equal(net_tls_wrap(&tls, rig->tls, NET_TLS_ANONYMOUS,
					 &fake.base),
			0);
	assert_int_equal(tls->kind->get_fd(tls), 42);
	assert_int_equal(net_transport_get_unsent(tls), 1234);
	net_transport_set_ahead(tls, 5);
	net_transport_set_pace(tls, 6);
	assert_int_equal(fake.ahead, 5);
	assert_int_equal(fake.pace, 6);
	net_transport_destroy(tls);
	assert_true(fake.destroyed);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			test(every_byte_may_come_alone),
			test(the_queue_waits_for_the_handshake),
			test(much_goes_both_ways_through_little_room),
			test(new_keys_may_be_asked_for_in_the_middle),
			test(what_is_decrypted_already_is_not_forgotten),
			test(the_end_waits_for_what_came_before),
			test(good_bye_is_an_end),
			test(we_say_good_bye),
			test(bytes_ahead_of_tls_are_refused),
			test(the_word_to_begin_goes_in_the_clear),
			test(a_long_word_goes_in_the_clear),
			test(a_client_may_vanish_at_any_byte),
			test(no_damage_is_overlooked),
			test(a_damaged_record_ends_it),
			test(what_is_no_tls_is_called_so),
			test(a_hello_has_an_end),
			test(small_parts_share_a_record),
			test(tiny_records_take_turns),
			test(what_is_asked_of_the_socket_reaches_it),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
