/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/source.h"

#include <netinet/in.h>
#include <string.h>

#define MAPPED_IPV4_AT 12

static struct net_source source_of_ipv6(const struct in6_addr *address)
{
	struct net_source source = {.family = AF_INET6};

	if (IN6_IS_ADDR_V4MAPPED(address)) {
		source.family = AF_INET;
		memcpy(&source.prefix, &address->s6_addr[MAPPED_IPV4_AT],
				sizeof(struct in_addr));
	} else {
		memcpy(&source.prefix, address, sizeof(source.prefix));
	}
	return source;
}

struct net_source net_source_of(const struct core_address *peer)
{
	struct net_source source = {.family = AF_UNIX};
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	switch (peer->storage.ss_family) {
	case AF_INET:
		memcpy(&in, &peer->storage, sizeof(in));
		source.family = AF_INET;
		memcpy(&source.prefix, &in.sin_addr, sizeof(in.sin_addr));
		return source;
	case AF_INET6:
		memcpy(&in6, &peer->storage, sizeof(in6));
		return source_of_ipv6(&in6.sin6_addr);
	default:
		return source;
	}
}

bool net_source_equal(const struct net_source *a, const struct net_source *b)
{
	return a->family == b->family && a->prefix == b->prefix;
}
