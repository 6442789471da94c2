/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * relay PORT SERVER-PORT BYTES-PER-SECOND LATENCY-MS
 *
 * A thin link on 127.0.0.1: takes one connection on PORT and hands its bytes
 * on. Those from the server leave one packet after the other at that rate;
 * both ways take that long besides. Little waits here: a sender that is too
 * quick finds the socket full.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"

#define PACKET_BYTES 576
#define PACKETS_MAX 512
#define RECEIVE_BYTES 4096

struct packet {
	uint64_t due_us;
	size_t bytes;
	uint8_t data[PACKET_BYTES];
};

/* One direction. */
struct way {
	int from;
	int to;
	uint64_t rate; /* 0: as quick as can be */
	uint64_t latency_us;
	uint64_t free_us; /* when the next packet may begin */
	bool ended;
	unsigned first;
	unsigned count;
	struct packet packets[PACKETS_MAX];
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static struct sockaddr_in loopback(const char *port)
{
	return (struct sockaddr_in){
			.sin_family = AF_INET,
			.sin_port = htons((uint16_t)atoi(port)),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int open_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int bytes = RECEIVE_BYTES, on = 1;

	if (fd == -1)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static int take_viewer(const char *port)
{
	struct sockaddr_in in = loopback(port);
	int door = open_socket(), fd;

	if (bind(door, (struct sockaddr *)&in, sizeof(in)) == -1 ||
			listen(door, 1) == -1)
		die("listen");
	fd = accept4(door, NULL, NULL, SOCK_CLOEXEC);
	if (fd == -1)
		die("accept");
	close(door);
	return fd;
}

static int reach_server(const char *port)
{
	struct sockaddr_in in = loopback(port);
	int fd = open_socket();

	if (connect(fd, (struct sockaddr *)&in, sizeof(in)) == -1)
		die("connect");
	return fd;
}

/* A packet is read when the wire is free: what waits, waits at its sender. */
static bool may_read(const struct way *way, uint64_t now_us)
{
	return !way->ended && way->count < PACKETS_MAX &&
			way->free_us <= now_us;
}

static void read_packet(struct way *way, uint64_t now_us)
{
	struct packet *packet =
			&way->packets[(way->first + way->count) % PACKETS_MAX];
	ssize_t got = recv(way->from, packet->data, PACKET_BYTES, MSG_DONTWAIT);

	if (got == -1 && errno == EAGAIN)
		return;
	if (got <= 0) {
		way->ended = true;
		return;
	}
	packet->bytes = (size_t)got;
	way->free_us = now_us;
	if (way->rate > 0)
		way->free_us += (uint64_t)got * CLOCK_US_PER_S / way->rate;
	packet->due_us = way->free_us + way->latency_us;
	way->count++;
}

static void write_due(struct way *way, uint64_t now_us)
{
	while (way->count > 0) {
		const struct packet *packet = &way->packets[way->first];

		if (packet->due_us > now_us)
			return;
		if (send(way->to, packet->data, packet->bytes, MSG_NOSIGNAL) !=
				(ssize_t)packet->bytes)
			way->ended = true;
		way->first = (way->first + 1) % PACKETS_MAX;
		way->count--;
	}
}

/* When this way has something to do by the clock. */
static uint64_t next_us(const struct way *way)
{
	uint64_t next = UINT64_MAX;

	if (way->count > 0)
		next = way->packets[way->first].due_us;
	if (way->free_us > clock_now_us() && way->free_us < next)
		next = way->free_us;
	return next;
}

static void wait_for_work(struct way *ways)
{
	struct pollfd polls[2];
	uint64_t now_us = clock_now_us(), next = now_us + CLOCK_US_PER_S;
	struct timespec timeout = {0};

	for (size_t i = 0; i < 2; i++) {
		polls[i] = (struct pollfd){
				.fd = may_read(&ways[i], now_us) ? ways[i].from
								 : -1,
				.events = POLLIN,
		};
		if (next_us(&ways[i]) < next)
			next = next_us(&ways[i]);
	}
	if (next > now_us) {
		timeout.tv_sec = (time_t)((next - now_us) / CLOCK_US_PER_S);
		timeout.tv_nsec =
				(long)((next - now_us) % CLOCK_US_PER_S * 1000);
	}
	ppoll(polls, 2, &timeout, NULL);
}

int main(int argc, char **argv)
{
	static struct way ways[2];

	if (argc != 5) {
		fprintf(stderr,
				"usage: relay PORT SERVER-PORT "
				"BYTES-PER-SECOND LATENCY-MS\n");
		return 2;
	}
	ways[1].from = take_viewer(argv[1]);
	ways[0].from = reach_server(argv[2]);
	ways[0].to = ways[1].from;
	ways[1].to = ways[0].from;
	ways[0].rate = strtoull(argv[3], NULL, 10);
	ways[0].latency_us = strtoull(argv[4], NULL, 10) * CLOCK_US_PER_MS;
	ways[1].latency_us = ways[0].latency_us;
	while (!(ways[0].ended && ways[0].count == 0) &&
			!(ways[1].ended && ways[1].count == 0)) {
		wait_for_work(ways);
		for (size_t i = 0; i < 2; i++) {
			uint64_t now_us = clock_now_us();

			write_due(&ways[i], now_us);
			if (may_read(&ways[i], now_us))
				read_packet(&ways[i], now_us);
		}
	}
	return 0;
}
