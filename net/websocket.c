/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/websocket.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#include "core/min-max.h"
#include "core/utf8.h"

/* As many parts as a stream gives to one send. */
#define PARTS_MAX 160

#define FIN 0x80
#define HEADER_MAX_BYTES 10
#define CONTROL_MAX_BYTES 125 /* of what one carries */

struct net_websocket {
	struct net_transport base;
	struct net_transport *inner; /* owned */
	wslay_frame_context_ptr frames;
	bool ended; /* nothing goes in or out any more */
	int rc;     /* how it ended; 0: the peer did it */
	const char *why;

	/* What came. */
	bool may_read;      /* receive has not read yet */
	bool unread;        /* the inner transport may have more */
	bool full;          /* receive stopped because its caller was */
	bool in_message;    /* more fragments of it are to follow */
	uint64_t message;   /* bytes of it, announced ones included */
	uint64_t announced; /* of this frame, yet to come */
	bool in_frame;
	struct wslay_frame_iocb frame;
	const uint8_t *payload; /* unmasked and not received yet */
	size_t payload_left;
	uint8_t heard[CONTROL_MAX_BYTES]; /* of a control frame */
	size_t heard_used;

	/* The data frame that is on its way: its header and what it covers. */
	uint8_t header[HEADER_MAX_BYTES];
	size_t header_first;
	size_t header_left;
	size_t frame_left;

	/* Control frames: one on its way, and what is to follow. */
	uint8_t control[2 + CONTROL_MAX_BYTES];
	size_t control_first;
	size_t control_left;
	bool pong_due;
	uint8_t pong[CONTROL_MAX_BYTES];
	size_t pong_used;
	unsigned close_code; /* 0: no good-bye is due */
};

static struct net_websocket *websocket_of(struct net_transport *transport)
{
	return (struct net_websocket *)transport;
}

static const struct net_websocket *const_websocket_of(
		const struct net_transport *transport)
{
	return (const struct net_websocket *)transport;
}

static void end(struct net_websocket *websocket, int rc, const char *why)
{
	websocket->ended = true;
	websocket->rc = rc;
	websocket->why = why;
}

/* ---- control frames that go out ---------------------------------------------
 */

static void make_control(struct net_websocket *websocket, uint8_t opcode,
		const uint8_t *payload, size_t size)
{
	websocket->control[0] = FIN | opcode;
	websocket->control[1] = (uint8_t)size;
	memcpy(websocket->control + 2, payload, size);
	websocket->control_first = 0;
	websocket->control_left = 2 + size;
}

static bool is_control_due(const struct net_websocket *websocket)
{
	return websocket->control_left > 0 || websocket->pong_due ||
			websocket->close_code != 0;
}

static void make_next_control(struct net_websocket *websocket)
{
	const uint16_t code = htobe16((uint16_t)websocket->close_code);

	if (websocket->pong_due) {
		make_control(websocket, WSLAY_PONG, websocket->pong,
				websocket->pong_used);
		websocket->pong_due = false;
		return;
	}
	make_control(websocket, WSLAY_CONNECTION_CLOSE, (const uint8_t *)&code,
			sizeof(code));
	websocket->close_code = 0;
}

/* Between data frames only. -EAGAIN: not all of it is gone. */
static int send_control(struct net_websocket *websocket)
{
	while (is_control_due(websocket)) {
		struct net_transport *inner = websocket->inner;
		struct iovec part;
		ssize_t sent;

		if (websocket->control_left == 0)
			make_next_control(websocket);
		part.iov_base = websocket->control + websocket->control_first;
		part.iov_len = websocket->control_left;
		sent = inner->kind->send(inner, &part, 1);
		if (sent < 0)
			return (int)sent;
		websocket->control_first += (size_t)sent;
		websocket->control_left -= (size_t)sent;
	}
	return 0;
}

/* Its failure is the next receive's, too. */
static void try_to_send_control(struct net_websocket *websocket)
{
	if (websocket->frame_left == 0)
		send_control(websocket);
}

/* ---- frames that come in ----------------------------------------------------
 */

static void refuse(struct net_websocket *websocket, unsigned code, int rc,
		const char *why)
{
	websocket->close_code = code;
	end(websocket, rc, why);
}

static void refuse_form(struct net_websocket *websocket)
{
	refuse(websocket, WSLAY_CODE_PROTOCOL_ERROR, -EPROTO,
			"WebSocket: it sent what is no frame");
}

