/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/load-viewer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"

#define STALLED_RECEIVE_BYTES 8192
#define FENCE_REQUEST UINT32_C(0x80000000)

/* Numbers on the wire. */
enum {
	SECURITY_NONE = 1,
	RAW = 0,
	COPYRECT = 1,
	TIGHT = 7,
	QUALITY_0 = -32,
	DESKTOP_SIZE = -223,
	LAST_RECT = -224,
	EXTENDED_SIZE = -308,
	FENCE = -312,
	CONTINUOUS = -313,

	FENCE_KNOWN_FLAGS = 7,
	MESSAGE_FENCE = 248,
	MESSAGE_ENABLE_CONTINUOUS = 150,
};

static void put_u16(uint8_t *bytes, uint32_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

static void put_u32(uint8_t *bytes, uint32_t value)
{
	put_u16(bytes, value >> 16);
	put_u16(bytes + 2, value & 0xffff);
}

static void lose(struct load_viewer *viewer, const char *why)
{
	fprintf(stderr, "viewer lost: %s\n", why);
	close(viewer->fd);
	viewer->fd = -1;
}

/* What viewers say is short: a socket that has no room for it is broken. */
static void say(struct load_viewer *viewer, const void *bytes, size_t size)
{
	if (viewer->fd == -1)
		return;
	if (send(viewer->fd, bytes, size, MSG_NOSIGNAL) == (ssize_t)size)
		return;
	if (!viewer->stalled || errno != EAGAIN)
		lose(viewer, "cannot send");
}

static void hear(struct load_viewer *viewer, void *bytes, size_t size)
{
	if (size && recv(viewer->fd, bytes, size, MSG_WAITALL) != (ssize_t)size)
		bench_die("the server ends the handshake");
}

/* ---- the beginning ---- */

static void open_socket(struct load_viewer *viewer)
{
	struct sockaddr_in address = {
			.sin_family = AF_INET,
			.sin_port = htons((uint16_t)viewer->wishes.port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int one = 1, room = STALLED_RECEIVE_BYTES;

	viewer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(viewer->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (viewer->wishes.stalls)
		setsockopt(viewer->fd, SOL_SOCKET, SO_RCVBUF, &room,
				sizeof(room));
	if (connect(viewer->fd, (struct sockaddr *)&address, sizeof(address)) ==
			-1)
		bench_die("connect to port %d", viewer->wishes.port);
}

static void shake_hands(struct load_viewer *viewer)
{
	uint8_t types[256], init[24], byte;
	char version[12], name[256];

	hear(viewer, version, sizeof(version));
	say(viewer, "RFB 003.008\n", 12);
	hear(viewer, &byte, 1);
	hear(viewer, types, byte);
	if (!memchr(types, SECURITY_NONE, byte))
		bench_die("the server wants a password");
	say(viewer, "\1", 1);
	hear(viewer, init, 4);
	say(viewer, "\1", 1); /* shared */
	hear(viewer, init, sizeof(init));
	hear(viewer, name, init[23]); /* names here are short */
	walk_init(&viewer->walk, (uint32_t)init[0] << 8 | init[1],
			(uint32_t)init[2] << 8 | init[3]);
}

static size_t list_encodings(const struct load_wishes *wishes, int32_t *list)
{
	size_t n = 0;

	list[n++] = TIGHT;
	if (wishes->copyrect)
		list[n++] = COPYRECT;
	list[n++] = RAW;
	list[n++] = DESKTOP_SIZE;
	list[n++] = EXTENDED_SIZE;
	list[n++] = LAST_RECT;
	if (wishes->continuous) {
		list[n++] = FENCE;
		list[n++] = CONTINUOUS;
	}
	if (wishes->quality >= 0)
		list[n++] = QUALITY_0 + wishes->quality;
	return n;
}

static void say_wishes(struct load_viewer *viewer)
{
	/* 32 bits a pixel, depth 24, red at 16: what viewers on PCs ask. */
	static const uint8_t format[20] = {
			[4] = 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0};
	uint8_t message[4 + 4 * 16] = {2};
	int32_t list[16];
	size_t n = list_encodings(&viewer->wishes, list);

	put_u16(message + 2, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		put_u32(message + 4 + 4 * i, (uint32_t)list[i]);
	say(viewer, format, sizeof(format));
	say(viewer, message, 4 + 4 * n);
}

static void ask(struct load_viewer *viewer, uint8_t incremental)
{
	uint8_t message[10] = {3, incremental};

	put_u16(message + 6, viewer->walk.width_px);
	put_u16(message + 8, viewer->walk.height_px);
	say(viewer, message, sizeof(message));
}

static const char http_request[] =
		"GET /stream?extra_headers=1 HTTP/1.0\r\n\r\n";

void load_viewer_connect(
		struct load_viewer *viewer, const struct load_wishes *wishes)
{
	viewer->wishes = *wishes;
	open_socket(viewer);
	if (wishes->http) {
		walk_init_http(&viewer->walk);
		say(viewer, http_request, strlen(http_request));
	} else {
		shake_hands(viewer);
		say_wishes(viewer);
		ask(viewer, false);
	}
	fcntl(viewer->fd, F_SETFL, O_NONBLOCK);
}

/* ---- updates ---- */

void load_viewer_ask(struct load_viewer *viewer)
{
	ask(viewer, true);
}

static void begin_update(struct load_viewer *viewer)
{
	viewer->begun_us = clock_now_us();
	if (!viewer->continuous && !viewer->wishes.http)
		load_viewer_ask(viewer);
}

/*
 * When the picture that comes in was taken; 0: unknown. Without a word from the
 * server it is the newest that there was; what comes after it, before the next
 * one, makes it better, but it has been shown.
 */
static uint64_t find_ready(const struct load_viewer *viewer)
{
	if (viewer->walk.told_us)
		return viewer->begun_us - viewer->walk.told_us;
	if (!viewer->wishes.stamps)
		return 0;
	return bench_stamps_before(viewer->wishes.stamps, viewer->begun_us);
}

static void end_update(struct load_viewer *viewer, struct load_times *times)
{
	uint64_t now_us = clock_now_us();
	uint64_t ready_us;

	if (!viewer->walk.has_picture)
		return;
	viewer->updates++;
	viewer->stalled = viewer->wishes.stalls;
	if (times->measuring) {
		if (viewer->ended_us)
			bench_samples_add(&times->interval,
					now_us - viewer->ended_us);
		bench_samples_add(&times->transfer, now_us - viewer->begun_us);
		ready_us = find_ready(viewer);
		if (ready_us > viewer->shown_us)
			bench_samples_add(&times->latency, now_us - ready_us);
		viewer->shown_us = ready_us;
	}
	viewer->ended_us = now_us;
}

/* A fence is sent back as it came, without the wish for an answer. */
static void answer_fence(struct load_viewer *viewer)
{
	const struct walk *walk = &viewer->walk;
	uint8_t message[9 + WALK_FENCE_BYTES] = {MESSAGE_FENCE};

	if (!(walk->fence_flags & FENCE_REQUEST))
		return;
	put_u32(message + 4, walk->fence_flags & FENCE_KNOWN_FLAGS);
	message[8] = walk->fence_bytes;
	memcpy(message + 9, walk->fence, walk->fence_bytes);
	say(viewer, message, 9 + (size_t)walk->fence_bytes);
}

static void enable_continuous(struct load_viewer *viewer)
{
	uint8_t message[10] = {MESSAGE_ENABLE_CONTINUOUS, 1};

	if (viewer->continuous || !viewer->wishes.continuous)
		return;
	viewer->continuous = true;
	put_u16(message + 6, viewer->walk.width_px);
	put_u16(message + 8, viewer->walk.height_px);
	say(viewer, message, sizeof(message));
}

/* Events up to the last whole one; what is left goes to the front. */
static void walk_buffer(struct load_viewer *viewer, struct load_times *times)
{
	const uint8_t *data = viewer->buffer;
	size_t bytes = viewer->held_bytes;
	enum walk_event event;

	do {
		event = walk_next(&viewer->walk, &data, &bytes);
		switch (event) {
		case WALK_BEGIN:
			begin_update(viewer);
			break;
		case WALK_END:
			end_update(viewer, times);
			break;
		case WALK_FENCE:
			answer_fence(viewer);
			break;
		case WALK_CONTINUOUS:
			enable_continuous(viewer);
			break;
		case WALK_ERROR:
			lose(viewer, "not understood");
			return;
		case WALK_MORE:
			break;
		}
	} while (event != WALK_MORE);
	memmove(viewer->buffer, data, bytes);
	viewer->held_bytes = bytes;
}

/* MSG_TRUNC: the kernel drops what nobody looks at without copying it. */
static ssize_t receive(struct load_viewer *viewer)
{
	struct walk *walk = &viewer->walk;
	ssize_t n;

	if (walk->skip_bytes) {
		n = recv(viewer->fd, NULL, (size_t)walk->skip_bytes, MSG_TRUNC);
		if (n > 0)
			walk->skip_bytes -= (uint64_t)n;
		return n;
	}
	n = recv(viewer->fd, viewer->buffer + viewer->held_bytes,
			sizeof(viewer->buffer) - viewer->held_bytes, 0);
	if (n > 0)
		viewer->held_bytes += (size_t)n;
	return n;
}

void load_viewer_read(struct load_viewer *viewer, struct load_times *times)
{
	while (viewer->fd != -1 && !viewer->stalled) {
		ssize_t n = receive(viewer);

		if (n == -1 && errno == EAGAIN)
			return;
		if (n <= 0) {
			lose(viewer,
					n ? strerror(errno)
					  : "the server hung up");
			return;
		}
		viewer->bytes += (uint64_t)n;
		if (viewer->walk.skip_bytes == 0)
			walk_buffer(viewer, times);
	}
}

/* ---- numbers ---- */

void load_viewer_begin(struct load_viewer *viewer)
{
	viewer->base.updates = viewer->updates;
	viewer->base.bytes = viewer->bytes;
	viewer->base.counts = viewer->walk.counts;
}

struct load_numbers load_viewer_numbers(const struct load_viewer *viewer)
{
	const struct walk_counts *now = &viewer->walk.counts;
	const struct walk_counts *then = &viewer->base.counts;

	return (struct load_numbers){
			.updates = viewer->updates - viewer->base.updates,
			.bytes = viewer->bytes - viewer->base.bytes,
			.counts =
					{
							.rects = now->rects -
									then->rects,
							.pixels = now->pixels -
									then->pixels,
							.copied_pixels =
									now->copied_pixels -
									then->copied_pixels,
							.copies = now->copies -
									then->copies,
							.fills = now->fills -
									then->fills,
							.palettes = now->palettes -
									then->palettes,
							.colours = now->colours -
									then->colours,
							.jpegs = now->jpegs -
									then->jpegs,
							.raws = now->raws -
									then->raws,
							.jpeg_bytes = now->jpeg_bytes -
									then->jpeg_bytes,
					},
	};
}
