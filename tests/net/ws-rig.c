/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/net/ws-rig.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/net/thin.h"

#define TOO_LONG_US (30 * CLOCK_US_PER_S)
#define HEADER_MAX_BYTES 14

static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};

uint8_t ws_rig_byte(size_t offset)
{
	return (uint8_t)(offset * 31 + (offset >> 8) * 7 + (offset >> 16));
}

/* ---- the stream's side -----------------------------------------------------
 */

static void on_readable(void *context)
{
	struct ws_rig *rig = context;
	const uint8_t *bytes;
	size_t size;

	rig->readable++;
	if (rig->leaves) {
		net_stream_destroy(rig->stream);
		rig->stream = NULL;
		return;
	}
	bytes = net_stream_peek(rig->stream, &size);
	if (rig->keeps)
		return;
	assert_true(size <= sizeof(rig->got) - rig->got_n);
	memcpy(rig->got + rig->got_n, bytes, size);
	rig->got_n += size;
	net_stream_consume(rig->stream, size);
}

static void on_drained(void *context)
{
	((struct ws_rig *)context)->drained++;
}

static void on_closed(void *context, int rc)
{
	struct ws_rig *rig = context;

	rig->closed++;
	rig->rc = rc;
	rig->why = net_stream_get_why(rig->stream);
}

static const struct net_stream_handler handler = {
		.readable = on_readable,
		.drained = on_drained,
		.closed = on_closed,
};

static void disconnect(struct ws_rig *rig)
{
	net_stream_destroy(rig->stream);
	rig->stream = NULL;
	if (rig->peer != -1)
		close(rig->peer);
	rig->peer = -1;
	rig->keeps = rig->leaves = false;
	rig->readable = rig->drained = rig->closed = 0;
	rig->rc = 1;
	rig->why = NULL;
	rig->got_n = rig->heard_n = rig->taken = 0;
}

