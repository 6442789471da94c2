/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * What this machine is called and where it is reached, as far as it knows
 * itself, without asking a resolver: host name, the full names that
 * `hosts_path` gives for it, "localhost", the addresses of its interfaces.
 *
 * Threads: any. Errors: none; what cannot be learnt is left out.
 */
#define NET_OWN_NAMES_MAX 16
#define NET_OWN_ADDRESSES_MAX 64
#define NET_NAME_BYTES 254 /* of a name in the DNS, and a NUL */

struct net_own_address {
	uint8_t bytes[16];
	unsigned size; /* 4 or 16 */
};

struct net_own_names {
	size_t names_n; /* the host name is the first */
	char names[NET_OWN_NAMES_MAX][NET_NAME_BYTES];
	size_t addresses_n;
	struct net_own_address addresses[NET_OWN_ADDRESSES_MAX];
};

void net_own_names_learn(struct net_own_names *own, const char *hosts_path);
