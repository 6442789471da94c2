/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/websocket.h"
#include "tests/fuzz/fuzz.h"

/*
 * What a client sends once HTTP is over, in pieces of any size and as a whole:
 * what is received, how it ends and what is answered to that is the same. What
 * goes out meanwhile are whole frames, into a network that takes little.
 *
 * The first byte says how large pieces are, the second how much is received at
 * a time, the third what is sent and how much of it the network takes.
 */
enum { BINARY = 0x82, CLOSE = 0x88, PONG = 0x8a };

struct network {
	struct net_transport base;
	struct fuzz_input coming;
	size_t piece;   /* at most so many come at a time */
	size_t room;    /* and so many go; 0: any */
	bool had_none;  /* the last receive found nothing */
	bool took_none; /* the last send */
	uint8_t *went;
	size_t went_n;
};

static int network_get_fd(const struct net_transport *transport)
{
	(void)transport;
	return -1;
}

/* After each piece there is nothing for once; at last there is the end. */
static ssize_t network_receive(
		struct net_transport *transport, void *bytes, size_t size)
{
	struct network *network = (struct network *)transport;

	network->had_none = !network->had_none;
	if (network->had_none && network->coming.size > 0)
		return -EAGAIN;
	if (size > network->piece)
		size = network->piece;
	if (size > network->coming.size)
		size = network->coming.size;
	fuzz_take_over(&network->coming, bytes, size);
	return (ssize_t)size;
}

static ssize_t network_send(struct net_transport *transport,
		const struct iovec *parts, size_t parts_n)
{
	struct network *network = (struct network *)transport;
	size_t sent = 0;

	network->took_none = !network->took_none;
	if (network->room > 0 && network->took_none)
		return -EAGAIN;
	for (size_t i = 0; i < parts_n; i++) {
		size_t size = parts[i].iov_len;

		if (network->room > 0 && size > network->room - sent)
			size = network->room - sent;
		network->went = realloc(
				network->went, network->went_n + size + 1);
		FUZZ_CHECK(network->went);
		if (size > 0)
			memcpy(network->went + network->went_n,
					parts[i].iov_base, size);
		network->went_n += size;
		sent += size;
	}
	FUZZ_CHECK(sent > 0);
	return (ssize_t)sent;
}

static void network_destroy(struct net_transport *transport)
{
	(void)transport; /* it is the round's */
}

static const struct net_transport_kind network_kind = {
		.name = "network",
		.get_fd = network_get_fd,
		.receive = network_receive,
		.send = network_send,
		.destroy = network_destroy,
};

/* ---- one time through ------------------------------------------------------
 */

struct round {
	struct network network;
	struct net_transport *websocket;
	uint8_t *got;
	size_t got_n;
	ssize_t rc; /* how it ended */
	const char *why;
	size_t to_send; /* of zeros */
	bool over;      /* sending failed */
	unsigned turns; /* then it is destroyed; 0: when it has ended */
};

static void receive_some(struct round *round, size_t size)
{
	struct net_transport *websocket = round->websocket;
	ssize_t got;

	round->got = realloc(round->got, round->got_n + size);
	FUZZ_CHECK(round->got);
	got = websocket->kind->receive(
			websocket, round->got + round->got_n, size);
	FUZZ_CHECK(got <= (ssize_t)size);
	if (got > 0)
		round->got_n += (size_t)got;
	else
		round->rc = got;
}

/* As a stream does: what was refused comes first again, with more behind it. */
static void send_some(struct round *round)
{
	static const uint8_t zeros[70000];
	struct net_transport *websocket = round->websocket;
	const struct iovec parts[] = {
			{(void *)zeros, round->to_send / 2},
			{(void *)zeros, round->to_send - round->to_send / 2},
	};
	ssize_t sent;

	if (round->to_send < 2)
		return;
	sent = websocket->kind->send(websocket, parts, 2);
	FUZZ_CHECK(sent != 0 && sent <= (ssize_t)round->to_send);
	round->over = sent < 0 && sent != -EAGAIN;
	round->to_send -= sent > 0 ? (size_t)sent : 0;
}

