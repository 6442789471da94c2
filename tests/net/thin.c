/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/net/thin.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "core/min-max.h"

struct thin {
	struct net_transport base;
	struct net_transport *inner;
	size_t most;
	bool ready;
};

static int thin_get_fd(const struct net_transport *transport)
{
	const struct thin *thin = (const struct thin *)transport;

	return thin->inner->kind->get_fd(thin->inner);
}

static ssize_t thin_receive(
		struct net_transport *transport, void *bytes, size_t size)
{
	struct thin *thin = (struct thin *)transport;

	return thin->inner->kind->receive(
			thin->inner, bytes, core_min_size(size, thin->most));
}

static ssize_t thin_send(struct net_transport *transport,
		const struct iovec *parts, size_t parts_n)
{
	struct thin *thin = (struct thin *)transport;
	const struct iovec one = {parts[0].iov_base,
			core_min_size(parts[0].iov_len, thin->most)};

	(void)parts_n;
	thin->ready = !thin->ready;
	if (!thin->ready)
		return -EAGAIN;
	return thin->inner->kind->send(thin->inner, &one, 1);
}

static unsigned thin_get_needs(const struct net_transport *transport)
{
	int waiting = 0;

	ioctl(thin_get_fd(transport), FIONREAD, &waiting);
	return waiting > 0 ? NET_NEED_RECEIVE : 0;
}

static void thin_destroy(struct net_transport *transport)
{
	net_transport_destroy(((struct thin *)transport)->inner);
	free(transport);
}

static const struct net_transport_kind thin_kind = {
		.name = "thin",
		.get_fd = thin_get_fd,
		.receive = thin_receive,
		.send = thin_send,
		.get_needs = thin_get_needs,
		.destroy = thin_destroy,
};

struct net_transport *thin_create(struct net_transport *inner, size_t most)
{
	struct thin *thin = calloc(1, sizeof(*thin));

	if (!thin)
		abort();
	thin->base.kind = &thin_kind;
	thin->inner = inner;
	thin->most = most;
	return &thin->base;
}
