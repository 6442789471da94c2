/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How many guesses at passwords are looked at, by a clock that the test moves.
 * The ledger does not know protocols: each guess comes from any of them.
 */

#include "net/doorkeeper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"

#define SECOND CLOCK_US_PER_S
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define GUESSES_A_DAY 50
#define GUESSES 100000

struct world {
	uint64_t now_us;
	struct net_doorkeeper *doorkeeper;
};

static uint64_t now_in(void *context)
{
	return ((const struct world *)context)->now_us;
}

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	*state = world;
	world->now_us = 1234567;
	return net_doorkeeper_create_with_clock(
			&world->doorkeeper, now_in, world);
}

static int tear_down(void **state)
{
	struct world *world = *state;

	net_doorkeeper_destroy(world->doorkeeper);
	free(world);
	return 0;
}

static struct core_address from(const char *text)
{
	struct core_address address;

	assert_int_equal(core_address_parse(&address, text), 0);
	return address;
}

/* One of many: 10.0.0.0, 10.0.0.1 ... */
static struct core_address from_number(unsigned n)
{
	char text[32];

	snprintf(text, sizeof(text), "10.%u.%u.%u:1", n >> 16 & 0xff,
			n >> 8 & 0xff, n & 0xff);
	return from(text);
}

static uint64_t wait_of(
		const struct world *world, const struct core_address *peer)
{
	return net_doorkeeper_get_wait_us(world->doorkeeper, peer);
}

/* As a login is judged: was it looked at? */
static bool try(struct world *world, const struct core_address *peer,
		bool right)
{
	if (wait_of(world, peer) > 0)
		return false;
	if (!right)
		net_doorkeeper_count_failure(world->doorkeeper, peer);
	return true;
}

static bool guess(struct world *world, const char *text)
{
	struct core_address peer = from(text);

	return try(world, &peer, false);
}

static bool log_in(struct world *world, const char *text)
{
	struct core_address peer = from(text);

	return try(world, &peer, true);
}

/* ---- what a source has to wait ----------------------------------------------
 */

static void five_are_free_and_then_waits_double(void **state)
{
	static const uint64_t waits[] = {0, 0, 0, 0, MINUTE, 2 * MINUTE,
			4 * MINUTE, 8 * MINUTE, 16 * MINUTE, 32 * MINUTE, HOUR,
			HOUR, HOUR};
	struct world *world = *state;
	struct core_address peer = from("192.0.2.1:1");

	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		assert_int_equal(wait_of(world, &peer), 0);
		net_doorkeeper_count_failure(world->doorkeeper, &peer);
		assert_int_equal(wait_of(world, &peer), waits[i]);
		if (waits[i] == 0)
			continue;
		world->now_us += waits[i] - 1;
		assert_int_equal(wait_of(world, &peer), 1);
		world->now_us += 1;
	}
}

static void one_source_is_one_whatever_its_port(void **state)
{
	struct world *world = *state;

	for (unsigned i = 0; i < NET_FAILURES_FREE; i++) {
		assert_true(guess(world, "192.0.2.1:1"));
		assert_true(guess(world, "[2001:db8:1:2::1]:1"));
	}
	assert_false(guess(world, "192.0.2.1:2"));
	assert_false(guess(world, "[::ffff:192.0.2.1]:3"));
	assert_false(guess(world, "[2001:db8:1:2:ffff::9]:1"));
	assert_true(guess(world, "192.0.2.2:1"));
	assert_true(guess(world, "[2001:db8:1:3::1]:1"));
}

static void this_machines_own_sockets_are_not_counted(void **state)
{
	for (unsigned i = 0; i < 1000; i++)
		assert_true(guess(*state, "unix:/a"));
}

/* Three wrong ones in a row, three times a week, for a year. */
static void who_mistypes_now_and_then_never_waits(void **state)
{
	struct world *world = *state;

	for (unsigned day = 0; day < 365; day++) {
		for (unsigned i = 0; i < 3 && day % 7 % 2 == 1; i++) {
			assert_true(guess(world, "192.0.2.1:1"));
			world->now_us += 5 * SECOND;
		}
		assert_true(log_in(world, "192.0.2.1:1"));
		world->now_us += DAY;
	}
}

static void right_ones_cost_nothing(void **state)
{
	for (unsigned i = 0; i < 1000; i++)
		assert_true(log_in(*state, "192.0.2.1:1"));
}

/* ---- 100,000 guesses --------------------------------------------------------
 */