static ssize_t on_read(uint8_t *bytes, size_t size, int flags, void *userdata)
{
	struct net_websocket *websocket = userdata;
	struct net_transport *inner = websocket->inner;
	ssize_t got;

	(void)flags;
	/* What was there is received by then, and it may have been a key. */
	explicit_bzero(bytes, size);
	if (!websocket->may_read)
		return -1;
	websocket->may_read = false;
	got = inner->kind->receive(inner, bytes, size);
	websocket->unread = got == (ssize_t)size;
	if (got <= 0 && got != -EAGAIN)
		end(websocket, (int)got, NULL);
	return got > 0 ? got : -1;
}

static void begin_control(struct net_websocket *websocket)
{
	websocket->heard_used = 0;
	switch (websocket->frame.opcode) {
	case WSLAY_PING:
	case WSLAY_PONG:
	case WSLAY_CONNECTION_CLOSE:
		return;
	default:
		refuse_form(websocket);
	}
}

static void begin_data(struct net_websocket *websocket)
{
	const struct wslay_frame_iocb *frame = &websocket->frame;
	bool goes_on = frame->opcode == WSLAY_CONTINUATION_FRAME;

	if (goes_on != websocket->in_message ||
			(!goes_on && frame->opcode != WSLAY_TEXT_FRAME &&
					frame->opcode != WSLAY_BINARY_FRAME)) {
		refuse_form(websocket);
		return;
	}
	if (frame->opcode == WSLAY_TEXT_FRAME) {
		refuse(websocket, WSLAY_CODE_UNSUPPORTED_DATA, -ENOTSUP,
				"WebSocket: it sent text, where only binary messages are");
		return;
	}
	if (!goes_on)
		websocket->message = 0;
	if (frame->payload_length >
			NET_WEBSOCKET_MESSAGE_MAX_BYTES - websocket->message) {
		refuse(websocket, WSLAY_CODE_MESSAGE_TOO_BIG, -EMSGSIZE,
				"WebSocket: it sent a message too long");
		return;
	}
	websocket->message += frame->payload_length;
	websocket->in_message = !frame->fin;
}

static void begin_frame(struct net_websocket *websocket)
{
	const struct wslay_frame_iocb *frame = &websocket->frame;

	websocket->in_frame = true;
	websocket->announced = frame->payload_length;
	if (!frame->mask || frame->rsv != WSLAY_RSV_NONE)
		refuse_form(websocket);
	else if (wslay_is_ctrl_frame(frame->opcode))
		begin_control(websocket);
	else
		begin_data(websocket);
}

static bool is_utf8(const uint8_t *bytes, size_t size)
{
	uint32_t character;

	while (size > 0) {
		size_t some = core_utf8_read(
				(const char *)bytes, size, &character);

		if (some == 0)
			return false;
		bytes += some;
		size -= some;
	}
	return true;
}

/* What is no code that may be said (RFC 6455, 7.4) is answered as such. */
static bool is_close_code(unsigned code)
{
	return (code >= 3000 && code < 5000) ||
			(code >= WSLAY_CODE_NORMAL_CLOSURE &&
					code <= WSLAY_CODE_UNSUPPORTED_DATA) ||
			(code >= WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA &&
					code <= 1014);
}

static void take_close(struct net_websocket *websocket)
{
	unsigned code = WSLAY_CODE_NORMAL_CLOSURE;

	if (websocket->heard_used >= 2)
		code = (unsigned)websocket->heard[0] << 8 | websocket->heard[1];
	if (websocket->heard_used == 1 || !is_close_code(code)) {
		refuse_form(websocket);
		return;
	}
	if (websocket->heard_used > 2 &&
			!is_utf8(websocket->heard + 2,
					websocket->heard_used - 2)) {
		refuse(websocket, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA,
				-EILSEQ,
				"WebSocket: it said why it left, but not in UTF-8");
		return;
	}
	websocket->close_code = code;
	end(websocket, 0, NULL);
}

static void take_control(struct net_websocket *websocket)
{
	if (websocket->frame.opcode == WSLAY_CONNECTION_CLOSE) {
		take_close(websocket);
	} else if (websocket->frame.opcode == WSLAY_PING) {
		memcpy(websocket->pong, websocket->heard,
				websocket->heard_used);
		websocket->pong_used = websocket->heard_used;
		websocket->pong_due = true;
	}
}

