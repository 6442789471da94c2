/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * flood PID PORT LOGIN CONNECTIONS SECONDS judge|report
 *
 * Viewers watch; that many connections come in that time, a third of them
 * silent, a third slow, a third malformed; and operators come from elsewhere.
 * LOGIN is as in peer.h. What the server of that PID made of
 * it is printed, and judged: by the figures that are promised (judge), or only
 * by what even a busy machine has to manage (report).
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "core/clock.h"
#include "tests/flood/figures.h"
#include "tests/flood/peer.h"

#define VIEWERS 4
#define PEERS_MAX 4096
#define EVENTS_MAX 64
#define FLOOD_SOURCES 24
#define BANNER_EVERY_US (100 * CLOCK_US_PER_MS)
#define OPERATOR_EVERY_US CLOCK_US_PER_S
#define START_US (20 * CLOCK_US_PER_S)
#define AFTER_US (15 * CLOCK_US_PER_S)
#define TICK_MS 20

/* Whose connections are numbered: 127.VIEWERS.x.y ... */
enum { SOURCE_VIEWERS = 1, SOURCE_BANNERS, SOURCE_OPERATORS, SOURCE_FLOOD };

struct window {
	struct bench_samples banners;
	struct bench_samples operators; /* how long until they were in */
	unsigned operators_lost;
	unsigned frames;
	uint64_t us;
};

struct flood {
	pid_t pid;
	struct peer_door door;
	int epoll;
	struct peer viewers[VIEWERS];
	struct peer *peers; /* all others; a closed one's place is used again */
	uint64_t next_flood_us, next_banner_us, next_operator_us;
	uint64_t flood_every_us; /* 0: none */
	unsigned flooded, banners, operators;
	struct window *window;
};

static uint32_t source(unsigned net, unsigned n)
{
	return net << 16 | (n >> 8 & 0xff) << 8 | (n & 0xff);
}

static void join_epoll(struct flood *flood, struct peer *peer)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};

	if (peer->fd != -1)
		epoll_ctl(flood->epoll, EPOLL_CTL_ADD, peer->fd, &event);
}

static void add(struct flood *flood, enum peer_kind kind, uint32_t from)
{
	for (size_t i = 0; i < PEERS_MAX; i++) {
		struct peer *peer = &flood->peers[i];

		if (peer->fd != -1)
			continue;
		peer_connect(peer, &flood->door, kind, from);
		join_epoll(flood, peer);
		return;
	}
	bench_die("more than %d connections at once", PEERS_MAX);
}

/* ---- a turn -----------------------------------------------------------------
 */

static void note_end(struct flood *flood, struct peer *peer)
{
	struct window *window = flood->window;

	if (peer->kind == PEER_BANNER && peer->banner_us)
		bench_samples_add(&window->banners,
				peer->banner_us - peer->began_us);
	if (peer->kind != PEER_VIEWER)
		return;
	if (peer->in_us)
		bench_samples_add(&window->operators,
				peer->in_us - peer->began_us);
	else
		window->operators_lost++;
}

static bool is_watcher(const struct flood *flood, const struct peer *peer)
{
	return peer >= flood->viewers && peer < flood->viewers + VIEWERS;
}

static void handle(struct flood *flood, struct peer *peer)
{
	if (peer->fd == -1)
		return;
	peer_read(peer);
	if (is_watcher(flood, peer))
		return;
	/* An operator has seen the screen. */
	if (peer->kind == PEER_VIEWER && peer->fd != -1 && peer->updates > 0)
		peer_close(peer, PEER_DONE);
	if (peer->fd == -1)
		note_end(flood, peer);
}

static bool is_due(uint64_t *next_us, uint64_t now_us, uint64_t every_us)
{
	if (every_us == 0 || now_us < *next_us)
		return false;
	*next_us = *next_us ? *next_us + every_us : now_us + every_us;
	return true;
}

