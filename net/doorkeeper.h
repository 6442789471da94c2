/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "core/address.h"

/*
 * Counts the connections that have not yet said who they are, over all
 * listeners of the process, so that strangers cannot use it up. It also keeps
 * strangers from filling the log.
 *
 * Threads: loop thread only.
 * Errors:  -ENOMEM at creation; see net_doorkeeper_admit.
 */
struct net_doorkeeper;

/* One connection that is being looked at. */
struct net_stranger;

#define NET_STRANGERS_MAX 64
/* From one IPv4 address or one IPv6 /64. Unix sockets have no such limit. */
#define NET_STRANGERS_PER_SOURCE_MAX 8

int net_doorkeeper_create(struct net_doorkeeper **out);

/* Every stranger has been dismissed. NULL is allowed. */
void net_doorkeeper_destroy(struct net_doorkeeper *doorkeeper);

/*
 * -EUSERS: too many strangers; -EDQUOT: too many from this source. Close the
 * connection at once.
 */
int net_doorkeeper_admit(struct net_doorkeeper *doorkeeper,
		const struct core_address *peer, struct net_stranger **out);

/* It is known now, or gone. NULL is allowed. */
void net_stranger_dismiss(struct net_stranger *stranger);

/*
 * Log why a peer was turned away, as a warning; of many in a short time only
 * the first, and then how many there were.
 */
void net_doorkeeper_log(struct net_doorkeeper *doorkeeper, const char *format,
		...) __attribute__((format(printf, 2, 3)));