static void hear(struct net_websocket *websocket)
{
	memcpy(websocket->heard + websocket->heard_used, websocket->frame.data,
			websocket->frame.data_length);
	websocket->heard_used += websocket->frame.data_length;
}

/* The next part of a frame. -EAGAIN: no more for now, or it has ended. */
static int take_part(struct net_websocket *websocket)
{
	struct wslay_frame_iocb *frame = &websocket->frame;
	ssize_t got = wslay_frame_recv(websocket->frames, frame);

	if (websocket->ended || got == WSLAY_ERR_WANT_READ)
		return -EAGAIN;
	if (got < 0)
		refuse_form(websocket);
	else if (!websocket->in_frame)
		begin_frame(websocket);
	if (websocket->ended)
		return -EAGAIN;
	websocket->announced -= frame->data_length;
	websocket->in_frame = websocket->announced > 0;
	if (!wslay_is_ctrl_frame(frame->opcode)) {
		websocket->payload = frame->data;
		websocket->payload_left = frame->data_length;
		return 0;
	}
	hear(websocket);
	if (!websocket->in_frame)
		take_control(websocket);
	return 0;
}

static ssize_t websocket_receive(
		struct net_transport *transport, void *bytes, size_t size)
{
	struct net_websocket *websocket = websocket_of(transport);
	uint8_t *to = bytes;
	size_t used = 0;

	websocket->may_read = true;
	while (used < size && !websocket->ended) {
		size_t some = core_min_size(
				size - used, websocket->payload_left);

		memcpy(to + used, websocket->payload, some);
		used += some;
		websocket->payload += some;
		websocket->payload_left -= some;
		if (some == 0 && take_part(websocket) == -EAGAIN)
			break;
	}
	websocket->full = used == size;
	try_to_send_control(websocket);
	if (used > 0)
		return (ssize_t)used;
	return websocket->ended ? websocket->rc : -EAGAIN;
}

/* ---- data frames that go out ------------------------------------------------
 */

static size_t size_of(const struct iovec *parts, size_t parts_n)
{
	size_t size = 0;

	for (size_t i = 0; i < parts_n; i++)
		size += parts[i].iov_len;
	return size;
}

/*
 * One frame for all that there is. Its header is made here and not by wslay,
 * which would send it alone: a packet, and with TLS a record of its own.
 */
static void make_frame(struct net_websocket *websocket, size_t size)
{
	const uint64_t longest = htobe64(size);
	const uint16_t middle = htobe16((uint16_t)size);

	websocket->header[0] = FIN | WSLAY_BINARY_FRAME;
	if (size < 126) {
		websocket->header[1] = (uint8_t)size;
		websocket->header_left = 2;
	} else if (size <= UINT16_MAX) {
		websocket->header[1] = 126;
		memcpy(websocket->header + 2, &middle, sizeof(middle));
		websocket->header_left = 2 + sizeof(middle);
	} else {
		websocket->header[1] = 127;
		memcpy(websocket->header + 2, &longest, sizeof(longest));
		websocket->header_left = 2 + sizeof(longest);
	}
	websocket->header_first = 0;
	websocket->frame_left = size;
}

/* What is left of the header, and of `from` what the frame covers. */
static size_t list_parts(struct net_websocket *websocket,
		struct iovec parts[1 + PARTS_MAX], const struct iovec *from,
		size_t from_n)
{
	size_t left = websocket->frame_left, parts_n = 0;

	if (websocket->header_left > 0) {
		parts[parts_n].iov_base =
				websocket->header + websocket->header_first;
		parts[parts_n++].iov_len = websocket->header_left;
	}
	for (size_t i = 0; i < from_n && left > 0; i++) {
		size_t some = core_min_size(from[i].iov_len, left);

		parts[parts_n].iov_base = from[i].iov_base;
		parts[parts_n++].iov_len = some;
		left -= some;
	}
	return parts_n;
}

/* Returns how much of what the frame covers was sent; it may be 0. */
static ssize_t send_frame(struct net_websocket *websocket,
		const struct iovec *from, size_t from_n)
{
	struct net_transport *inner = websocket->inner;
	struct iovec parts[1 + PARTS_MAX];
	size_t parts_n = list_parts(websocket, parts, from,
			core_min_size(from_n, PARTS_MAX));
	ssize_t sent = inner->kind->send(inner, parts, parts_n);
	size_t head;

	if (sent < 0)
		return sent;
	head = core_min_size((size_t)sent, websocket->header_left);
	websocket->header_first += head;
	websocket->header_left -= head;
	websocket->frame_left -= (size_t)sent - head;
	return sent - (ssize_t)head;
}

