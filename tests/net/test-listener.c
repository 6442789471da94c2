/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"

#define TOO_LONG_US (30 * CLOCK_US_PER_S)
#define PEERS_MAX 8

struct rig {
	sd_event *event;
	char folder[32];
	char path[64];
	unsigned accepted;
	int fds[PEERS_MAX];
	struct core_address peer; /* the last */
};

static void on_accepted(void *context, int fd, const struct core_address *peer)
{
	struct rig *rig = context;

	assert_true(rig->accepted < PEERS_MAX);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	rig->fds[rig->accepted++] = fd;
	rig->peer = *peer;
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	log_set_level((enum log_level) - 1); /* refusals are expected here */
	assert_true(sd_event_new(&rig->event) >= 0);
	strcpy(rig->folder, "/tmp/test-listener-XXXXXX");
	assert_non_null(mkdtemp(rig->folder));
	snprintf(rig->path, sizeof(rig->path), "%s/socket", rig->folder);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	for (unsigned i = 0; i < rig->accepted; i++)
		close(rig->fds[i]);
	assert_int_equal(rmdir(rig->folder), 0); /* nothing was left in it */
	sd_event_unref(rig->event);
	free(rig);
	return 0;
}

static void run_until_accepted(struct rig *rig, unsigned count)
{
	uint64_t end_us = clock_now_us() + TOO_LONG_US;

	while (rig->accepted < count) {
		assert_true(clock_now_us() < end_us);
		assert_true(sd_event_run(rig->event, 10000) >= 0);
	}
}

static struct core_address loopback(int family)
{
	struct core_address address = {0};

	if (family == AF_INET) {
		struct sockaddr_in *in = (struct sockaddr_in *)&address.storage;

		in->sin_family = AF_INET;
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		address.length = sizeof(*in);
	} else {
		struct sockaddr_in6 *in6 =
				(struct sockaddr_in6 *)&address.storage;

		in6->sin6_family = AF_INET6;
		in6->sin6_addr = in6addr_loopback;
		address.length = sizeof(*in6);
	}
	return address;
}

static struct core_address unix_address(const struct rig *rig)
{
	struct core_address address;
	char text[80];

	snprintf(text, sizeof(text), "unix:%s", rig->path);
	assert_int_equal(core_address_parse(&address, text), 0);
	return address;
}

static int listen_on(struct rig *rig, const struct core_address *address,
		struct net_listener **listener)
{
	return net_listener_create(listener, rig->event, "test", address,
			on_accepted, rig);
}

static int connect_to(const struct core_address *address)
{
	int fd = socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC,
			0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&address->storage,
					 address->length),
			0);
	return fd;
}

static void accepts_in_every_family(void **state)
{
	struct rig *rig = *state;
	const struct core_address addresses[] = {loopback(AF_INET),
			loopback(AF_INET6), unix_address(rig)};

	for (unsigned i = 0; i < 3; i++) {
		struct net_listener *listener;
		struct core_address real;
		int fd;

		assert_int_equal(listen_on(rig, &addresses[i], &listener), 0);
		net_listener_get_address(listener, &real);
		fd = connect_to(&real);
		run_until_accepted(rig, i + 1);
		assert_int_equal(rig->peer.storage.ss_family,
				addresses[i].storage.ss_family);
		close(fd);
		net_listener_destroy(listener);
	}
}

/* Who comes by IPv4 to "[::]" is counted and logged as IPv4. */
static void mapped_peers_are_ipv4(void **state)
{
	struct rig *rig = *state;
	struct core_address any = loopback(AF_INET6), real;
	struct core_address target = loopback(AF_INET);
	struct net_listener *listener;
	int fd;

	((struct sockaddr_in6 *)&any.storage)->sin6_addr = in6addr_any;
	assert_int_equal(listen_on(rig, &any, &listener), 0);
	net_listener_get_address(listener, &real);
	((struct sockaddr_in *)&target.storage)->sin_port =
			((struct sockaddr_in6 *)&real.storage)->sin6_port;
	fd = connect_to(&target);
	run_until_accepted(rig, 1);
	assert_int_equal(rig->peer.storage.ss_family, AF_INET);
	assert_true(core_address_is_local(&rig->peer));
	close(fd);
	net_listener_destroy(listener);
}

static void an_address_in_use_is_refused(void **state)
{
	struct rig *rig = *state;
	struct core_address address = loopback(AF_INET);
	struct net_listener *first, *second;

	assert_int_equal(listen_on(rig, &address, &first), 0);
	net_listener_get_address(first, &address);
	assert_int_equal(listen_on(rig, &address, &second), -EADDRINUSE);
	assert_null(second);
	net_listener_destroy(first);
	assert_int_equal(listen_on(rig, &address, &second), 0);
	net_listener_destroy(second);
}

static mode_t mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_mode;
}

