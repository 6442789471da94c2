/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "core/address.h"

/*
 * Who a peer is counted as: its IPv4 address, also where that comes mapped
 * into IPv6; the first half of its IPv6 address, which is what one customer
 * gets; or whoever is on this machine's Unix sockets, all of them together.
 *
 * Threads: any.
 */
struct net_source {
	sa_family_t family; /* AF_INET, AF_INET6 or AF_UNIX */
	uint64_t prefix;    /* in no particular byte order */
};

struct net_source net_source_of(const struct core_address *peer);

bool net_source_equal(const struct net_source *a, const struct net_source *b);
