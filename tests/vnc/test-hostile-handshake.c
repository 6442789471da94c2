/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"
#include "net/doorkeeper.h"
#include "tests/vnc/ways.h"

/*
 * Whatever a stranger does, it leaves nothing behind: no viewer, no place at
 * the door, no descriptor; and nobody comes in who was not let in.
 */
struct house {
	struct rig *rig;
	struct net_doorkeeper *doorkeeper; /* outlives the rig's servers */
	struct way ways[WAYS_MAX];
	size_t ways_n;
	unsigned fds; /* with nobody here */
};

static int set_up(void **state)
{
	struct house *house = calloc(1, sizeof(*house));
	struct rig *rig;

	assert_non_null(house);
	rig_set_up((void **)&rig);
	log_set_level((enum log_level) - 1);
	assert_int_equal(net_doorkeeper_create(&house->doorkeeper), 0);
	house->rig = rig;
	house->ways_n = ways_list(house->ways);
	rig->options.doorkeeper = house->doorkeeper;
	/* Nobody is sent away for being slow unless a test wants that. */
	rig->options.handshake_us = 3600 * CLOCK_US_PER_S;
	rig_make_tls(rig);
	*state = house;
	return 0;
}

static int tear_down(void **state)
{
	struct house *house = *state;
	int rc = desk_close((void **)&house->rig);

	net_doorkeeper_destroy(house->doorkeeper);
	free(house);
	return rc;
}

/* The server offers that alone; whoever proves something is let in. */
static struct desk *open_house(struct house *house, unsigned security)
{
	struct desk *desk = desk_open(house->rig, security);

	desk->at_once = true;
	house->fds = rig_open_fds();
	return desk;
}

/* As many as may be can come from one address. */
static bool door_is_free(struct house *house)
{
	struct net_stranger *strangers[NET_STRANGERS_PER_SOURCE_MAX];
	struct core_address address;
	bool is_free = true;

	vnc_server_get_address(house->rig->server, &address);
	for (size_t i = 0; i < NET_STRANGERS_PER_SOURCE_MAX; i++)
		if (net_doorkeeper_admit(house->doorkeeper, &address,
				    &strangers[i]) < 0)
			is_free = false;
	for (size_t i = 0; i < NET_STRANGERS_PER_SOURCE_MAX; i++)
		net_stranger_dismiss(strangers[i]);
	return is_free;
}

static bool nothing_is_left(void *context)
{
	struct house *house = context;
	const struct desk *desk = house->rig->extra;

	return vnc_server_list_viewers(house->rig->server, NULL, 0) == 0 &&
			rig_open_fds() == house->fds &&
			desk->lefts >= desk->logins && door_is_free(house);
}

static void expect_nothing_left(struct house *house)
{
	const struct desk *desk = house->rig->extra;

	rig_run_until(house->rig, nothing_is_left, house);
	assert_int_equal(desk->lefts, desk->logins);
}

/* ---- early ends -------------------------------------------------------------
 */

static void end_by_closing(struct house *house, struct client *client)
{
	(void)house;
	client_close(client);
}

/* It says that nothing more comes, and waits. */
static void end_by_half(struct house *house, struct client *client)
{
	(void)house;
	shutdown(client->fd, SHUT_WR);
	client_expect_end(client);
	client_close(client);
}

static void end_by_reset(struct house *house, struct client *client)
{
	const struct linger at_once = {1, 0};

	(void)house;
	setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &at_once,
			sizeof(at_once));
	client_close(client);
}

/* Nobody is told that it left, then. */
static void end_by_server(struct house *house, struct client *client)
{
	struct desk *desk = house->rig->extra;

	rig_stop(house->rig);
	client_expect_end(client);
	client_close(client);
	rig_start(house->rig);
	desk->lefts = desk->logins;
}

static void (*const ends[])(struct house *house, struct client *client) = {
		end_by_closing, end_by_half, end_by_reset, end_by_server};
#define ENDS (sizeof(ends) / sizeof(ends[0]))

/* Returns whether it came through with so many bytes. */
static bool break_off(struct house *house, const struct way *way, size_t bytes,
		size_t end)
{
	struct client *client = client_connect(house->rig);
	bool through;

	client->allowance = bytes;
	through = way_walk(way, client);
	ends[end](house, client);
	expect_nothing_left(house);
	return through;
}