/* Whatever the umask is. */
static void a_unix_socket_is_for_owner_and_group(void **state)
{
	static const mode_t masks[] = {0, 022, 077};
	struct rig *rig = *state;
	struct core_address address = unix_address(rig);

	for (size_t i = 0; i < 3; i++) {
		mode_t saved = umask(masks[i]);
		struct net_listener *listener;

		assert_int_equal(listen_on(rig, &address, &listener), 0);
		umask(saved);
		assert_int_equal(mode_of(rig->path), S_IFSOCK | 0660);
		net_listener_destroy(listener);
		assert_int_equal(access(rig->path, F_OK), -1);
	}
}

/* What a killed process leaves is removed; what is alive or no socket, not. */
static void only_a_dead_socket_is_replaced(void **state)
{
	struct rig *rig = *state;
	struct core_address address = unix_address(rig);
	struct net_listener *listener, *second;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address.storage,
					 address.length),
			0);
	close(fd);
	assert_int_equal(listen_on(rig, &address, &listener), 0);
	assert_int_equal(listen_on(rig, &address, &second), -EADDRINUSE);
	fd = connect_to(&address); /* the first one still answers */
	run_until_accepted(rig, 1);
	close(fd);
	net_listener_destroy(listener);

	fd = open(rig->path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(listen_on(rig, &address, &listener), -EADDRINUSE);
	assert_int_equal(mode_of(rig->path), S_IFREG | 0600);
	unlink(rig->path);
}

/* Alive, though it cannot answer now. */
static void a_busy_socket_is_not_dead(void **state)
{
	struct rig *rig = *state;
	struct core_address address = unix_address(rig);
	const struct sockaddr *name = (const struct sockaddr *)&address.storage;
	struct net_listener *listener;
	int busy = socket(AF_UNIX, SOCK_STREAM, 0);
	int peers[2];

	assert_int_equal(bind(busy, name, address.length), 0);
	assert_int_equal(listen(busy, 0), 0);
	for (size_t i = 0; i < 2; i++) {
		peers[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(peers[i], name, address.length); /* until it is full */
	}
	assert_int_equal(listen_on(rig, &address, &listener), -EADDRINUSE);
	assert_int_equal(access(rig->path, F_OK), 0);
	for (size_t i = 0; i < 2; i++)
		close(peers[i]);
	close(busy);
	unlink(rig->path);
}

static void a_listening_descriptor_is_taken(void **state)
{
	struct rig *rig = *state;
	struct core_address address = loopback(AF_INET);
	struct net_listener *listener;
	int fd = socket(AF_INET, SOCK_STREAM, 0), peer;

	assert_int_equal(bind(fd, (struct sockaddr *)&address.storage,
					 address.length),
			0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(net_listener_create_from_fd(&listener, rig->event,
					 "test", fd, on_accepted, rig),
			0);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	net_listener_get_address(listener, &address);
	peer = connect_to(&address);
	run_until_accepted(rig, 1);
	close(peer);
	net_listener_destroy(listener);
	assert_int_equal(fcntl(fd, F_GETFL), -1);
}

static void another_descriptor_stays_the_callers(void **state)
{
	struct rig *rig = *state;
	const int fds[] = {socket(AF_INET, SOCK_STREAM, 0),
			socket(AF_INET, SOCK_DGRAM, 0),
			open("/dev/null", O_RDONLY)};

	for (size_t i = 0; i < 3; i++) {
		struct net_listener *listener;

		assert_true(net_listener_create_from_fd(&listener, rig->event,
					    "test", fds[i], on_accepted,
					    rig) < 0);
		assert_null(listener);
		assert_int_equal(close(fds[i]), 0);
	}
}

/* Out of descriptors: it waits, without turning the loop, and comes back. */
static void running_out_of_descriptors_passes(void **state)
{
	struct rig *rig = *state;
	struct core_address address = loopback(AF_INET);
	struct net_listener *listener;
	struct rlimit limit, none;
	int peer, probe;
	unsigned turns = 0;
	uint64_t until_us;

	assert_int_equal(listen_on(rig, &address, &listener), 0);
	net_listener_get_address(listener, &address);
	peer = connect_to(&address);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	probe = dup(peer);
	none = limit;
	none.rlim_cur = (rlim_t)probe; /* the next number is one too high */
	close(probe);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	until_us = clock_now_us() + 300 * CLOCK_US_PER_MS;
	while (clock_now_us() < until_us)
		turns += sd_event_run(rig->event, 50000) > 0;
	assert_int_equal(rig->accepted, 0);
	assert_true(turns < 20);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	run_until_accepted(rig, 1);
	close(peer);
	net_listener_destroy(listener);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			test(accepts_in_every_family),
			test(mapped_peers_are_ipv4),
			test(an_address_in_use_is_refused),
			test(a_unix_socket_is_for_owner_and_group),
			test(only_a_dead_socket_is_replaced),
			test(a_busy_socket_is_not_dead),
			test(a_listening_descriptor_is_taken),
			test(another_descriptor_stays_the_callers),
			test(running_out_of_descriptors_passes),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
