/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/transport.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* An emulated kernel may not know all that a real one does. */
static bool kernel_knows(int level, int option)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint64_t value = 1000; /* milliseconds, bytes, a rate, yes */
	int rc = setsockopt(fd, level, option, &value, sizeof(value));

	close(fd);
	return rc == 0;
}

static void expect_option(int fd, int level, int option, int value)
{
	int real = -1;
	socklen_t length = sizeof(real);

	if (!kernel_knows(level, option))
		return;
	assert_int_equal(getsockopt(fd, level, option, &real, &length), 0);
	assert_int_equal(real, value);
}

static void tcp_is_tuned(void **state)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct net_transport *transport;

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(net_socket_create(&transport, fd), 0);
	expect_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	expect_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	expect_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 20000);
	expect_option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 16384);
	expect_option(fd, IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 1);
	net_transport_set_pace(transport, 8750);
	expect_option(fd, SOL_SOCKET, SO_MAX_PACING_RATE, 8750);
	net_transport_set_pace(transport, 0);
	expect_option(fd, SOL_SOCKET, SO_MAX_PACING_RATE, -1);
	net_transport_set_ahead(transport, 4096);
	expect_option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 4096);
	net_transport_destroy(transport);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(tcp_is_tuned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
