/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

static int parse_unix(struct core_address *address, const char *path)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&address->storage;
	size_t length = strlen(path);

	if (path[0] != '/' || length >= sizeof(un->sun_path))
		return -EINVAL;
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, length + 1);
	address->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			length + 1);
	return 0;
}

static int parse_port(const char *text, in_port_t *port)
{
	unsigned value = 0;
	size_t digits = strlen(text);

	if (digits < 1 || digits > 5 || strspn(text, "0123456789") != digits)
		return -EINVAL;
	for (size_t i = 0; i < digits; i++)
		value = value * 10 + (unsigned)(text[i] - '0');
	if (value < 1 || value > UINT16_MAX)
		return -EINVAL;
	*port = htons((uint16_t)value);
	return 0;
}

static int parse_host(struct core_address *address, const char *host,
		bool bracketed, in_port_t port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&address->storage;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address->storage;

	if (bracketed) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = port;
		address->length = sizeof(*in6);
		return inet_pton(AF_INET6, host, &in6->sin6_addr) == 1
				? 0
				: -EINVAL;
	}
	in->sin_family = AF_INET;
	in->sin_port = port;
	address->length = sizeof(*in);
	return inet_pton(AF_INET, host, &in->sin_addr) == 1 ? 0 : -EINVAL;
}

int core_address_parse(struct core_address *address, const char *text)
{
	const char *colon = strrchr(text, ':');
	bool bracketed = text[0] == '[';
	char host[INET6_ADDRSTRLEN];
	size_t length;
	in_port_t port;

	memset(address, 0, sizeof(*address));
	if (strncmp(text, "unix:", 5) == 0)
		return parse_unix(address, text + 5);
	if (!colon || parse_port(colon + 1, &port) < 0)
		return -EINVAL;
	length = (size_t)(colon - text);
	if (bracketed) {
		if (length < 2 || text[length - 1] != ']')
			return -EINVAL;
		text++;
		length -= 2;
	}
	if (length == 0 || length >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, length);
	host[length] = '\0';
	return parse_host(address, host, bracketed, port);
}

bool core_address_is_local(const struct core_address *address)
{
	const struct sockaddr_in *in =
			(const struct sockaddr_in *)&address->storage;
	const struct sockaddr_in6 *in6 =
			(const struct sockaddr_in6 *)&address->storage;

	switch (address->storage.ss_family) {
	case AF_UNIX:
		return true;
	case AF_INET:
		return ntohl(in->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	case AF_INET6:
		return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
	default:
		return false;
	}
}

void core_address_format(const struct core_address *address,
		char text[CORE_ADDRESS_TEXT_BYTES])
{
	const struct sockaddr_in *in =
			(const struct sockaddr_in *)&address->storage;
	const struct sockaddr_in6 *in6 =
			(const struct sockaddr_in6 *)&address->storage;
	char host[INET6_ADDRSTRLEN] = "?";

	switch (address->storage.ss_family) {
	case AF_UNIX:
		snprintf(text, CORE_ADDRESS_TEXT_BYTES, "unix:%s",
				((const struct sockaddr_un *)&address->storage)
						->sun_path);
		return;
	case AF_INET:
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(text, CORE_ADDRESS_TEXT_BYTES, "%s:%u", host,
				ntohs(in->sin_port));
		return;
	case AF_INET6:
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		snprintf(text, CORE_ADDRESS_TEXT_BYTES, "[%s]:%u", host,
				ntohs(in6->sin6_port));
		return;
	default:
		snprintf(text, CORE_ADDRESS_TEXT_BYTES, "?");
	}
}
