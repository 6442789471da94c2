/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * break-off PID PORT LOGIN WATCHED TIMES
 *
 * Viewers that hold keys and buttons, and are gone in the middle of a message,
 * of the handshake, or between two. PID is of rackhandd-watched, whose host
 * keeps in the file WATCHED what is held. Nothing may be, when all have gone.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"
#include "tests/flood/figures.h"
#include "tests/flood/peer.h"
#include "tests/flood/watched.h"

#define AT_ONCE 3
#define ROUND 30 /* then it is looked whether anything is held */
#define ROUND_US (20 * CLOCK_US_PER_S)
#define SETTLE_US (15 * CLOCK_US_PER_S)
#define ACTIONS_MAX 12
#define SOURCES 61440
/* Of all rounds together, at least. */
#define PRESSED_PERCENT 20
/* Of memory, which is counted in pages. */
#define GROWTH_KB 256
#define TRIES 3

struct breaker {
	struct peer peer;
	enum peer_state until; /* it does not live to see more */
	unsigned actions;      /* that it still does, once it is in */
};

struct test {
	pid_t pid;
	struct peer_door door;
	const struct watched *watched;
	int epoll;
	unsigned descriptors; /* that it has open while nobody is there */
	unsigned came, left;
	unsigned left_in; /* of them, who had been let in */
	struct breaker breakers[AT_ONCE];
};

/* ---- what they do -----------------------------------------------------------
 */

struct message {
	size_t size;
	uint8_t bytes[64];
};

static void make_key(struct message *message)
{
	static const uint32_t keysyms[] = {'a', 'b', 'c', 'z', '1', 0xffe1,
			0xffe3, 0xffe9, 0xff0d, 0xffc8};
	uint32_t keysym = keysyms[rand() % 10];

	*message = (struct message){8, {4, rand() % 4 > 0}};
	message->bytes[6] = (uint8_t)(keysym >> 8);
	message->bytes[7] = (uint8_t)keysym;
}

static void make_pointer(struct message *message)
{
	*message = (struct message){6,
			{5, (uint8_t)(rand() & 7), 0, (uint8_t)rand(), 0,
					(uint8_t)rand()}};
}

static void make_request(struct message *message)
{
	*message = (struct message){
			10, {3, (uint8_t)(rand() & 1), 0, 0, 0, 0, 2, 0, 1, 0}};
}

static void make_encodings(struct message *message)
{
	*message = (struct message){16,
			{2, 0, 0, 3, 0, 0, 0, 7, 0, 0, 0, 16, 255, 255, 255,
					(uint8_t)(0xe0 + rand() % 10)}};
}

static void make_cut_text(struct message *message)
{
	*message = (struct message){20, {6, 0, 0, 0, 0, 0, 0, 12, 's', 'e'}};
}

static void (*const makers[])(struct message *message) = {make_key, make_key,
		make_key, make_key, make_pointer, make_pointer, make_request,
		make_encodings, make_cut_text};

static void make(struct message *message)
{
	makers[(size_t)rand() % (sizeof(makers) / sizeof(makers[0]))](message);
}

/* A third is ended by a reset, which takes what was not read yet along. */
static void break_off(struct test *test, struct breaker *breaker)
{
	struct linger now = {.l_onoff = 1};

	if (breaker->peer.fd != -1 && rand() % 3 == 0)
		setsockopt(breaker->peer.fd, SOL_SOCKET, SO_LINGER, &now,
				sizeof(now));
	test->left++;
	if (breaker->peer.in_us)
		test->left_in++;
	peer_close(&breaker->peer, PEER_DONE);
}

static void act(struct test *test, struct breaker *breaker)
{
	struct message message;

	make(&message);
	if (breaker->actions-- > 0) {
		peer_say(&breaker->peer, message.bytes, message.size);
		return;
	}
	if (rand() % 2 == 0) /* in the middle of one */
		peer_say(&breaker->peer, message.bytes,
				1 + (size_t)rand() % (message.size - 1));
	break_off(test, breaker);
}

/* ---- a round ----------------------------------------------------------------
 */

/* One in five does not get so far as to be let in. */
static void come(struct test *test, struct breaker *breaker)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = breaker};
	uint32_t from = 1U << 16 | (test->came % SOURCES + 1);

	peer_connect(&breaker->peer, &test->door, PEER_VIEWER, from);
	breaker->until = PEER_UPDATES;
	if (rand() % 5 == 0)
		breaker->until = (enum peer_state)(rand() % PEER_UPDATES);
	breaker->actions = 3 + (unsigned)rand() % ACTIONS_MAX;
	test->came++;
	if (breaker->peer.fd != -1)
		epoll_ctl(test->epoll, EPOLL_CTL_ADD, breaker->peer.fd, &event);
}

static void step(struct test *test, struct breaker *breaker)
{
	peer_read(&breaker->peer);
	if (breaker->peer.fd == -1)
		bench_die("the server ended a connection in state %d",
				breaker->peer.state);
	if (breaker->peer.state >= breaker->until &&
			breaker->until != PEER_UPDATES)
		break_off(test, breaker);
	else if (breaker->peer.state == PEER_UPDATES)
		act(test, breaker);
}