static void let_come(struct flood *flood, uint64_t now_us)
{
	static const enum peer_kind kinds[] = {
			PEER_SILENT, PEER_SLOW, PEER_MALFORMED};

	while (is_due(&flood->next_flood_us, now_us, flood->flood_every_us)) {
		unsigned n = flood->flooded++;

		add(flood, kinds[n % 3],
				source(SOURCE_FLOOD, n % FLOOD_SOURCES));
	}
	if (is_due(&flood->next_banner_us, now_us, BANNER_EVERY_US))
		add(flood, PEER_BANNER,
				source(SOURCE_BANNERS, flood->banners++));
	if (is_due(&flood->next_operator_us, now_us, OPERATOR_EVERY_US))
		add(flood, PEER_VIEWER,
				source(SOURCE_OPERATORS, flood->operators++));
}

static void turn(struct flood *flood)
{
	struct epoll_event events[EVENTS_MAX];
	int n = epoll_wait(flood->epoll, events, EVENTS_MAX, TICK_MS);
	uint64_t now_us = clock_now_us();

	for (int i = 0; i < n; i++)
		handle(flood, events[i].data.ptr);
	for (size_t i = 0; i < PEERS_MAX; i++)
		peer_tick(&flood->peers[i], now_us);
}

static unsigned count_frames(const struct flood *flood)
{
	unsigned frames = 0;

	for (size_t i = 0; i < VIEWERS; i++)
		frames += flood->viewers[i].updates;
	return frames;
}

static void run(struct flood *flood, struct window *window, uint64_t for_us)
{
	uint64_t began_us = clock_now_us();
	unsigned frames = count_frames(flood);

	flood->window = window;
	while (clock_now_us() - began_us < for_us) {
		let_come(flood, clock_now_us());
		turn(flood);
	}
	window->us = clock_now_us() - began_us;
	window->frames = count_frames(flood) - frames;
}

/* ---- before and after -------------------------------------------------------
 */

static bool all_watch(const struct flood *flood)
{
	for (size_t i = 0; i < VIEWERS; i++)
		if (flood->viewers[i].updates == 0)
			return false;
	return true;
}

static void start_viewers(struct flood *flood)
{
	uint64_t began_us = clock_now_us();

	for (unsigned i = 0; i < VIEWERS; i++) {
		peer_connect(&flood->viewers[i], &flood->door, PEER_VIEWER,
				source(SOURCE_VIEWERS, i));
		join_epoll(flood, &flood->viewers[i]);
	}
	while (!all_watch(flood)) {
		if (clock_now_us() - began_us > START_US)
			bench_die("the viewers do not get in");
		turn(flood);
	}
}

static bool have_others_gone(const struct flood *flood)
{
	for (size_t i = 0; i < PEERS_MAX; i++)
		if (flood->peers[i].fd != -1)
			return false;
	return true;
}

/* The server ends them, not we; returns how long it took. */
static uint64_t settle(struct flood *flood, unsigned descriptors)
{
	uint64_t began_us = clock_now_us();
	uint64_t us = 0;

	while (us < 2 * AFTER_US &&
			(!have_others_gone(flood) ||
					figures_descriptors(flood->pid) >
							descriptors)) {
		turn(flood);
		us = clock_now_us() - began_us;
	}
	return us;
}

/* ---- the verdict ------------------------------------------------------------
 */

static double ms(uint64_t us)
{
	return (double)us / 1000;
}

static void judge_banners(struct figures_verdict *verdict, const char *when,
		struct window *window, uint64_t limit_us, unsigned percent)
{
	struct bench_samples *banners = &window->banners;
	uint64_t us = figures_percentile(banners, percent);

	figures_judge(verdict, banners->n > 0 && us <= limit_us,
			"banner %s: P50 %.2f, P99 %.2f, longest %.2f ms of %zu; P%u at most %.0f",
			when, ms(figures_percentile(banners, 50)),
			ms(figures_percentile(banners, 99)),
			ms(figures_percentile(banners, 100)), banners->n,
			percent, ms(limit_us));
}

static void judge_operators(struct figures_verdict *verdict, const char *when,
		struct window *window, uint64_t limit_us)
{
	struct bench_samples *in = &window->operators;

	figures_judge(verdict,
			in->n > 0 && window->operators_lost == 0 &&
					figures_percentile(in, 100) <= limit_us,
			"operators %s: %zu in, P50 %.1f ms, longest %.1f ms, %u turned away; at most %.0f ms",
			when, in->n, ms(figures_percentile(in, 50)),
			ms(figures_percentile(in, 100)), window->operators_lost,
			ms(limit_us));
}

