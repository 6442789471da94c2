/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/web/rig.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "web/queue.h"

#define GET "GET /path HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
#define PER_SOURCE NET_STRANGERS_PER_SOURCE_MAX
#define WAITING WEB_WAITING_PER_SOURCE_MAX

static int set_up(void **state)
{
	*state = rig_create(NULL);
	return 0;
}

/* Whose strangers have next to no time. */
static int set_up_hasty(void **state)
{
	const struct web_server_options options = {
			.request_us = 50 * CLOCK_US_PER_MS};

	*state = rig_create(&options);
	return 0;
}

static int tear_down(void **state)
{
	rig_destroy(*state);
	return 0;
}

static size_t count(struct rig *rig)
{
	size_t known;

	return web_server_count(rig->server, &known);
}

static size_t count_known(struct rig *rig)
{
	size_t known;

	web_server_count(rig->server, &known);
	return known;
}

static void close_all(struct rig *rig, int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
	rig_run(rig);
}

static void expect_well(struct rig *rig, int fd)
{
	struct rig_reply reply;

	rig_read(rig, fd, &reply);
	assert_int_equal(reply.status, 200);
	rig_reply_finish(&reply);
}

/* All that one source may have, each of which has begun to ask. */
static void begin_all(struct rig *rig, int fds[PER_SOURCE])
{
	for (size_t i = 0; i < PER_SOURCE; i++) {
		fds[i] = rig_connect(rig);
		rig_send(rig, fds[i], "GET / HTTP/1.1\r\n");
	}
}

static void who_has_begun_to_ask_keeps_its_place(void **state)
{
	struct rig *rig = *state;
	int fds[PER_SOURCE + 1];

	begin_all(rig, fds);
	fds[PER_SOURCE] = rig_connect(rig);
	rig_send(rig, fds[PER_SOURCE], GET);
	assert_int_equal(count(rig), PER_SOURCE);
	assert_int_equal(rig->begun, 0);
	for (size_t i = 0; i < PER_SOURCE; i++) {
		rig_send(rig, fds[i], "Host: 127.0.0.1\r\n\r\n");
		expect_well(rig, fds[i]);
	}
	close_all(rig, fds, PER_SOURCE + 1);
}

/* Several browsers behind one address, which all load the page. */
static void who_comes_too_many_waits_for_a_place(void **state)
{
	struct rig *rig = *state;
	int places[PER_SOURCE], waiting[WAITING];

	begin_all(rig, places);
	for (size_t i = 0; i < WAITING; i++) {
		waiting[i] = rig_connect(rig);
		rig_send(rig, waiting[i], GET);
	}
	assert_int_equal(count(rig), PER_SOURCE);
	assert_int_equal(rig->begun, 0);
	rig_send(rig, places[0], "Host: 127.0.0.1\r\n\r\n");
	expect_well(rig, places[0]);
	for (size_t i = 0; i < WAITING; i++) {
		expect_well(rig, waiting[i]);
		rig_expect_end(rig, waiting[i]);
	}
	assert_int_equal(count(rig), PER_SOURCE - 1);
	close_all(rig, waiting, WAITING);
	close_all(rig, places, PER_SOURCE);
}

/* Its place is given back while its connection goes on. */
static void who_is_known_makes_room_for_who_waits(void **state)
{
	struct rig *rig = *state;
	int fds[PER_SOURCE], fd;

	begin_all(rig, fds);
	fd = rig_connect(rig);
	rig_send(rig, fd, GET);
	rig->known = true;
	rig_send(rig, fds[0], "Host: 127.0.0.1\r\n\r\n");
	expect_well(rig, fds[0]);
	expect_well(rig, fd);
	assert_int_equal(count_known(rig), 2);
	close(fd);
	close_all(rig, fds, PER_SOURCE);
}