void ws_rig_connect_plain(struct ws_rig *rig)
{
	struct net_transport *transport;
	int fds[2];

	disconnect(rig);
	assert_int_equal(
			socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds),
			0);
	rig->socket = fds[0];
	rig->peer = fds[1];
	assert_int_equal(fcntl(rig->peer, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(net_socket_create(&transport, fds[0]), 0);
	if (rig->thin > 0)
		transport = thin_create(transport, rig->thin);
	assert_int_equal(net_stream_create(&rig->stream, rig->event, transport,
					 0, rig->handler, rig),
			0);
}

void ws_rig_connect(struct ws_rig *rig)
{
	ws_rig_connect_plain(rig);
	assert_int_equal(net_stream_start_websocket(rig->stream), 0);
}

static size_t hear(struct ws_rig *rig)
{
	ssize_t got = recv(rig->peer, rig->heard + rig->heard_n,
			sizeof(rig->heard) - rig->heard_n, MSG_DONTWAIT);

	rig->heard_n += got > 0 ? (size_t)got : 0;
	return got > 0 ? (size_t)got : 0;
}

void ws_rig_run(struct ws_rig *rig)
{
	do
		while (sd_event_run(rig->event, 0) > 0)
			continue;
	while (hear(rig) > 0);
}

void ws_rig_run_until_closed(struct ws_rig *rig)
{
	uint64_t end_us = clock_now_us() + TOO_LONG_US;

	while (rig->closed == 0) {
		assert_true(clock_now_us() < end_us);
		sd_event_run(rig->event, 10 * CLOCK_US_PER_MS);
	}
	hear(rig);
}

/* ---- the peer's side -------------------------------------------------------
 */

void ws_rig_send(struct ws_rig *rig, const void *bytes, size_t size)
{
	uint64_t end_us = clock_now_us() + TOO_LONG_US;
	size_t done = 0;

	while (done < size) {
		ssize_t sent = send(rig->peer, (const uint8_t *)bytes + done,
				size - done, MSG_NOSIGNAL);

		assert_true(sent > 0 || errno == EAGAIN);
		assert_true(clock_now_us() < end_us);
		done += sent > 0 ? (size_t)sent : 0;
		if (sent < 0)
			ws_rig_run(rig);
	}
}

size_t ws_rig_write_header(uint8_t *bytes, unsigned first, size_t size)
{
	size_t used = 0, length_bytes = 0;

	bytes[used++] = (uint8_t)first;
	if (size < 126) {
		bytes[used++] = (uint8_t)(WS_MASKED | size);
	} else {
		length_bytes = size < 65536 ? 2 : 8;
		bytes[used++] = size < 65536 ? WS_MASKED | 126
					     : WS_MASKED | 127;
	}
	while (length_bytes-- > 0)
		bytes[used++] = (uint8_t)((uint64_t)size >> 8 * length_bytes);
	memcpy(bytes + used, mask, sizeof(mask));
	return used + sizeof(mask);
}

void ws_rig_send_frame(struct ws_rig *rig, unsigned first, const void *payload,
		size_t size)
{
	uint8_t *frame = malloc(HEADER_MAX_BYTES + size);
	size_t header;

	assert_non_null(frame);
	header = ws_rig_write_header(frame, first, size);
	for (size_t i = 0; i < size; i++)
		frame[header + i] = ((const uint8_t *)payload)[i] ^ mask[i % 4];
	ws_rig_send(rig, frame, header + size);
	free(frame);
}

/* How long the header is; 0: it is not all there. */
static size_t read_header(const uint8_t *bytes, size_t bytes_n, size_t *size)
{
	size_t header = 2;

	if (bytes_n < 2)
		return 0;
	*size = bytes[1];
	assert_true(*size < 128); /* a server does not mask */
	if (*size < 126)
		return header;
	header += *size == 126 ? 2 : 8;
	if (bytes_n < header)
		return 0;
	*size = 0;
	for (size_t i = 2; i < header; i++)
		*size = *size << 8 | bytes[i];
	assert_true(*size >= (header == 4 ? 126U : 65536U));
	return header;
}

bool ws_rig_take_frame(struct ws_rig *rig, struct ws_frame *frame)
{
	const uint8_t *bytes = rig->heard + rig->taken;
	size_t bytes_n = rig->heard_n - rig->taken, header;

	header = read_header(bytes, bytes_n, &frame->size);
	if (header == 0 || bytes_n - header < frame->size)
		return false;
	frame->first = bytes[0];
	frame->payload = bytes + header;
	rig->taken += header + frame->size;
	return true;
}

void ws_rig_expect_frame(struct ws_rig *rig, unsigned first,
		const void *payload, size_t size)
{
	struct ws_frame frame;

	assert_true(ws_rig_take_frame(rig, &frame));
	assert_int_equal(frame.first, first);
	assert_int_equal(frame.size, size);
	assert_memory_equal(frame.payload, payload, size);
}

void ws_rig_expect_refusal(
		struct ws_rig *rig, unsigned code, int rc, const char *why)
{
	const uint8_t said[2] = {(uint8_t)(code >> 8), (uint8_t)code};

	ws_rig_run_until_closed(rig);
	assert_int_equal(rig->rc, rc);
	if (why)
		assert_string_equal(rig->why, why);
	else
		assert_null(rig->why);
	ws_rig_expect_frame(rig, WS_FIN | WS_CLOSE, said, sizeof(said));
	assert_int_equal(rig->taken, rig->heard_n);
}

/* ---- life ------------------------------------------------------------------
 */

int ws_rig_set_up(void **state)
{
	struct ws_rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	rig->peer = -1;
	rig->handler = &handler;
	assert_true(sd_event_new(&rig->event) >= 0);
	ws_rig_connect(rig);
	*state = rig;
	return 0;
}

int ws_rig_tear_down(void **state)
{
	struct ws_rig *rig = *state;

	disconnect(rig);
	sd_event_unref(rig->event);
	free(rig);
	return 0;
}