/* An idle screen sends nothing: who is in acts in each turn all the same. */
static void turn(struct test *test)
{
	struct epoll_event events[AT_ONCE];
	int n = epoll_wait(test->epoll, events, AT_ONCE, 1);

	for (int i = 0; i < n; i++)
		step(test, events[i].data.ptr);
	for (size_t i = 0; i < AT_ONCE; i++)
		if (test->breakers[i].peer.fd != -1 &&
				test->breakers[i].peer.state == PEER_UPDATES)
			act(test, &test->breakers[i]);
}

static void run_round(struct test *test, unsigned times)
{
	uint64_t began_us = clock_now_us();
	unsigned end = test->came + times;

	while (test->left < end) {
		for (size_t i = 0; i < AT_ONCE; i++)
			if (test->breakers[i].peer.fd == -1 && test->came < end)
				come(test, &test->breakers[i]);
		turn(test);
		if (clock_now_us() - began_us > ROUND_US)
			bench_die("a round takes too long");
	}
}

/* ---- what is left of them ---------------------------------------------------
 */

static bool is_held(const struct test *test)
{
	const struct watched *watched = test->watched;

	for (size_t i = 0; i < WATCHED_REPORT_BYTES; i++)
		if (watched->newest[WATCHED_KEYBOARD][i])
			return true;
	return watched->newest[WATCHED_ABSOLUTE][0] ||
			watched->newest[WATCHED_RELATIVE][0];
}

static bool is_settled(const struct test *test)
{
	return !is_held(test) &&
			figures_descriptors(test->pid) <= test->descriptors;
}

static bool settle(const struct test *test)
{
	uint64_t end_us = clock_now_us() + SETTLE_US;
	const struct timespec moment = {.tv_nsec = 2000000};

	while (clock_now_us() < end_us) {
		if (is_settled(test))
			return true;
		nanosleep(&moment, NULL);
	}
	return false;
}

/* What is opened for the first who come and stays is no leak. */
static void warm_up(struct test *test)
{
	const struct timespec second = {.tv_sec = 1};

	run_round(test, ROUND);
	nanosleep(&second, NULL);
	test->descriptors = figures_descriptors(test->pid);
}

/* Returns how many rounds left something behind. */
static unsigned run_rounds(struct test *test, unsigned times)
{
	unsigned end = test->left + times, stuck = 0;

	while (test->left < end) {
		run_round(test, ROUND);
		if (!settle(test))
			stuck++;
	}
	return stuck;
}

/*
 * A leak goes on; a buffer that is needed for the first time does not. So when
 * memory grew, as many again have to come and go without.
 */
static void judge_memory(struct figures_verdict *verdict, struct test *test,
		unsigned times, uint64_t before_kb)
{
	uint64_t after_kb = figures_memory_kb(test->pid);

	for (unsigned i = 0; i < TRIES && after_kb > before_kb + GROWTH_KB;
			i++) {
		before_kb = after_kb;
		run_rounds(test, times);
		after_kb = figures_memory_kb(test->pid);
	}
	figures_judge(verdict, after_kb <= before_kb + GROWTH_KB,
			"memory: %llu kB, and %llu kB after %u more, %.0f bytes each",
			(unsigned long long)before_kb,
			(unsigned long long)after_kb, times,
			1024.0 * ((double)after_kb - (double)before_kb) /
					times);
}

static int judge(struct test *test, unsigned times)
{
	struct figures_verdict verdict = {0};
	unsigned stuck;
	uint64_t memory_kb;

	warm_up(test);
	stuck = run_rounds(test, times / 2);
	memory_kb = figures_memory_kb(test->pid);
	stuck += run_rounds(test, times - times / 2);
	figures_judge(&verdict, stuck == 0,
			"%u broke off, %u of them in: after %u rounds of %u something was held, or a descriptor too many open",
			test->left, test->left_in, stuck, test->left / ROUND);
	figures_judge(&verdict,
			test->watched->pressed >= times * PRESSED_PERCENT / 100,
			"%u keys went down at the host",
			test->watched->pressed);
	judge_memory(&verdict, test, times / 2, memory_kb);
	printf("%u passed, %u failed\n", verdict.passed, verdict.failed);
	return verdict.failed > 0;
}

static const struct watched *open_watched(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *at = mmap(NULL, sizeof(struct watched), PROT_READ, MAP_SHARED, fd,
			0);

	if (fd == -1 || at == MAP_FAILED)
		bench_die("%s", path);
	close(fd);
	return at;
}

int main(int argc, char *argv[])
{
	struct test test = {.epoll = epoll_create1(EPOLL_CLOEXEC)};

	if (argc != 6)
		bench_die("usage: break-off PID PORT LOGIN WATCHED TIMES");
	test.pid = atoi(argv[1]);
	peer_door_init(&test.door, argv[2], argv[3]);
	test.watched = open_watched(argv[4]);
	for (size_t i = 0; i < AT_ONCE; i++)
		test.breakers[i].peer.fd = -1;
	srand(1);
	return judge(&test, (unsigned)atoi(argv[5]));
}
