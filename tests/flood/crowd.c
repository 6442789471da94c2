/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * crowd PORT LOGIN VIEWERS SECONDS
 *
 * So many viewers, each from an address of its own, that stay for that time.
 * On stdout: how many got in, how many of them were lost, and how many updates
 * those that stayed had in the last second, all together: "in N lost N updates
 * N".
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "core/clock.h"
#include "tests/bench/tool.h"
#include "tests/flood/peer.h"

#define EVENTS_MAX 64
#define TICK_MS 50

struct crowd {
	int epoll;
	struct peer_door door;
	struct peer *peers;
	unsigned n;
};

static void come(struct crowd *crowd)
{
	for (unsigned i = 0; i < crowd->n; i++) {
		struct peer *peer = &crowd->peers[i];
		struct epoll_event event = {
				.events = EPOLLIN, .data.ptr = peer};

		peer_connect(peer, &crowd->door, PEER_VIEWER,
				6U << 16 | (i + 1));
		if (peer->fd != -1)
			epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, peer->fd,
					&event);
	}
}

static void watch(struct crowd *crowd, uint64_t until_us)
{
	struct epoll_event events[EVENTS_MAX];

	while (clock_now_us() < until_us) {
		int n = epoll_wait(crowd->epoll, events, EVENTS_MAX, TICK_MS);

		for (int i = 0; i < n; i++)
			peer_read(events[i].data.ptr);
	}
}

static unsigned count_updates(const struct crowd *crowd)
{
	unsigned updates = 0;

	for (unsigned i = 0; i < crowd->n; i++)
		if (crowd->peers[i].fd != -1)
			updates += crowd->peers[i].updates;
	return updates;
}

static void report(const struct crowd *crowd, unsigned updates)
{
	unsigned in = 0, lost = 0;

	for (unsigned i = 0; i < crowd->n; i++) {
		if (!crowd->peers[i].in_us)
			continue;
		in++;
		lost += crowd->peers[i].fd == -1;
	}
	printf("in %u lost %u updates %u\n", in, lost, updates);
}

int main(int argc, char *argv[])
{
	struct crowd crowd = {.epoll = epoll_create1(EPOLL_CLOEXEC)};
	uint64_t end_us;
	unsigned before;

	if (argc != 5)
		bench_die("usage: crowd PORT LOGIN VIEWERS SECONDS");
	peer_door_init(&crowd.door, argv[1], argv[2]);
	crowd.n = (unsigned)atoi(argv[3]);
	crowd.peers = calloc(crowd.n, sizeof(*crowd.peers));
	if (!crowd.peers)
		bench_die("no memory");
	end_us = clock_now_us() + (uint64_t)atoi(argv[4]) * CLOCK_US_PER_S;
	come(&crowd);
	watch(&crowd, end_us - CLOCK_US_PER_S);
	before = count_updates(&crowd);
	watch(&crowd, end_us);
	report(&crowd, count_updates(&crowd) - before);
	return 0;
}
