/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/*
 * What carries a stream's bytes: a plain socket; one that encrypts or frames
 * them wraps another. Each kind embeds the base as its first member.
 *
 * Threads: loop thread only. Nothing here blocks.
 * Errors:  -EAGAIN when it would block, else -errno and the transport is dead.
 */
struct net_transport;

/* What a transport waits for and its descriptor does not show. */
enum net_need {
	NET_NEED_RECEIVE = 1, /* another receive: it may hold more already */
	NET_NEED_INPUT = 2,   /* it sends nothing before more has come in */
	NET_NEED_OUTPUT = 4,  /* room to write; then another receive */
};

struct net_transport_kind {
	const char *name; /* for log lines */
	int (*get_fd)(const struct net_transport *transport); /* to poll */
	/*
	 * Bytes read; 0 when the peer has ended. Fewer than `size`: there are
	 * no more now, unless it needs another receive.
	 */
	ssize_t (*receive)(struct net_transport *transport, void *bytes,
			size_t size);
	/*
	 * Bytes taken, at least one. After -EAGAIN the same bytes come first
	 * again, though perhaps in other parts and with more behind them.
	 */
	ssize_t (*send)(struct net_transport *transport,
			const struct iovec *parts, size_t parts_n);
	/*
	 * Of what was taken, how much the kernel has not handed to the network
	 * yet, and how much of that it may take ahead; NULL: nobody knows.
	 */
	size_t (*get_unsent)(const struct net_transport *transport);
	void (*set_ahead)(struct net_transport *transport, size_t bytes);
	/* Send no faster than so many bytes a second; 0: as ever. */
	void (*set_pace)(struct net_transport *transport, uint64_t rate);
	/* Of net_need; NULL: nothing. */
	unsigned (*get_needs)(const struct net_transport *transport);
	/* For people, why it is dead; NULL: the errno says it all. */
	const char *(*get_why)(const struct net_transport *transport);
	void (*destroy)(struct net_transport *transport);
};

struct net_transport {
	const struct net_transport_kind *kind;
};

/* 0, NULL and no effect where the kind has no such function. */
size_t net_transport_get_unsent(const struct net_transport *transport);
void net_transport_set_ahead(struct net_transport *transport, size_t bytes);
void net_transport_set_pace(struct net_transport *transport, uint64_t rate);
unsigned net_transport_get_needs(const struct net_transport *transport);
const char *net_transport_get_why(const struct net_transport *transport);

/* NULL is allowed. */
void net_transport_destroy(struct net_transport *transport);

/*
 * A connected TCP or Unix socket, which it owns from success on. On TCP: no
 * delay, keep-alive, an end after NET_SOCKET_DEAD_MS without an answer, losses
 * of few packets repeated without growing pauses, and a kernel that takes
 * little ahead (NET_SOCKET_AHEAD_BYTES until told otherwise), so that what
 * waits, waits where newer pictures can still replace it.
 */
#define NET_SOCKET_DEAD_MS 20000
#define NET_SOCKET_AHEAD_BYTES (16 << 10)
int net_socket_create(struct net_transport **out, int fd);