/* As one that logs in by VNC does. */
static void a_place_may_be_given_back_elsewhere(void **state)
{
	struct net_stranger *strangers[PER_SOURCE];
	struct rig *rig = *state;
	struct core_address peer;
	int fd;

	web_server_get_address(rig->server, &peer);
	for (size_t i = 0; i < PER_SOURCE; i++)
		assert_int_equal(net_doorkeeper_admit(rig->doorkeeper, &peer,
						 &strangers[i]),
				0);
	fd = rig_connect(rig);
	rig_send(rig, fd, GET);
	assert_int_equal(count(rig), 0);
	net_stranger_dismiss(strangers[0]);
	expect_well(rig, fd);
	for (size_t i = 1; i < PER_SOURCE; i++)
		net_stranger_dismiss(strangers[i]);
	close(fd);
}

static void only_so_many_of_a_source_wait(void **state)
{
	struct rig *rig = *state;
	int places[PER_SOURCE], waiting[WAITING + 1];

	begin_all(rig, places);
	for (size_t i = 0; i <= WAITING; i++)
		waiting[i] = rig_connect(rig);
	rig_expect_end(rig, waiting[WAITING]);
	assert_int_equal(count(rig), PER_SOURCE);
	/* Nobody else comes later for them. */
	places[0] = rig_connect_from(rig, 1);
	assert_int_equal(count(rig), PER_SOURCE + 1);
	rig_send(rig, places[0], GET);
	expect_well(rig, places[0]);
	close_all(rig, waiting, WAITING + 1);
	close_all(rig, places, PER_SOURCE);
}

/* Browsers connect ahead of what they might want. */
static void who_says_nothing_gives_way_to_its_own(void **state)
{
	struct rig *rig = *state;
	int fds[PER_SOURCE];
	int fd;

	for (size_t i = 0; i < PER_SOURCE; i++)
		fds[i] = rig_connect(rig);
	fd = rig_connect(rig);
	rig_send(rig, fd, GET);
	/* Not at once: they may be about to speak. */
	assert_int_equal(count(rig), PER_SOURCE);
	assert_int_equal(rig->begun, 0);
	expect_well(rig, fd);
	rig_expect_end(rig, fd);
	rig_expect_end(rig, fds[0]); /* the oldest */
	assert_int_equal(count(rig), PER_SOURCE - 1);
	close(fd);
	close_all(rig, fds, PER_SOURCE);
}

static void known_ones_need_no_place(void **state)
{
	struct rig *rig = *state;
	int fds[3 * PER_SOURCE];

	rig->known = true;
	for (size_t i = 0; i < 3 * PER_SOURCE; i++) {
		fds[i] = rig_connect(rig);
		rig_send(rig, fds[i], GET);
		expect_well(rig, fds[i]);
	}
	assert_int_equal(count_known(rig), 3 * PER_SOURCE);
	close_all(rig, fds, 3 * PER_SOURCE);
	assert_int_equal(count(rig), 0);
}

static void of_one_source_only_so_many_stay(void **state)
{
	struct rig *rig = *state;
	int fds[WEB_KNOWN_PER_SOURCE_MAX + 1];
	const size_t max = WEB_KNOWN_PER_SOURCE_MAX;
	struct rig_reply reply;

	rig->known = true;
	for (size_t i = 0; i <= max; i++) {
		fds[i] = rig_connect(rig);
		rig_send(rig, fds[i], GET);
		rig_read(rig, fds[i], &reply);
		assert_int_equal(reply.status, 200);
		if (i < max)
			assert_null(rig_header(&reply, "Connection"));
		else
			assert_string_equal(rig_header(&reply, "Connection"),
					"close");
		rig_reply_finish(&reply);
	}
	rig_expect_end(rig, fds[max]);
	assert_int_equal(count_known(rig), max);
	close_all(rig, fds, max + 1);
}