/*
 * A frame once begun stays as it is, and nothing comes between it and its
 * header: the inner transport may have promised those bytes already.
 */
static ssize_t websocket_send(struct net_transport *transport,
		const struct iovec *parts, size_t parts_n)
{
	struct net_websocket *websocket = websocket_of(transport);
	ssize_t sent = 0;

	if (websocket->ended)
		return websocket->rc < 0 ? websocket->rc : -EPIPE;
	if (websocket->frame_left == 0) {
		int rc = send_control(websocket);

		if (rc < 0)
			return rc;
		make_frame(websocket,
				size_of(parts,
						core_min_size(parts_n,
								PARTS_MAX)));
	}
	while (sent == 0)
		sent = send_frame(websocket, parts, parts_n);
	if (sent > 0)
		try_to_send_control(websocket);
	return sent;
}

/* ---- a transport ------------------------------------------------------------
 */

static int websocket_get_fd(const struct net_transport *transport)
{
	const struct net_transport *inner =
			const_websocket_of(transport)->inner;

	return inner->kind->get_fd(inner);
}

static size_t websocket_get_unsent(const struct net_transport *transport)
{
	return net_transport_get_unsent(const_websocket_of(transport)->inner);
}

static void websocket_set_ahead(struct net_transport *transport, size_t bytes)
{
	net_transport_set_ahead(websocket_of(transport)->inner, bytes);
}

static void websocket_set_pace(struct net_transport *transport, uint64_t rate)
{
	net_transport_set_pace(websocket_of(transport)->inner, rate);
}

static unsigned websocket_get_needs(const struct net_transport *transport)
{
	const struct net_websocket *websocket = const_websocket_of(transport);
	unsigned needs = net_transport_get_needs(websocket->inner);

	if (websocket->ended)
		return NET_NEED_RECEIVE;
	if (is_control_due(websocket) && websocket->frame_left == 0)
		needs |= NET_NEED_OUTPUT;
	if (websocket->full || websocket->unread || websocket->payload_left > 0)
		needs |= NET_NEED_RECEIVE;
	return needs;
}

static const char *websocket_get_why(const struct net_transport *transport)
{
	const struct net_websocket *websocket = const_websocket_of(transport);

	return websocket->why ? websocket->why
			      : net_transport_get_why(websocket->inner);
}

/* wslay's own memory, where it offers it for more to be read. */
static void wipe_frames(struct net_websocket *websocket)
{
	websocket->may_read = false;
	while (wslay_frame_recv(websocket->frames, &websocket->frame) >= 0)
		continue;
}

static void websocket_destroy(struct net_transport *transport)
{
	struct net_websocket *websocket = websocket_of(transport);

	if (!websocket->ended) {
		websocket->close_code = WSLAY_CODE_NORMAL_CLOSURE;
		try_to_send_control(websocket); /* if it can */
	}
	wipe_frames(websocket);
	wslay_frame_context_free(websocket->frames);
	net_transport_destroy(websocket->inner);
	/* It may have been a key that somebody typed. */
	explicit_bzero(websocket, sizeof(*websocket));
	free(websocket);
}

static const struct net_transport_kind websocket_kind = {
		.name = "websocket",
		.get_fd = websocket_get_fd,
		.receive = websocket_receive,
		.send = websocket_send,
		.get_unsent = websocket_get_unsent,
		.set_ahead = websocket_set_ahead,
		.set_pace = websocket_set_pace,
		.get_needs = websocket_get_needs,
		.get_why = websocket_get_why,
		.destroy = websocket_destroy,
};

int net_websocket_wrap(struct net_transport **out, struct net_transport *inner)
{
	static const struct wslay_frame_callbacks callbacks = {
			.recv_callback = on_read,
	};
	struct net_websocket *websocket = calloc(1, sizeof(*websocket));

	*out = NULL;
	if (!websocket)
		return -ENOMEM;
	if (wslay_frame_context_init(
			    &websocket->frames, &callbacks, websocket) < 0) {
		free(websocket);
		return -ENOMEM;
	}
	websocket->base.kind = &websocket_kind;
	websocket->payload = websocket->heard; /* of which there is none */
	websocket->inner = inner;
	*out = &websocket->base;
	return 0;
}
