/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "net/stream.h"

/*
 * A stream that speaks WebSocket, and at the other end of a pair of sockets
 * somebody who writes frames by hand and reads them the same way: RFC 6455 is
 * written down here once more.
 */
enum {
	WS_CONTINUATION = 0x0,
	WS_TEXT = 0x1,
	WS_BINARY = 0x2,
	WS_CLOSE = 0x8,
	WS_PING = 0x9,
	WS_PONG = 0xa,
	WS_FIN = 0x80,
	WS_MASKED = 0x80, /* of the second byte */
};

struct ws_rig {
	sd_event *event;
	struct net_stream *stream;
	const struct net_stream_handler *handler; /* its first */
	int socket;                               /* of the stream; borrowed */
	int peer;
	size_t thin;       /* of the stream's transport; 0: it is not */
	bool keeps;        /* what comes is not consumed */
	bool leaves;       /* destroys the stream as soon as something comes */
	unsigned readable; /* calls */
	unsigned drained;
	unsigned closed;
	int rc;          /* of closed */
	const char *why; /* of closed */
	uint8_t got[200000];
	size_t got_n;
	uint8_t heard[400000]; /* by the peer */
	size_t heard_n;
	size_t taken; /* of it, as frames */
};

/* cmocka's. */
int ws_rig_set_up(void **state);
int ws_rig_tear_down(void **state);

/* A new pair; WebSocket begins at once, or not yet. */
void ws_rig_connect(struct ws_rig *rig);
void ws_rig_connect_plain(struct ws_rig *rig);

/* All that the loop has to do now, and what the peer then hears. */
void ws_rig_run(struct ws_rig *rig);
void ws_rig_run_until_closed(struct ws_rig *rig);

void ws_rig_send(struct ws_rig *rig, const void *bytes, size_t size);

/* A masked frame of a client; `first`: WS_FIN and an opcode. */
void ws_rig_send_frame(struct ws_rig *rig, unsigned first, const void *payload,
		size_t size);

/* The header of one alone; returns its size. */
size_t ws_rig_write_header(uint8_t *bytes, unsigned first, size_t size);

/* The next whole frame from the stream's end; false: there is none. */
struct ws_frame {
	unsigned first;
	const uint8_t *payload; /* until the next */
	size_t size;
};
bool ws_rig_take_frame(struct ws_rig *rig, struct ws_frame *frame);

/* The next frame is that one. */
void ws_rig_expect_frame(struct ws_rig *rig, unsigned first,
		const void *payload, size_t size);

/* The stream has ended so, and has said that code. */
void ws_rig_expect_refusal(
		struct ws_rig *rig, unsigned code, int rc, const char *why);

uint8_t ws_rig_byte(size_t offset);