/* They hold all places, each source as many as it may. */
static void a_crowd_of_strangers_lets_others_in(void **state)
{
	struct rig *rig = *state;
	int fds[NET_STRANGERS_MAX];
	int fd;

	for (size_t i = 0; i < NET_STRANGERS_MAX; i++) {
		fds[i] = rig_connect_from(rig, 1 + (unsigned)i / PER_SOURCE);
		rig_send(rig, fds[i], "GET / HTTP/1.1\r\n");
	}
	assert_int_equal(count(rig), NET_STRANGERS_MAX);
	fd = rig_connect(rig);
	rig_send(rig, fd, GET);
	expect_well(rig, fd);
	close(fd);
	assert_int_equal(count(rig), NET_STRANGERS_MAX - 1);
	close_all(rig, fds, NET_STRANGERS_MAX);
	assert_int_equal(count(rig), 0);
}

/* However much of it has come. */
static void a_strangers_time_ends(void **state)
{
	static const char *const begun[] = {"", "G", "GET / HTTP/1.1\r\nHost:",
			"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\nhell"};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(begun) / sizeof(begun[0]); i++) {
		int fd = rig_connect(rig);

		rig_send(rig, fd, begun[i]);
		rig_expect_end(rig, fd);
		close(fd);
	}
	assert_int_equal(rig->begun, rig->gone);
}

/* Waiting for a place counts. */
static void the_time_of_who_waits_ends(void **state)
{
	struct net_stranger *strangers[PER_SOURCE];
	struct rig *rig = *state;
	struct core_address peer;
	int fd;

	web_server_get_address(rig->server, &peer);
	for (size_t i = 0; i < PER_SOURCE; i++)
		assert_int_equal(net_doorkeeper_admit(rig->doorkeeper, &peer,
						 &strangers[i]),
				0);
	fd = rig_connect(rig);
	rig_expect_end(rig, fd);
	for (size_t i = 0; i < PER_SOURCE; i++)
		net_stranger_dismiss(strangers[i]);
	close(fd);
}

/* A byte now and then buys no time. */
static void dripping_does_not_help(void **state)
{
	struct rig *rig = *state;
	int fd = rig_connect(rig);
	char byte;

	rig_send(rig, fd, "GET / HTTP/1.1\r\nX: ");
	while (recv(fd, &byte, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN) {
		send(fd, "x", 1, MSG_NOSIGNAL);
		sd_event_run(rig->event, CLOCK_US_PER_MS);
	}
	assert_int_equal(rig->begun, 0);
	close(fd);
}

/* What takes the daemon long is not held against who waits. */
static void an_answer_takes_what_it_takes(void **state)
{
	struct rig *rig = *state;
	struct rig_reply reply;
	int fd = rig_connect(rig), other;

	rig->later = true;
	rig_send(rig, fd, GET);
	rig_run_until(rig, &rig->whole, 1);
	other = rig_connect(rig);
	rig_expect_end(rig, other); /* its time is over, and so the first's */
	assert_int_equal(rig->gone, 0);
	web_request_fail(rig->open, 403, "no");
	rig_read(rig, fd, &reply);
	assert_int_equal(reply.status, 403);
	rig_reply_finish(&reply);
	close(other);
	close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define HASTY(name)                                                            \
	cmocka_unit_test_setup_teardown(name, set_up_hasty, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(who_has_begun_to_ask_keeps_its_place),
			TEST(who_comes_too_many_waits_for_a_place),
			TEST(who_is_known_makes_room_for_who_waits),
			TEST(a_place_may_be_given_back_elsewhere),
			TEST(only_so_many_of_a_source_wait),
			TEST(who_says_nothing_gives_way_to_its_own),
			TEST(known_ones_need_no_place),
			TEST(of_one_source_only_so_many_stay),
			TEST(a_crowd_of_strangers_lets_others_in),
			HASTY(a_strangers_time_ends),
			HASTY(the_time_of_who_waits_ends),
			HASTY(dripping_does_not_help),
			HASTY(an_answer_takes_what_it_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