static double frames_a_second(const struct window *window)
{
	return (double)window->frames * CLOCK_US_PER_S / (double)window->us;
}

static void judge_frames(struct figures_verdict *verdict,
		const struct flood *flood, const struct window *idle,
		const struct window *flooded, double least)
{
	double before = frames_a_second(idle);
	double during = frames_a_second(flooded);
	bool stayed = true;

	for (size_t i = 0; i < VIEWERS; i++)
		stayed = stayed && flood->viewers[i].fd != -1;
	figures_judge(verdict, stayed, "all %d viewers stayed", VIEWERS);
	figures_judge(verdict, during >= least * before,
			"frames: %.1f/s before, %.1f/s in the flood, %.0f %%; at least %.0f %%",
			before, during, 100 * during / before, 100 * least);
}

/* What of freed memory the process keeps. */
#define MEMORY_SLACK_KB 4096

struct state {
	unsigned descriptors;
	uint64_t memory_kb;
};

static struct state look(const struct flood *flood)
{
	return (struct state){figures_descriptors(flood->pid),
			figures_memory_kb(flood->pid)};
}

static void judge_rest(struct figures_verdict *verdict,
		const struct state *before, const struct state *after,
		uint64_t settled_us)
{
	figures_judge(verdict,
			after->descriptors <= before->descriptors &&
					settled_us <= AFTER_US,
			"descriptors: %u before, %u after %.1f s",
			before->descriptors, after->descriptors,
			ms(settled_us) / 1000);
	figures_judge(verdict,
			after->memory_kb <= before->memory_kb + MEMORY_SLACK_KB,
			"memory: %llu kB before, %llu kB after",
			(unsigned long long)before->memory_kb,
			(unsigned long long)after->memory_kb);
}

/* What is promised, and what a machine can do that has other things to do. */
struct limits {
	uint64_t idle_us, flood_us;
	unsigned percent; /* of the banners */
	uint64_t operator_us;
	double frames;
};

static const struct limits promised = {20000, 250000, 99, 2000000, 0.9};
static const struct limits easy = {1000000, 1000000, 50, 9000000, 0.3};

static int test(struct flood *flood, unsigned connections, unsigned seconds,
		const struct limits *limits)
{
	struct figures_verdict verdict = {0};
	struct window idle = {0}, flooded = {0}, after = {0};
	struct state before, rest;
	uint64_t settled_us;

	start_viewers(flood);
	run(flood, &idle, (seconds / 4 + 2) * CLOCK_US_PER_S);
	flood->window = &after;
	settle(flood, UINT_MAX);
	before = look(flood);

	flood->flood_every_us = seconds * CLOCK_US_PER_S / connections;
	run(flood, &flooded, seconds * CLOCK_US_PER_S);
	flood->window = &after;
	settled_us = settle(flood, before.descriptors);
	rest = look(flood);

	printf("%u connections in %u s\n", flood->flooded, seconds);
	judge_banners(&verdict, "before", &idle, limits->idle_us,
			limits->percent);
	judge_banners(&verdict, "in the flood", &flooded, limits->flood_us,
			limits->percent);
	judge_operators(&verdict, "before", &idle, limits->operator_us);
	judge_operators(&verdict, "in the flood", &flooded,
			limits->operator_us);
	judge_frames(&verdict, flood, &idle, &flooded, limits->frames);
	judge_rest(&verdict, &before, &rest, settled_us);
	printf("%u passed, %u failed\n", verdict.passed, verdict.failed);
	return verdict.failed > 0;
}

int main(int argc, char *argv[])
{
	struct flood flood = {.epoll = epoll_create1(EPOLL_CLOEXEC)};

	if (argc != 7)
		bench_die("usage: flood PID PORT LOGIN CONNECTIONS SECONDS judge|report");
	flood.pid = atoi(argv[1]);
	peer_door_init(&flood.door, argv[2], argv[3]);
	flood.peers = calloc(PEERS_MAX, sizeof(*flood.peers));
	if (!flood.peers)
		bench_die("no memory");
	for (size_t i = 0; i < PEERS_MAX; i++)
		flood.peers[i].fd = -1;
	return test(&flood, (unsigned)atoi(argv[4]), (unsigned)atoi(argv[5]),
			strcmp(argv[6], "judge") == 0 ? &promised : &easy);
}