/* How one guesses: says when the next one comes. */
struct pattern {
	const char *name;
	uint64_t (*pause_us)(const struct world *world,
			const struct core_address *peer, unsigned n);
	unsigned right_every; /* of those, a right login; 0: none */
};

static uint64_t steadily(const struct world *world,
		const struct core_address *peer, unsigned n)
{
	(void)world;
	(void)peer;
	(void)n;
	return 7 * DAY / GUESSES;
}

static uint64_t in_bursts(const struct world *world,
		const struct core_address *peer, unsigned n)
{
	(void)world;
	(void)peer;
	return n % 1000 == 0 ? 100 * MINUTE : SECOND / 1000;
}

static uint64_t at_the_edge(const struct world *world,
		const struct core_address *peer, unsigned n)
{
	uint64_t wait_us = wait_of(world, peer);

	(void)n;
	return wait_us > 0 ? wait_us : 1;
}

/* Rests until much is forgiven, then takes all it gets. */
static uint64_t resting(const struct world *world,
		const struct core_address *peer, unsigned n)
{
	return n % 20 == 0 ? 23 * HOUR : at_the_edge(world, peer, n);
}

static uint64_t by_chance(const struct world *world,
		const struct core_address *peer, unsigned n)
{
	(void)world;
	(void)peer;
	return (uint64_t)(n * UINT32_C(2654435761)) % (20 * MINUTE);
}

static const struct pattern patterns[] = {
		{"steadily", steadily, 0},
		{"steadily, with right ones between", steadily, 3},
		{"in bursts", in_bursts, 0},
		{"in bursts, with right ones between", in_bursts, 2},
		{"at the edge of each wait", at_the_edge, 0},
		{"at the edge, with right ones between", at_the_edge, 2},
		{"after rests", resting, 0},
		{"after rests, with right ones between", resting, 5},
		{"by chance", by_chance, 0},
		{"by chance, with right ones between", by_chance, 4},
};

/* The newest guesses that were looked at, as a ring. */
struct looked_at {
	uint64_t when_us[GUESSES_A_DAY];
	unsigned n;
};

/* No span of 24 hours, wherever it begins, holds more than there may be. */
static void note(struct looked_at *looked_at, uint64_t now_us)
{
	uint64_t *oldest = &looked_at->when_us[looked_at->n % GUESSES_A_DAY];

	if (looked_at->n >= GUESSES_A_DAY)
		assert_true(now_us - *oldest >= DAY);
	*oldest = now_us;
	looked_at->n++;
}

static void guess_in_pattern(struct world *world, const struct pattern *pattern)
{
	struct core_address peer = from("192.0.2.1:1");
	struct looked_at looked_at = {.n = 0};
	uint64_t began_us = world->now_us;

	for (unsigned n = 1; n <= GUESSES; n++) {
		bool right = pattern->right_every &&
				n % pattern->right_every == 0;

		if (try(world, &peer, right) && !right)
			note(&looked_at, world->now_us);
		world->now_us += pattern->pause_us(world, &peer, n);
		/* Whoever else comes is looked at. */
		assert_true(n % 1000 > 0 || log_in(world, "198.51.100.1:1"));
	}
	print_message("%d guesses %s: %u looked at in %.1f days\n", GUESSES,
			pattern->name, looked_at.n,
			(double)(world->now_us - began_us) / (double)DAY);
}

static void few_guesses_a_day_are_looked_at(void **state)
{
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		tear_down(state);
		assert_int_equal(set_up(state), 0);
		guess_in_pattern(*state, &patterns[i]);
	}
}

/* A day of 100,000 guesses from 1,000 sources at once. */
static void each_of_many_sources_is_counted_for_itself(void **state)
{
	struct world *world = *state;
	unsigned looked_at[1000] = {0};

	for (unsigned n = 0; n < GUESSES; n++) {
		struct core_address peer = from_number(n * 7919 % 1000);

		if (try(world, &peer, false))
			looked_at[n * 7919 % 1000]++;
		world->now_us += DAY / GUESSES;
	}
	for (unsigned i = 0; i < 1000; i++)
		assert_in_range(looked_at[i], NET_FAILURES_FREE, GUESSES_A_DAY);
}

/* ---- more sources than there is room for ------------------------------------
 */

static void bring_to_an_hour(struct world *world, const char *text)
{
	struct core_address peer = from(text);

	while (wait_of(world, &peer) < HOUR) {
		world->now_us += wait_of(world, &peer);
		net_doorkeeper_count_failure(world->doorkeeper, &peer);
	}
}

