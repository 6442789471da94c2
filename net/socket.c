/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct net_socket {
	struct net_transport base;
	int fd;
};

static int socket_get_fd(const struct net_transport *transport)
{
	return ((const struct net_socket *)transport)->fd;
}

static ssize_t socket_receive(
		struct net_transport *transport, void *bytes, size_t size)
{
	struct net_socket *sock = (struct net_socket *)transport;
	ssize_t got;

	do
		got = recv(sock->fd, bytes, size, 0);
	while (got == -1 && errno == EINTR);
	return got == -1 ? -errno : got;
}

static ssize_t socket_send(struct net_transport *transport,
		const struct iovec *parts, size_t parts_n)
{
	struct net_socket *sock = (struct net_socket *)transport;
	struct msghdr message = {
			.msg_iov = (struct iovec *)parts,
			.msg_iovlen = parts_n,
	};
	ssize_t sent;

	do
		sent = sendmsg(sock->fd, &message, MSG_NOSIGNAL);
	while (sent == -1 && errno == EINTR);
	return sent == -1 ? -errno : sent;
}

/* Unix sockets do not tell: what they took is read by the peer itself. */
static size_t socket_get_unsent(const struct net_transport *transport)
{
	int unsent = 0;

	if (ioctl(((const struct net_socket *)transport)->fd, SIOCOUTQNSD,
			    &unsent) == -1)
		return 0;
	return (size_t)unsent;
}

static void socket_set_ahead(struct net_transport *transport, size_t bytes)
{
	int value = (int)bytes;

	setsockopt(((struct net_socket *)transport)->fd, IPPROTO_TCP,
			TCP_NOTSENT_LOWAT, &value, sizeof(value));
}

static void socket_set_pace(struct net_transport *transport, uint64_t rate)
{
	uint64_t value = rate ? rate : UINT64_MAX;

	setsockopt(((struct net_socket *)transport)->fd, SOL_SOCKET,
			SO_MAX_PACING_RATE, &value, sizeof(value));
}

static void socket_destroy(struct net_transport *transport)
{
	struct net_socket *sock = (struct net_socket *)transport;

	if (sock->fd != -1)
		close(sock->fd);
	free(sock);
}

static const struct net_transport_kind socket_kind = {
		.name = "socket",
		.get_fd = socket_get_fd,
		.receive = socket_receive,
		.send = socket_send,
		.get_unsent = socket_get_unsent,
		.set_ahead = socket_set_ahead,
		.set_pace = socket_set_pace,
		.destroy = socket_destroy,
};

/* Each is a help, none is vital: a kernel that lacks one still serves. */
static void tune_tcp(int fd)
{
	static const struct {
		int level;
		int option;
		int value;
	} options[] = {
			{IPPROTO_TCP, TCP_NODELAY, 1},
			{SOL_SOCKET, SO_KEEPALIVE, 1},
			{IPPROTO_TCP, TCP_KEEPIDLE, 10},
			{IPPROTO_TCP, TCP_KEEPINTVL, 3},
			{IPPROTO_TCP, TCP_KEEPCNT, 3},
			{IPPROTO_TCP, TCP_USER_TIMEOUT, NET_SOCKET_DEAD_MS},
			{IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 1},
			{IPPROTO_TCP, TCP_NOTSENT_LOWAT,
					NET_SOCKET_AHEAD_BYTES},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		setsockopt(fd, options[i].level, options[i].option,
				&options[i].value, sizeof(options[i].value));
}

int net_socket_create(struct net_transport **out, int fd)
{
	struct net_socket *sock;
	int flags = fcntl(fd, F_GETFL);
	int domain = AF_UNSPEC;
	socklen_t length = sizeof(domain);

	*out = NULL;
	if (flags == -1 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1 ||
			getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain,
					&length) == -1)
		return -errno;
	sock = calloc(1, sizeof(*sock));
	if (!sock)
		return -ENOMEM;
	if (domain == AF_INET || domain == AF_INET6)
		tune_tcp(fd);
	sock->base.kind = &socket_kind;
	sock->fd = fd;
	*out = &sock->base;
	return 0;
}

size_t net_transport_get_unsent(const struct net_transport *transport)
{
	return transport->kind->get_unsent
			? transport->kind->get_unsent(transport)
			: 0;
}

void net_transport_set_ahead(struct net_transport *transport, size_t bytes)
{
	if (transport->kind->set_ahead)
		transport->kind->set_ahead(transport, bytes);
}

void net_transport_set_pace(struct net_transport *transport, uint64_t rate)
{
	if (transport->kind->set_pace)
		transport->kind->set_pace(transport, rate);
}

unsigned net_transport_get_needs(const struct net_transport *transport)
{
	return transport->kind->get_needs
			? transport->kind->get_needs(transport)
			: 0;
}

const char *net_transport_get_why(const struct net_transport *transport)
{
	return transport->kind->get_why ? transport->kind->get_why(transport)
					: NULL;
}

void net_transport_destroy(struct net_transport *transport)
{
	if (transport)
		transport->kind->destroy(transport);
}