/* What it says it needs: after an end, that it is heard of. */
static void check_needs(const struct round *round)
{
	unsigned needs = net_transport_get_needs(round->websocket);

	FUZZ_CHECK(!round->over || needs == NET_NEED_RECEIVE);
	FUZZ_CHECK(!(needs & NET_NEED_INPUT));
}

/* Whoever has no more to receive is asked again only where it says so. */
static void play(struct round *round, struct fuzz_input input, size_t piece,
		size_t size, size_t room, size_t to_send)
{
	unsigned turns = 0;

	round->network.base.kind = &network_kind;
	round->network.coming = input;
	round->network.piece = piece;
	round->network.room = room;
	round->to_send = to_send;
	fuzz_memory_fail(1, false);
	FUZZ_CHECK(net_websocket_wrap(&round->websocket,
				   &round->network.base) == -ENOMEM);
	FUZZ_CHECK(!round->websocket);
	fuzz_memory_fail(0, false);
	FUZZ_CHECK(net_websocket_wrap(&round->websocket,
				   &round->network.base) == 0);
	for (round->rc = -EAGAIN; round->rc == -EAGAIN;) {
		bool over = round->over;
		size_t got_n = round->got_n;

		receive_some(round, size);
		FUZZ_CHECK(!over || round->got_n > got_n ||
				round->rc != -EAGAIN);
		if (round->rc == -EAGAIN)
			send_some(round);
		check_needs(round);
		if (round->turns > 0 && ++turns == round->turns)
			break;
	}
	FUZZ_CHECK(round->rc == 0 || round->rc == -EPROTO ||
			round->rc == -EMSGSIZE || round->rc == -ENOTSUP ||
			round->rc == -EILSEQ || round->turns > 0);
	round->why = net_transport_get_why(round->websocket);
	FUZZ_CHECK((round->rc == 0) == (round->why == NULL) ||
			round->turns > 0);
	net_transport_destroy(round->websocket);
}

/* Of the frame at the start; 0: it is not all there. */
static size_t measure_frame(const uint8_t *went, size_t left)
{
	size_t size = went[1], header = 2;

	FUZZ_CHECK(went[0] == BINARY || went[0] == CLOSE || went[0] == PONG);
	FUZZ_CHECK(size <= (went[0] == BINARY ? 127 : 125));
	if (size >= 126) {
		header += size == 126 ? 2 : 8;
		if (left < header)
			return 0;
		size = 0;
		for (size_t i = 2; i < header; i++)
			size = size << 8 | went[i];
	}
	return left - header < size ? 0 : header + size;
}

/* Whole frames, but for the last; and nothing follows a good-bye. */
static void check_what_went(const struct round *round)
{
	const uint8_t *went = round->network.went;
	size_t left = round->network.went_n;

	while (left >= 2) {
		size_t size = measure_frame(went, left);

		if (size == 0)
			return;
		FUZZ_CHECK(went[0] != CLOSE || left == size);
		went += size;
		left -= size;
	}
}

static void finish(struct round *round)
{
	free(round->got);
	free(round->network.went);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const size_t sizes[] = {
			0, 3, 200, 5000, 30000, 65535, 65536, 70000};
	struct fuzz_input input = {bytes, size};
	size_t piece = 1 + fuzz_take_u8(&input) * 4;
	size_t some = 1 + fuzz_take_u8(&input);
	unsigned out = fuzz_take_u8(&input);
	size_t to_send = sizes[out >> 4 & 7];
	struct round whole = {0}, cut = {0}, early = {.turns = (unsigned)some};

	play(&whole, input, SIZE_MAX, 65536, 0, 0);
	play(&cut, input, piece, some, out & 0x0f, to_send);
	play(&early, input, piece, some, out & 0x0f, to_send);
	FUZZ_CHECK(whole.rc == cut.rc);
	FUZZ_CHECK(whole.why == cut.why);
	FUZZ_CHECK(whole.got_n == cut.got_n);
	if (cut.got_n > 0)
		FUZZ_CHECK(memcmp(whole.got, cut.got, cut.got_n) == 0);
	check_what_went(&whole);
	check_what_went(&cut);
	check_what_went(&early);
	finish(&whole);
	finish(&cut);
	finish(&early);
	return 0;
}