static void a_flood_makes_nobodys_penalty_forgotten(void **state)
{
	struct world *world = *state;

	bring_to_an_hour(world, "192.0.2.1:1");
	for (unsigned n = 0; n < GUESSES; n++) {
		struct core_address peer = from_number(n);

		net_doorkeeper_count_failure(world->doorkeeper, &peer);
		assert_false(guess(world, "192.0.2.1:1"));
	}
	world->now_us += HOUR;
	assert_true(guess(world, "192.0.2.1:1"));
	assert_false(guess(world, "192.0.2.1:1"));
}

/* Failures of a time that is not the order of the addresses. */
static void the_oldest_are_forgotten_first(void **state)
{
	struct world *world = *state;
	unsigned step = 7919;

	for (unsigned n = 0; n < NET_SOURCES_MAX; n++) {
		struct core_address peer =
				from_number(n * step % NET_SOURCES_MAX);

		for (unsigned i = 0; i < NET_FAILURES_FREE; i++)
			net_doorkeeper_count_failure(world->doorkeeper, &peer);
		world->now_us++;
	}
	for (unsigned n = 0; n < NET_SOURCES_MAX / 2; n++) {
		struct core_address oldest =
				from_number(n * step % NET_SOURCES_MAX);
		struct core_address other =
				from_number((n + 1) * step % NET_SOURCES_MAX);
		struct core_address newcomer = from_number(n + (1U << 20));

		assert_int_not_equal(wait_of(world, &oldest), 0);
		net_doorkeeper_count_failure(world->doorkeeper, &newcomer);
		assert_int_equal(wait_of(world, &oldest), 0);
		assert_int_not_equal(wait_of(world, &other), 0);
	}
}

/* Of IPv6 addresses anybody has more than there is room for. */
static void a_flood_of_ipv6_leaves_ipv4_alone(void **state)
{
	struct world *world = *state;

	bring_to_an_hour(world, "192.0.2.1:1");
	for (unsigned n = 0; n < GUESSES; n++) {
		char text[64];
		struct core_address peer;

		snprintf(text, sizeof(text), "[2001:db8:%x:%x::1]:1", n >> 16,
				n & 0xffff);
		peer = from(text);
		net_doorkeeper_count_failure(world->doorkeeper, &peer);
	}
	assert_false(guess(world, "192.0.2.1:1"));
	assert_true(log_in(world, "198.51.100.1:1"));
	assert_true(log_in(world, "[2001:db9::1]:1"));
}

/*
 * Many have filled the ledger; two others that take turns would make each other
 * forgotten if a newcomer began with nothing.
 */
static void taking_turns_does_not_help(void **state)
{
	struct world *world = *state;
	unsigned looked_at = 0;

	for (unsigned n = 0; n < 8 * NET_SOURCES_MAX; n++) {
		struct core_address peer = from_number(n % NET_SOURCES_MAX);

		net_doorkeeper_count_failure(world->doorkeeper, &peer);
	}
	for (unsigned n = 0; n < GUESSES; n++) {
		looked_at += guess(world, "192.0.2.1:1");
		looked_at += guess(world, "192.0.2.2:1");
		world->now_us += DAY / GUESSES;
	}
	assert_true(looked_at <= 2 * GUESSES_A_DAY);
}

/* 100,000 guesses a day, of twice as many sources as there is room for. */
static void in_turn_many_get_no_more_than_one(void **state)
{
	struct world *world = *state;
	unsigned sources_n = 2 * NET_SOURCES_MAX;
	unsigned *looked_at = calloc(sources_n, sizeof(*looked_at));

	assert_non_null(looked_at);
	for (unsigned n = 0; n < GUESSES; n++) {
		struct core_address peer = from_number(n % sources_n);

		if (try(world, &peer, false))
			looked_at[n % sources_n]++;
		world->now_us += DAY / GUESSES;
		assert_true(n % 1000 > 0 || log_in(world, "198.51.100.1:1"));
	}
	for (unsigned i = 0; i < sources_n; i++)
		assert_true(looked_at[i] <= GUESSES_A_DAY);
	free(looked_at);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			test(five_are_free_and_then_waits_double),
			test(one_source_is_one_whatever_its_port),
			test(this_machines_own_sockets_are_not_counted),
			test(who_mistypes_now_and_then_never_waits),
			test(right_ones_cost_nothing),
			test(few_guesses_a_day_are_looked_at),
			test(each_of_many_sources_is_counted_for_itself),
			test(a_flood_makes_nobodys_penalty_forgotten),
			test(the_oldest_are_forgotten_first),
			test(a_flood_of_ipv6_leaves_ipv4_alone),
			test(taking_turns_does_not_help),
			test(in_turn_many_get_no_more_than_one),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