/* Every byte on the wire, and the ends in turn; of TLS, some in small form. */
static void it_may_end_at_any_byte(void **state)
{
	size_t step_in_tls = getenv("RACKHAND_TEST_FULL") ? 1 : 23;
	struct house *house = *state;

	for (size_t i = 0; i < house->ways_n; i++) {
		const struct way *way = &house->ways[i];
		size_t bytes = 0, end = i;

		open_house(house, way->security);
		while (!break_off(house, way, bytes, end++ % ENDS))
			bytes += bytes < 20 || !way->tls ? 1 : step_in_tls;
		assert_true(bytes > 12);
	}
}

/* ---- slow and hasty ---------------------------------------------------------
 */

static void every_way_goes_byte_by_byte(void **state)
{
	struct house *house = *state;

	for (size_t i = 0; i < house->ways_n; i++) {
		struct desk *desk = open_house(house, house->ways[i].security);
		struct client *client = client_connect(house->rig);

		client->piece = 1;
		assert_true(way_walk(&house->ways[i], client));
		assert_int_equal(desk->joins, 1);
		assert_string_equal(desk->security, house->ways[i].name);
		client_close(client);
		expect_nothing_left(house);
	}
}

static void a_stall_after_two_bytes_holds_up_nobody(void **state)
{
	struct house *house = *state;

	for (size_t i = 0; i < house->ways_n; i++) {
		struct desk *desk = open_house(house, house->ways[i].security);
		struct client *stalls = client_connect(house->rig);
		struct client *comes;

		client_send(stalls, "RF", 2);
		comes = client_connect(house->rig);
		assert_true(way_walk(&house->ways[i], comes));
		assert_int_equal(desk->joins, 1);
		client_sync(comes);
		client_close(stalls);
		client_close(comes);
		expect_nothing_left(house);
	}
}

/* What is said before silence, in each state of the handshake. */
static const struct {
	const char *bytes;
	size_t size;
} stalls[] = {
		{"", 0},
		{"RF", 2},
		{"RFB 003.003\n0123", 16},
		{"RFB 003.007\n", 12},
		{"RFB 003.008\n", 12},
		{"RFB 003.008\n\2", 13},
		{"RFB 003.008\n\2"
		 "012345678901234",
				28},
		{"RFB 003.008\n\2"
		 "0123456789012345",
				29}, /* to be answered */
		{"RFB 003.008\n\23", 13},
		{"RFB 003.008\n\23\0", 14},
		{"RFB 003.008\n\23\0\2", 15},
		{"RFB 003.008\n\23\0\2\0\0\1", 18},
		{"RFB 003.008\n\23\0\2\0\0\1\6", 19}, /* TLS */
		{"RFB 003.008\n\23\0\2\0\0\1\2", 19},
		{"RFB 003.008\n\23\0\2\0\0\1\0\0\0\0", 22},
		{"RFB 003.008\n\23\0\2\0\0\1\0\0\0\0\1\0\0\1\0a", 28},
};
#define STALLS (sizeof(stalls) / sizeof(stalls[0]))

/* From an address of its own, as there are more than may come from one. */
static struct client *connect_from(struct rig *rig, unsigned number)
{
	struct core_address to, from = {.length = sizeof(struct sockaddr_in)};
	struct sockaddr_in *in = (struct sockaddr_in *)&from.storage;

	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + number);
	vnc_server_get_address(rig->server, &to);
	return client_connect_to(rig, &to, &from);
}

/* One more is silent within TLS, if it gets that far in the time. */
static void a_stall_at_any_time_ends(void **state)
{
	static const char tls[] = "RFB 003.008\n\23\0\2\0\0\1\6";
	struct house *house = *state;
	struct client *clients[STALLS + 1];
	uint8_t heard[12 + 3 + 2 + 1 + 21 + 1];
	struct desk *desk;

	house->rig->options.handshake_us = 500 * CLOCK_US_PER_MS;
	desk = open_house(house, VNC_SECURITY_NONE - 1);
	desk->at_once = false;
	for (size_t i = 0; i < STALLS; i++) {
		clients[i] = connect_from(house->rig, (unsigned)i);
		client_send(clients[i], stalls[i].bytes, stalls[i].size);
	}
	clients[STALLS] = connect_from(house->rig, STALLS);
	client_send(clients[STALLS], tls, sizeof(tls) - 1);
	client_receive(clients[STALLS], heard, sizeof(heard));
	client_start_tls(clients[STALLS], false);
	for (size_t i = 0; i <= STALLS; i++) {
		client_expect_end(clients[i]);
		client_close(clients[i]);
	}
	expect_nothing_left(house);
	assert_int_equal(desk->logins, 1);
	assert_string_equal(desk->why, "its login was not answered in time");
}

