/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int get_fd(const struct net_transport *transport)
{
	return ((const struct sink *)transport)->fd;
}

static ssize_t receive(
		struct net_transport *transport, void *bytes, size_t size)
{
	(void)transport;
	(void)bytes;
	(void)size;
	return -EAGAIN;
}

static int keep(struct sink *sink, const struct iovec *part)
{
	if (sink->bytes_n + part->iov_len > sink->room) {
		const size_t room = 2 * (sink->bytes_n + part->iov_len);
		uint8_t *bytes = realloc(sink->bytes, room);

		if (!bytes)
			return -ENOMEM;
		sink->bytes = bytes;
		sink->room = room;
	}
	memcpy(sink->bytes + sink->bytes_n, part->iov_base, part->iov_len);
	sink->bytes_n += part->iov_len;
	return 0;
}

static ssize_t send_parts(struct net_transport *transport,
		const struct iovec *parts, size_t parts_n)
{
	struct sink *sink = (struct sink *)transport;
	size_t taken = 0;

	for (size_t i = 0; i < parts_n; i++) {
		int rc = sink->keep ? keep(sink, &parts[i]) : 0;

		if (rc < 0)
			return rc;
		taken += parts[i].iov_len;
	}
	sink->total += taken;
	return (ssize_t)taken;
}

static void destroy(struct net_transport *transport)
{
	struct sink *sink = (struct sink *)transport;

	if (sink->fd != -1)
		close(sink->fd);
	free(sink->bytes);
	free(sink);
}

static const struct net_transport_kind kind = {
		.name = "sink",
		.get_fd = get_fd,
		.receive = receive,
		.send = send_parts,
		.destroy = destroy,
};

int sink_create(struct sink **out, bool keep_bytes)
{
	struct sink *sink = calloc(1, sizeof(*sink));
	int rc;

	*out = NULL;
	if (!sink)
		return -ENOMEM;
	sink->transport.kind = &kind;
	sink->keep = keep_bytes;
	sink->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (sink->fd == -1) {
		rc = -errno;
		destroy(&sink->transport);
		return rc;
	}
	*out = sink;
	return 0;
}

void sink_clear(struct sink *sink)
{
	sink->bytes_n = 0;
}
