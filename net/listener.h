/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <systemd/sd-event.h>

#include "core/address.h"

/*
 * A socket that accepts connections. When the process or the machine is out of
 * descriptors or memory, it lets them wait for a moment and says so once.
 *
 * Threads: loop thread only.
 * Errors:  -errno at creation, logged there with `name` and what to do.
 */
struct net_listener;

/* `fd`: connected, non-blocking; taken. An IPv4-mapped peer comes as IPv4. */
typedef void net_listener_accepted(
		void *context, int fd, const struct core_address *peer);

/* `name` (borrowed) begins the log lines. The port may be 0: any free one. */
int net_listener_create(struct net_listener **out, sd_event *event,
		const char *name, const struct core_address *address,
		net_listener_accepted *accepted, void *context);

/* The same on a socket that already listens (systemd's); taken on success. */
int net_listener_create_from_fd(struct net_listener **out, sd_event *event,
		const char *name, int fd, net_listener_accepted *accepted,
		void *context);

/* Removes the Unix socket that it made. NULL is allowed. */
void net_listener_destroy(struct net_listener *listener);

/* What it really listens on. */
void net_listener_get_address(const struct net_listener *listener,
		struct core_address *address);