/* Where nothing has to be answered, all may come in one go. */
static void without_tls_haste_is_no_crime(void **state)
{
	struct house *house = *state;
	uint8_t all[600] = "RFB 003.008\n\23\0\2\0\0\1\0";
	size_t used = 19;
	struct client *client;
	struct desk *desk = open_house(house, VNC_SECURITY_PLAIN);

	used += way_write_plain(all + used, WAY_USER, WAY_SECRET);
	memcpy(all + used, "\1\4\1\0\0\0\0\0a", 9); /* in, and a key */
	client = client_connect(house->rig);
	client_send(client, all, used + 9);
	desk_run_until(house->rig, &desk->joins, 1);
	assert_string_equal(desk->user, WAY_USER);
	assert_string_equal(desk->secret, WAY_SECRET);
	client_sync(client);
	assert_int_equal(house->rig->events_n, 2); /* watched, and the key */
	client_close(client);
	expect_nothing_left(house);
}

static const struct way *find_way(const struct house *house, const char *name)
{
	for (size_t i = house->ways_n; i > 0; i--) /* 3.8 is the last */
		if (strcmp(house->ways[i - 1].name, name) == 0)
			return &house->ways[i - 1];
	fail_msg("no way %s", name);
	return NULL;
}

static void within_tls_haste_is_no_crime(void **state)
{
	struct house *house = *state;
	uint8_t all[600];
	size_t used;
	struct client *client;
	struct desk *desk = open_house(house, VNC_SECURITY_X509PLAIN);

	client = client_connect(house->rig);
	assert_true(way_walk_to_proof(find_way(house, "x509plain"), client));
	used = way_write_plain(all, WAY_USER, WAY_SECRET);
	memcpy(all + used, "\1\4\1\0\0\0\0\0a", 9);
	client_send(client, all, used + 9);
	desk_run_until(house->rig, &desk->joins, 1);
	rig_run_until_heard(house->rig, 2);
	client_close(client);
	expect_nothing_left(house);
}

/*
 * What comes in the clear behind the chosen subtype could be anybody's: it
 * must not be taken for what was said within TLS.
 */
static void bytes_ahead_of_tls_are_refused(void **state)
{
	struct house *house = *state;
	static const char *const names[] = {
			"x509plain", "x509vnc", "tlsplain", "tlsvnc"};

	for (size_t i = 0; i < 4; i++) {
		const struct way *way = find_way(house, names[i]);
		struct desk *desk = open_house(house, way->security);

		for (size_t ahead = 1; ahead < 32; ahead += 5) {
			uint8_t all[600] = "RFB 003.008\n\23\0\2\0\0\1";
			struct client *client = client_connect(house->rig);

			all[18] = (uint8_t)way->number;
			way_write_plain(all + 19, WAY_USER, WAY_SECRET);
			client_send(client, all, 19 + ahead);
			client_expect_end(client);
			client_close(client);
			expect_nothing_left(house);
		}
		assert_int_equal(desk->logins, 0);
	}
}

/* The same, a moment later: TLS itself finds that it is none. */
static void bytes_instead_of_tls_are_refused(void **state)
{
	struct house *house = *state;
	struct desk *desk = open_house(house, VNC_SECURITY_X509PLAIN);
	uint8_t plain[WAY_PLAIN_BYTES];
	struct client *client = client_connect(house->rig);

	client_send(client, "RFB 003.008\n\23\0\2\0\0\1\6", 19);
	client_expect(client, "RFB 003.008\n\1\23\0\2\0\1\0\0\1\6\1", 23);
	client_send(client, plain,
			way_write_plain(plain, WAY_USER, WAY_SECRET));
	client_expect_end(client);
	client_close(client);
	expect_nothing_left(house);
	assert_int_equal(desk->logins, 0);
}

/* ---- nonsense ---------------------------------------------------------------
 */

