/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vnc/client.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/vnc/picture.h"
#include "tests/vnc/tight-decode.h"

#define MARK "in step"

static uint32_t read_u16(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 8 | bytes[1];
}

static uint32_t read_u32(const uint8_t *bytes)
{
	return read_u16(bytes) << 16 | read_u16(bytes + 2);
}

static void write_u16(uint8_t *bytes, uint32_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

static void write_u32(uint8_t *bytes, uint32_t value)
{
	write_u16(bytes, value >> 16);
	write_u16(bytes + 2, value & 0xffff);
}

/* ---- bytes ------------------------------------------------------------------
 */

/* Only so that the loop does not sleep on when something has come. */
static int on_wake(sd_event_source *source, int fd, uint32_t revents,
		void *userdata)
{
	(void)source;
	(void)fd;
	(void)revents;
	(void)userdata;
	return 0;
}

struct client *client_connect_to(struct rig *rig, const struct core_address *to,
		const struct core_address *from)
{
	struct client *client = calloc(1, sizeof(*client));
	int on = 1;

	assert_non_null(client);
	client->rig = rig;
	client->bytes_per_pixel = 4;
	client->allowance = client->piece = SIZE_MAX;
	client->fd = socket(
			to->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(client->fd >= 0);
	if (from)
		assert_int_equal(bind(client->fd,
						 (const struct sockaddr *)&from
								 ->storage,
						 from->length),
				0);
	assert_int_equal(connect(client->fd,
					 (const struct sockaddr *)&to->storage,
					 to->length),
			0);
	assert_int_equal(fcntl(client->fd, F_SETFL, O_NONBLOCK), 0);
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	assert_true(sd_event_add_io(rig->event, &client->wake, client->fd,
				    EPOLLIN | EPOLLET, on_wake, NULL) >= 0);
	return client;
}

struct client *client_connect(struct rig *rig)
{
	struct core_address address;

	vnc_server_get_address(rig->server, &address);
	return client_connect_to(rig, &address, NULL);
}

void client_close(struct client *client)
{
	sd_event_source_disable_unref(client->wake);
	client_finish_tls(client);
	close(client->fd);
	if (client->tight)
		tight_decoder_finish(client->tight);
	free(client->tight);
	free(client->canvas);
	free(client->input);
	free(client);
}

size_t client_allow(struct client *client, size_t size)
{
	if (size > client->piece)
		size = client->piece;
	if (size > client->allowance)
		size = client->allowance;
	client->allowance -= size;
	client->cut = size == 0;
	return size;
}

static ssize_t send_some(struct client *client, const void *bytes, size_t size)
{
	if (client->tls)
		return client_tls_send(client, bytes, size);
	size = client_allow(client, size);
	return size == 0 ? 0 : send(client->fd, bytes, size, MSG_NOSIGNAL);
}

/* What the server no longer wants, because it has closed, is lost. */
void client_send(struct client *client, const void *bytes, size_t size)
{
	const uint8_t *left = bytes;

	while (size > 0) {
		ssize_t sent = send_some(client, left, size);

		if (client->cut || (sent == -1 && errno != EAGAIN))
			return;
		if (sent == -1 || client->piece != SIZE_MAX)
			rig_run(client->rig);
		if (sent == -1)
			continue;
		left += sent;
		size -= (size_t)sent;
	}
}

static void read_what_is_there(struct client *client)
{
	uint8_t *end;
	size_t room;
	ssize_t got;

	if (client->input_size - client->input_used < 4096) {
		client->input_size = client->input_size * 2 + 65536;
		client->input = realloc(client->input, client->input_size);
		assert_non_null(client->input);
	}
	end = client->input + client->input_used;
	room = client->input_size - client->input_used;
	got = client->tls ? client_tls_receive(client, end, room)
			  : recv(client->fd, end, room, 0);
	if (got > 0)
		client->input_used += (size_t)got;
	else if (got == 0 || errno != EAGAIN)
		client->ended = true;
}

struct need {
	struct client *client;
	size_t size;
};

static bool is_there(void *context)
{
	struct need *need = context;

	if (need->client->input_used < need->size)
		read_what_is_there(need->client);
	return need->client->input_used >= need->size || need->client->ended;
}

/* At least `size` bytes stand at the start of the input. */
static void need(struct client *client, size_t size)
{
	struct need what = {client, size};

	rig_run_until(client->rig, is_there, &what);
	assert_true(client->input_used >= size);
}

static void drop(struct client *client, size_t size)
{
	client->input_used -= size;
	client->consumed += size;
	memmove(client->input, client->input + size, client->input_used);
}

void client_receive(struct client *client, void *bytes, size_t size)
{
	need(client, size);
	memcpy(bytes, client->input, size);
	drop(client, size);
}

void client_expect(struct client *client, const void *bytes, size_t size)
{
	need(client, size);
	assert_memory_equal(client->input, bytes, size);
	drop(client, size);
}

static bool has_ended(void *context)
{
	struct client *client = context;

	read_what_is_there(client);
	return client->ended;
}

void client_expect_end(struct client *client)
{
	rig_run_until(client->rig, has_ended, client);
}

void client_expect_silence(struct client *client)
{
	client_sync(client);
	rig_run_jobs(client->rig);
	client_sync(client);
	assert_int_equal(client->input_used, 0);
}

/* ---- messages to the server -------------------------------------------------
 */

void client_set_encodings(
		struct client *client, const int32_t *encodings, size_t count)
{
	uint8_t bytes[4 + 4 * 64] = {2};

	assert_true(count <= 64);
	write_u16(bytes + 2, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		write_u32(bytes + 4 + 4 * i, (uint32_t)encodings[i]);
	client_send(client, bytes, 4 + 4 * count);
}

void client_set_pixel_format(struct client *client, const uint8_t format[16])
{
	uint8_t bytes[20] = {0};

	memcpy(bytes + 4, format, 16);
	client->bytes_per_pixel = format[0] / 8;
	client_send(client, bytes, sizeof(bytes));
}

static void send_area(struct client *client, uint8_t type, bool flag,
		const uint32_t area[4])
{
	uint8_t bytes[10] = {type, flag};

	for (size_t i = 0; i < 4; i++)
		write_u16(bytes + 2 + 2 * i, area[i]);
	client_send(client, bytes, sizeof(bytes));
}

void client_request(struct client *client, bool incremental, uint32_t x_px,
		uint32_t y_px, uint32_t width_px, uint32_t height_px)
{
	const uint32_t area[] = {x_px, y_px, width_px, height_px};

	send_area(client, 3, incremental, area);
}

void client_request_all(struct client *client, bool incremental)
{
	client_request(client, incremental, 0, 0, client->width_px,
			client->height_px);
}

void client_send_continuous(struct client *client, bool enable, uint32_t x_px,
		uint32_t y_px, uint32_t width_px, uint32_t height_px)
{
	const uint32_t area[] = {x_px, y_px, width_px, height_px};

	send_area(client, 150, enable, area);
}

void client_send_key(struct client *client, uint32_t keysym, bool down)
{
	uint8_t bytes[8] = {4, down};

	write_u32(bytes + 4, keysym);
	client_send(client, bytes, sizeof(bytes));
}

void client_send_pointer(
		struct client *client, uint8_t mask, uint32_t x, uint32_t y)
{
	uint8_t bytes[6] = {5, mask};

	write_u16(bytes + 2, x);
	write_u16(bytes + 4, y);
	client_send(client, bytes, sizeof(bytes));
}

void client_send_fence(struct client *client, uint32_t flags,
		const void *payload, uint8_t payload_bytes)
{
	uint8_t bytes[9 + 64] = {248};

	write_u32(bytes + 4, flags);
	bytes[8] = payload_bytes;
	memcpy(bytes + 9, payload, payload_bytes);
	client_send(client, bytes, 9U + payload_bytes);
}

/* The answer must be the next that comes, or what came before is kept. */
static bool mark_has_come(void *context)
{
	struct client *client = context;
	size_t length = 9 + sizeof(MARK) - 1;

	read_what_is_there(client);
	assert_false(client->ended);
	return client->input_used >= length &&
			memcmp(client->input + client->input_used -
							(sizeof(MARK) - 1),
					MARK, sizeof(MARK) - 1) == 0;
}

void client_sync(struct client *client)
{
	client_send_fence(client, 0x80000000, MARK, sizeof(MARK) - 1);
	rig_run_until(client->rig, mark_has_come, client);
	client->input_used -= 9 + sizeof(MARK) - 1;
}

/* ---- messages from the server -----------------------------------------------
 */

static void paint_raw(struct client *client, const struct client_rect *rect,
		const uint8_t *bytes)
{
	for (uint32_t y = 0; y < rect->height_px; y++)
		for (uint32_t x = 0; x < rect->width_px; x++, bytes += 4)
			client->canvas[(rect->y_px + y) * client->width_px +
					rect->x_px + x] = (uint32_t)bytes[2]
							<< 16 |
					(uint32_t)bytes[1] << 8 | bytes[0];
}

static void take_raw(struct client *client, const struct client_rect *rect)
{
	size_t size = (size_t)rect->width_px * rect->height_px *
			client->bytes_per_pixel;

	assert_true(rect->x_px + rect->width_px <= client->width_px);
	assert_true(rect->y_px + rect->height_px <= client->height_px);
	need(client, size);
	if (client->bytes_per_pixel == 4)
		paint_raw(client, rect, client->input);
	drop(client, size);
}

/* On the canvas, and where Tight goes on drawing. */
static void copy_on(uint32_t *canvas, uint32_t stride_px,
		const struct client_rect *to, uint32_t x_px, uint32_t y_px)
{
	for (uint32_t i = 0; i < to->height_px; i++) {
		uint32_t y = y_px < to->y_px ? to->height_px - 1 - i : i;

		memmove(canvas + (size_t)stride_px * (to->y_px + y) + to->x_px,
				canvas + (size_t)stride_px * (y_px + y) + x_px,
				to->width_px * sizeof(*canvas));
	}
}

static void take_copy(struct client *client, struct client_rect *rect)
{
	uint32_t x_px, y_px;

	client_receive(client, rect->data, 4);
	x_px = read_u16(rect->data);
	y_px = read_u16(rect->data + 2);
	assert_true(rect->x_px + rect->width_px <= client->width_px);
	assert_true(rect->y_px + rect->height_px <= client->height_px);
	assert_true(x_px + rect->width_px <= client->width_px);
	assert_true(y_px + rect->height_px <= client->height_px);
	copy_on(client->canvas, client->width_px, rect, x_px, y_px);
	if (client->tight)
		copy_on(client->tight->canvas, client->width_px, rect, x_px,
				y_px);
}

/* Of a length and what it counts, at `offset`; both must have come. */
static size_t tight_data_bytes(struct client *client, size_t offset)
{
	size_t length = 0, used = 0;

	do {
		need(client, offset + used + 1);
		length |= (size_t)(client->input[offset + used] &
					  (used == 2 ? 0xff : 0x7f))
				<< (7 * used);
	} while (client->input[offset + used++] & 0x80 && used < 3);
	need(client, offset + used + length);
	return used + length;
}

/* All bytes of a Tight rectangle, from its header on, have come. */
static void need_tight(struct client *client, const struct client_rect *rect)
{
	size_t at = 13, row = (size_t)rect->width_px * 3, bare;
	uint8_t control;

	need(client, at);
	control = client->input[12] >> 4;
	if (control == 8) {
		need(client, at + 3);
		return;
	}
	if (control == 9) {
		tight_data_bytes(client, at);
		return;
	}
	if (control & 4) {
		need(client, at + 2);
		if (client->input[at++] == 1) {
			size_t colours = client->input[at++] + 1U;

			at += colours * 3;
			row = colours <= 2 ? (rect->width_px + 7) / 8
					   : rect->width_px;
		}
	}
	bare = row * rect->height_px;
	if (bare < 12)
		need(client, at + bare);
	else
		tight_data_bytes(client, at);
}

static void take_tight(struct client *client, const struct client_rect *rect)
{
	if (!client->tight) {
		client->tight = calloc(1, sizeof(*client->tight));
		assert_non_null(client->tight);
		tight_decoder_init(client->tight, client->width_px,
				client->height_px);
	}
	need_tight(client, rect);
	drop(client,
			tight_decode(client->tight, client->input,
					client->input_used));
	memcpy(client->canvas, client->tight->canvas,
			(size_t)client->width_px * client->height_px *
					sizeof(uint32_t));
}

static void resize(struct client *client, const struct client_rect *rect)
{
	if (rect->width_px == client->width_px &&
			rect->height_px == client->height_px)
		return;
	client->width_px = rect->width_px;
	client->height_px = rect->height_px;
	free(client->canvas);
	client->canvas = calloc((size_t)client->width_px * client->height_px,
			sizeof(uint32_t));
	if (client->tight)
		tight_decoder_finish(client->tight);
	free(client->tight);
	client->tight = NULL;
}

static size_t pseudo_bytes(struct client *client, int32_t encoding)
{
	switch (encoding) {
	case DESKTOP_SIZE:
	case CURSOR:
	case QEMU_KEY:
	case EXTENDED_BUTTONS:
		return 0;
	case QEMU_LEDS:
		return 1;
	case VMWARE_LEDS:
		return 4;
	case NAME:
		need(client, 4);
		return 4 + read_u32(client->input);
	case EXTENDED_SIZE:
		return 4 + 16;
	default:
		fail_msg("a rectangle of encoding %d", encoding);
		return 0;
	}
}

static void take_pseudo(struct client *client, struct client_rect *rect)
{
	size_t size = pseudo_bytes(client, rect->encoding);

	assert_true(size <= sizeof(rect->data));
	client_receive(client, rect->data, size);
	if (rect->encoding == DESKTOP_SIZE || rect->encoding == EXTENDED_SIZE)
		resize(client, rect);
}

static void take_rect(struct client *client, struct client_rect *rect)
{
	need(client, 12);
	rect->x_px = read_u16(client->input);
	rect->y_px = read_u16(client->input + 2);
	rect->width_px = read_u16(client->input + 4);
	rect->height_px = read_u16(client->input + 6);
	rect->encoding = (int32_t)read_u32(client->input + 8);
	if (rect->encoding == TIGHT) { /* its decoder reads the header, too */
		take_tight(client, rect);
		return;
	}
	drop(client, 12);
	if (rect->encoding == RAW)
		take_raw(client, rect);
	else if (rect->encoding == COPY_RECT)
		take_copy(client, rect);
	else
		take_pseudo(client, rect);
}

void client_next(struct client *client, struct client_message *message)
{
	uint8_t head[9];

	client_receive(client, head, 1);
	message->type = head[0];
	message->rects_n = 0;
	switch (message->type) {
	case CLIENT_UPDATE:
		client_receive(client, head, 3);
		message->rects_n = read_u16(head + 1);
		assert_in_range(message->rects_n, 1, CLIENT_RECTS_MAX);
		for (size_t i = 0; i < message->rects_n; i++)
			take_rect(client, &message->rects[i]);
		return;
	case CLIENT_FENCE:
		client_receive(client, head + 1, 8);
		message->fence_flags = read_u32(head + 4);
		message->fence_bytes = head[8];
		client_receive(client, message->fence, head[8]);
		return;
	case CLIENT_END_OF_CONTINUOUS:
		return;
	case CLIENT_COLOUR_MAP:
		client_receive(client, head + 1, 5);
		need(client, 6 * read_u16(head + 4));
		drop(client, 6 * read_u16(head + 4));
		return;
	}
	fail_msg("a message of type %d", message->type);
}

void client_next_update(struct client *client, struct client_message *message)
{
	client_next(client, message);
	assert_int_equal(message->type, CLIENT_UPDATE);
}

const struct client_rect *client_find(
		const struct client_message *message, int32_t encoding)
{
	for (size_t i = 0; i < message->rects_n; i++)
		if (message->rects[i].encoding == encoding)
			return &message->rects[i];
	return NULL;
}

bool client_has_picture(const struct client *client)
{
	const struct video_frame *frame = client->rig->frame;

	assert_int_equal(client->width_px, frame->layout.width_px);
	assert_int_equal(client->height_px, frame->layout.height_px);
	return picture_difference(frame, client->canvas) ==
			(size_t)client->width_px * client->height_px;
}

void client_expect_picture(const struct client *client)
{
	size_t at;

	if (client_has_picture(client))
		return;
	at = picture_difference(client->rig->frame, client->canvas);
	fail_msg("pixel %zu,%zu differs", at % client->width_px,
			at / client->width_px);
}
