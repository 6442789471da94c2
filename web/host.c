/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#define NAME_CHARACTERS                                                        \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
#define IPV6_CHARACTERS "0123456789abcdefABCDEF:."
#define DIGITS "0123456789"
#define PORT_MAX 65535

/* ---- reading it --------------------------------------------------------- */

static int parse_port(
		struct web_host *host, const char *text, unsigned usual_port)
{
	size_t digits;

	host->port = usual_port;
	if (text[0] == '\0')
		return 0;
	text++;
	digits = strspn(text, DIGITS);
	if (digits < 1 || digits > 5 || text[digits] != '\0')
		return -EINVAL;
	host->port_written = true;
	host->port = 0;
	for (size_t i = 0; i < digits; i++)
		host->port = host->port * 10 + (unsigned)(text[i] - '0');
	return host->port >= 1 && host->port <= PORT_MAX ? 0 : -EINVAL;
}

int web_host_parse(struct web_host *host, const char *text, unsigned usual_port)
{
	size_t length;

	memset(host, 0, sizeof(*host));
	host->is_ipv6 = text[0] == '[';
	text += host->is_ipv6;
	length = strspn(text,
			host->is_ipv6 ? IPV6_CHARACTERS : NAME_CHARACTERS);
	if (length == 0 || length >= sizeof(host->name))
		return -EINVAL;
	memcpy(host->name, text, length);
	text += length;
	if (host->is_ipv6 && *text++ != ']')
		return -EINVAL;
	if (*text != '\0' && *text != ':')
		return -EINVAL;
	return parse_port(host, text, usual_port);
}

/* ---- is it ours ----------------------------------------------------------*/

struct literal {
	uint8_t bytes[16];
	size_t size; /* 4 or 16; 0: it is a name */
};

static struct literal literal_of(const char *name, bool is_ipv6)
{
	struct literal literal = {.size = 0};

	if (is_ipv6) {
		if (inet_pton(AF_INET6, name, literal.bytes) == 1)
			literal.size = 16;
	} else if (inet_pton(AF_INET, name, literal.bytes) == 1) {
		literal.size = 4;
	}
	return literal;
}

static bool is_same(const struct literal *a, const struct literal *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static bool is_loopback(const struct literal *literal)
{
	if (literal->size == 4)
		return literal->bytes[0] == IN_LOOPBACKNET;
	return memcmp(literal->bytes, &in6addr_loopback, 16) == 0;
}

static bool is_address(
		const struct literal *literal, const struct core_address *local)
{
	const struct sockaddr_in *in =
			(const struct sockaddr_in *)&local->storage;
	const struct sockaddr_in6 *in6 =
			(const struct sockaddr_in6 *)&local->storage;
	const uint8_t *ipv6 = in6->sin6_addr.s6_addr;

	switch (local->storage.ss_family) {
	case AF_INET:
		return literal->size == 4 &&
				memcmp(literal->bytes, &in->sin_addr, 4) == 0;
	case AF_INET6:
		if (literal->size == 4)
			return IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) &&
					memcmp(literal->bytes, ipv6 + 12, 4) ==
					0;
		return memcmp(literal->bytes, ipv6, 16) == 0;
	default:
		return false;
	}
}

static bool is_own_address(const struct literal *literal,
		const struct net_own_names *own,
		const struct core_address *local)
{
	if (is_loopback(literal) || is_address(literal, local))
		return true;
	for (size_t i = 0; i < own->addresses_n; i++)
		if (own->addresses[i].size == literal->size &&
				memcmp(own->addresses[i].bytes, literal->bytes,
						literal->size) == 0)
			return true;
	return false;
}

/* Somebody translates addresses on the way here. */
static bool is_named_address(const struct literal *literal,
		const char *const *names, size_t names_n)
{
	for (size_t i = 0; i < names_n; i++) {
		struct literal named =
				literal_of(names[i], strchr(names[i], ':'));

		if (is_same(&named, literal))
			return true;
	}
	return false;
}

static bool is_own_name(const char *name, const struct net_own_names *own,
		const char *const *names, size_t names_n)
{
	if (strcasecmp(name, "localhost") == 0)
		return true;
	for (size_t i = 0; i < own->names_n; i++)
		if (strcasecmp(name, own->names[i]) == 0)
			return true;
	for (size_t i = 0; i < names_n; i++)
		if (strcasecmp(name, names[i]) == 0)
			return true;
	return false;
}

bool web_host_is_ours(const char *text, const struct net_own_names *own,
		const struct core_address *local, const char *const *names,
		size_t names_n)
{
	struct web_host host;
	struct literal literal;

	if (web_host_parse(&host, text, 1) < 0)
		return false;
	literal = literal_of(host.name, host.is_ipv6);
	if (literal.size > 0)
		return is_own_address(&literal, own, local) ||
				is_named_address(&literal, names, names_n);
	return !host.is_ipv6 && is_own_name(host.name, own, names, names_n);
}
