/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/transport.h"

/*
 * The far end of a connection that takes all that it is sent, at once, and
 * never says anything. It counts, and keeps the bytes if it is told to.
 *
 * Threads: one.
 * Errors:  -errno at creation; -ENOMEM while keeping.
 */
struct sink {
	struct net_transport transport; /* first: one address with its sink */
	int fd;                         /* never readable */
	uint64_t total;
	bool keep;
	uint8_t *bytes; /* kept since the last sink_clear */
	size_t bytes_n;
	size_t room;
};

/* Ends as its transport does. */
int sink_create(struct sink **out, bool keep);

void sink_clear(struct sink *sink);
