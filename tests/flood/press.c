/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * press PORT vncauth:PASSWORD MILLISECONDS
 *
 * Viewers that are in and press the server as hard as they can, each for that
 * time with messages of one kind, pipelined. They take what they are sent. How
 * long the server's loop was held by them is for others to judge; here each has
 * only to get in. That the server ends the connection is in order.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/clock.h"
#include "tests/bench/tool.h"
#include "tests/flood/peer.h"

#define PATTERN_BYTES 65536
#define START_US (15 * CLOCK_US_PER_S)

struct pattern {
	size_t used;
	uint8_t bytes[PATTERN_BYTES];
};

static void put(struct pattern *pattern, const void *bytes, size_t size)
{
	if (pattern->used + size > PATTERN_BYTES)
		bench_die("a pattern is too long");
	memcpy(pattern->bytes + pattern->used, bytes, size);
	pattern->used += size;
}

/* ---- what they say ----------------------------------------------------------
 */

static void put_request(struct pattern *pattern)
{
	static const uint8_t all[10] = {3, 0, [6] = 1, 64, 0, 240};

	put(pattern, all, sizeof(all));
}

static void put_encodings(struct pattern *pattern, int8_t first, int8_t second)
{
	uint8_t message[12] = {2, 0, 0, 2};

	memset(message + 4, first < 0 ? 0xff : 0, 4);
	memset(message + 8, second < 0 ? 0xff : 0, 4);
	message[7] = (uint8_t)first;
	message[11] = (uint8_t)second;
	put(pattern, message, sizeof(message));
}

static void put_format(struct pattern *pattern, unsigned n)
{
	static const uint8_t formats[][20] = {
			{[4] = 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0},
			{[4] = 8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 5, 2, 0},
			{[4] = 16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0},
	};

	put(pattern, formats[n % 3], sizeof(formats[0]));
}

static void say_requests(struct pattern *pattern, unsigned n)
{
	(void)n;
	put_request(pattern);
}

static void say_encodings(struct pattern *pattern, unsigned n)
{
	put_encodings(pattern, 7, (int8_t)(-32 + (int)(n % 10)));
	put_request(pattern);
}

static void say_formats(struct pattern *pattern, unsigned n)
{
	put_format(pattern, n);
	put_request(pattern);
}

/* To the fallback's encoders and back, each time. */
static void say_other_encoders(struct pattern *pattern, unsigned n)
{
	static const int8_t encodings[] = {7, 16, 5, 6, 0};

	put_format(pattern, n);
	put_encodings(pattern, encodings[n % 5], -26);
	put_request(pattern);
}

static void say_long_encodings(struct pattern *pattern, unsigned n)
{
	static const uint8_t head[4] = {2, 0, 4, 0}; /* 1024 */
	static const uint8_t tight[4] = {0, 0, 0, 7};

	(void)n;
	put(pattern, head, sizeof(head));
	for (unsigned i = 0; i < 1024; i++)
		put(pattern, tight, sizeof(tight));
}

static void say_cut_text(struct pattern *pattern, unsigned n)
{
	static const uint8_t text[8 + 8192] = {6, [6] = 32};

	(void)n;
	put(pattern, text, sizeof(text));
}

static void say_continuous(struct pattern *pattern, unsigned n)
{
	const uint8_t message[10] = {150, n % 2 == 0, [6] = 1, 64, 0, 240};

	put_encodings(pattern, 7, 0);
	put(pattern, message, sizeof(message));
}

static void say_keys(struct pattern *pattern, unsigned n)
{
	const uint8_t key[8] = {
			4, n % 2 == 0, [7] = (uint8_t)('a' + n / 2 % 26)};

	put(pattern, key, sizeof(key));
}

static void say_pointers(struct pattern *pattern, unsigned n)
{
	const uint8_t pointer[6] = {5, (uint8_t)n, 0, (uint8_t)(n * 7), 0,
			(uint8_t)(n * 13)};

	put(pattern, pointer, sizeof(pointer));
}

static void say_sizes(struct pattern *pattern, unsigned n)
{
	const uint8_t size[24] = {251, 0, 4, (uint8_t)n, 3, 0, 1, [20] = 4,
			(uint8_t)n, 3, 0};

	put(pattern, size, sizeof(size));
}

static const struct {
	const char *name;
	void (*say)(struct pattern *pattern, unsigned n);
	size_t longest; /* what one call says at most */
} kinds[] = {
		{"update requests", say_requests, 10},
		{"encodings", say_encodings, 22},
		{"long lists of encodings", say_long_encodings, 4100},
		{"pixel formats", say_formats, 30},
		{"other encoders", say_other_encoders, 42},
		{"cut text", say_cut_text, 8200},
		{"continuous updates", say_continuous, 22},
		{"keys", say_keys, 8},
		{"pointers", say_pointers, 6},
		{"desktop sizes", say_sizes, 24},
};

/* ---- saying it --------------------------------------------------------------
 */

static void get_in(struct peer *peer, const struct peer_door *door,
		unsigned number)
{
	uint64_t began_us = clock_now_us();

	peer_connect(peer, door, PEER_VIEWER, 7U << 16 | (number + 1));
	while (peer->fd != -1 && peer->state != PEER_UPDATES) {
		struct pollfd poll_fd = {peer->fd, POLLIN, 0};

		if (clock_now_us() - began_us > START_US)
			bench_die("it takes too long to get in");
		poll(&poll_fd, 1, 100);
		peer_read(peer);
	}
	if (peer->fd == -1)
		bench_die("the server does not let in");
}

/* As poll has it: false when the server has ended it. */
static bool press_once(
		struct peer *peer, const struct pattern *pattern, size_t *said)
{
	struct pollfd poll_fd = {peer->fd, POLLIN | POLLOUT, 0};
	ssize_t n;

	poll(&poll_fd, 1, 100);
	if (poll_fd.revents & (POLLIN | POLLERR | POLLHUP)) {
		n = recv(peer->fd, peer->buffer, PEER_BUFFER_BYTES, 0);
		if (n == 0 || (n == -1 && errno != EAGAIN))
			return false;
	}
	if (poll_fd.revents & POLLOUT) {
		n = send(peer->fd, pattern->bytes + *said,
				pattern->used - *said, MSG_NOSIGNAL);
		if (n == -1 && errno != EAGAIN)
			return false;
		if (n > 0)
			*said = (*said + (size_t)n) % pattern->used;
	}
	return true;
}

static void press(
		const struct peer_door *door, unsigned number, uint64_t for_us)
{
	struct pattern *pattern = calloc(1, sizeof(*pattern));
	uint64_t end_us;
	struct peer peer;
	bool there = true;
	size_t said = 0;

	if (!pattern)
		bench_die("no memory");
	for (unsigned n = 0;
			pattern->used + kinds[number].longest <= PATTERN_BYTES;
			n++)
		kinds[number].say(pattern, n);
	get_in(&peer, door, number);
	end_us = clock_now_us() + for_us;
	while (there && clock_now_us() < end_us)
		there = press_once(&peer, pattern, &said);
	printf("%s%s\n", kinds[number].name,
			there ? "" : ": the server ended it");
	peer_close(&peer, PEER_DONE);
	free(pattern);
}

int main(int argc, char *argv[])
{
	struct peer_door door;

	if (argc != 4)
		bench_die("usage: press PORT vncauth:PASSWORD MILLISECONDS");
	setvbuf(stdout, NULL, _IOLBF, 0);
	peer_door_init(&door, argv[1], argv[2]);
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		press(&door, i, (uint64_t)atoi(argv[3]) * CLOCK_US_PER_MS);
	return 0;
}
