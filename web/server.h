/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/address.h"
#include "net/doorkeeper.h"
#include "net/tls.h"
#include "web/request.h"

/*
 * HTTP/1.1 on one address, with TLS or, for loopback and tests, without. It
 * knows no route and no user: whole requests go to the handler, one after the
 * other on each connection, and their answers go back.
 *
 * Who connects is a stranger, for whom the doorkeeper has a place, until the
 * handler says that a request's sender is known (web_request_set_known). A
 * stranger's connection ends with its first reply; that of somebody known stays
 * for more requests, for WEB_IDLE_US between two of them. Where a source has no
 * place left, the next of it waits until one is given back (web/queue.h), which
 * counts as part of the time that it has for its request.
 *
 * Threads: loop thread only; nothing blocks.
 * Errors:  0 or -errno at creation, logged with `name`. What goes wrong with a
 *          connection ends that one.
 */
struct web_server;

#define WEB_HEADER_MAX_BYTES ((size_t)8 << 10) /* request line included */
#define WEB_REQUEST_US UINT64_C(10000000)
#define WEB_IDLE_US UINT64_C(60000000)

/* Connections that may stay, in all and of one source; each has 3 descriptors.
 */
#define WEB_KNOWN_MAX 128
#define WEB_KNOWN_PER_SOURCE_MAX 64

/*
 * Bodies of answers that wait for who reads slowly, of one source and of all:
 * pictures are large. Beyond that there are none but small ones.
 */
#define WEB_BODIES_PER_SOURCE_MAX_BYTES ((size_t)32 << 20)
#define WEB_BODIES_MAX_BYTES ((size_t)128 << 20)

struct web_server_options {
	const char *name; /* copied; begins the log lines */
	struct core_address listen;
	int listen_fd;                     /* -1: none; taken on success */
	struct net_tls *tls;               /* borrowed; NULL: none */
	struct net_doorkeeper *doorkeeper; /* borrowed */

	/*
	 * What Host may say (copied) besides localhost and this machine's own
	 * names and addresses.
	 */
	const char *const *names;
	size_t names_n;

	/*
	 * For the whole request of a stranger, from its connection on: waiting
	 * for a place, TLS, headers and body together. 0: WEB_REQUEST_US.
	 */
	uint64_t request_us;
};

/* Within each of these a request may be answered. */
struct web_handler {
	/*
	 * The headers are here, and Host was right. Answer at once, or say how
	 * many bytes of body may come; 0: none.
	 */
	size_t (*begin)(void *context, struct web_request *request);
	/* All of it is here; answer now or later. */
	void (*request)(void *context, struct web_request *request);
	/*
	 * It was not answered and cannot be any more: forget it. For each
	 * request that has begun, either this comes or an answer.
	 */
	void (*gone)(void *context, struct web_request *request);
};

int web_server_create(struct web_server **out, sd_event *event,
		const struct web_server_options *options,
		const struct web_handler *handler, void *context);

/*
 * Ends every connection: open requests are gone, streams closed, before it
 * returns. Not from within the handler. NULL is allowed.
 */
void web_server_destroy(struct web_server *server);

/* What it really listens on. */
void web_server_get_address(
		const struct web_server *server, struct core_address *address);

/* Connections that have a place, and those of them that may stay. */
size_t web_server_count(const struct web_server *server, size_t *known);