/* The parts of a login by Plain, which would all be understood in order. */
static const struct {
	const char *bytes;
	size_t size;
} parts[] = {
		{"RFB 003.008\n", 12},
		{"\23", 1},
		{"\0\2", 2},
		{"\0\0\1\0", 4},
		{"\0\0\0\4\0\0\0\5annahorse", 17},
		{"\1", 1},
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

static void say_in_order(struct house *house, const unsigned order[PARTS])
{
	struct client *client = client_connect(house->rig);

	for (size_t i = 0; i < PARTS; i++)
		client_send(client, parts[order[i]].bytes,
				parts[order[i]].size);
	shutdown(client->fd, SHUT_WR);
	client_expect_end(client);
	client_close(client);
	expect_nothing_left(house);
}

static unsigned permute(struct house *house, unsigned order[PARTS], size_t from)
{
	unsigned count = 0;

	if (from == PARTS) {
		say_in_order(house, order);
		return 1;
	}
	for (size_t i = from; i < PARTS; i++) {
		unsigned swapped = order[from];

		order[from] = order[i];
		order[i] = swapped;
		count += permute(house, order, from + 1);
		order[i] = order[from];
		order[from] = swapped;
	}
	return count;
}

/* All orders; one of them is right. */
static void in_the_wrong_order_nobody_gets_in(void **state)
{
	struct house *house = *state;
	unsigned order[PARTS] = {0, 1, 2, 3, 4, 5};
	struct desk *desk = open_house(house, VNC_SECURITY_PLAIN);

	assert_int_equal(permute(house, order, 0), 720);
	assert_int_equal(desk->logins, 1);
	assert_int_equal(desk->joins, 1);
}

/* What would be messages, if it were in. */
static void messages_before_the_login_have_no_effect(void **state)
{
	static const char messages[] = "\4\1\0\0\0\0\0a\5\1\0\1\0\1"
				       "\3\0\0\0\0\0\0\20\0\20";
	struct house *house = *state;

	for (size_t i = 0; i < house->ways_n; i++) {
		const struct way *way = &house->ways[i];
		struct desk *desk = open_house(house, way->security);
		struct client *client = client_connect(house->rig);

		desk->at_once = false; /* nobody is let in */
		if (way->proof != VNC_PROOF_NONE)
			assert_true(way_walk_to_proof(way, client));
		client_send(client, messages, sizeof(messages) - 1);
		shutdown(client->fd, SHUT_WR);
		client_expect_end(client);
		client_close(client);
		expect_nothing_left(house);
		assert_int_equal(desk->joins, 0);
		assert_int_equal(house->rig->events_n, 0);
	}
}

/* What follows a refusal is thrown away, however much it is. */
static void much_after_a_refusal_is_lost(void **state)
{
	struct house *house = *state;
	uint8_t *much = calloc(1, 1 << 20);
	struct client *client;

	open_house(house, VNC_SECURITY_PLAIN);
	client = client_connect(house->rig);
	assert_true(way_walk_to_proof(find_way(house, "plain"), client));
	client_send(client, "\377\377\377\377\377\377\377\377", 8);
	client_send(client, much, 1 << 20);
	client_expect_end(client);
	client_close(client);
	expect_nothing_left(house);
	free(much);
}

/* Random bytes in place of some of a good way's. */
static void noise_lets_nobody_in(void **state)
{
	unsigned tries = getenv("RACKHAND_TEST_FULL") ? 5000 : 500;
	struct house *house = *state;
	uint8_t good[600] = "RFB 003.008\n\23\0\2\0\0\1\0";
	size_t size = 19 + way_write_plain(good + 19, "anna", "x");
	struct desk *desk = open_house(house, VNC_SECURITY_NONE - 1);
	uint32_t random = 1;

	desk->at_once = false;
	for (unsigned i = 0; i < tries; i++) {
		struct client *client = client_connect(house->rig);
		uint8_t bytes[600];

		memcpy(bytes, good, sizeof(good));
		for (unsigned n = 0; n < 1 + i % 4; n++) {
			random = random * 1664525 + 1013904223;
			bytes[(random >> 8) % size] = (uint8_t)(random >> 24);
		}
		client_send(client, bytes, size);
		shutdown(client->fd, SHUT_WR);
		client_expect_end(client);
		client_close(client);
		expect_nothing_left(house);
	}
	assert_int_equal(desk->joins, 0);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			test(it_may_end_at_any_byte),
			test(every_way_goes_byte_by_byte),
			test(a_stall_after_two_bytes_holds_up_nobody),
			test(a_stall_at_any_time_ends),
			test(without_tls_haste_is_no_crime),
			test(within_tls_haste_is_no_crime),
			test(bytes_ahead_of_tls_are_refused),
			test(bytes_instead_of_tls_are_refused),
			test(in_the_wrong_order_nobody_gets_in),
			test(messages_before_the_login_have_no_effect),
			test(much_after_a_refusal_is_lost),
			test(noise_lets_nobody_in),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
