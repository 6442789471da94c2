/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/own-names.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 1024

/* Letters, digits, dots and hyphens; nothing else stands in a certificate. */
static bool is_name(const char *name)
{
	size_t length = strspn(name,
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			"0123456789.-");

	return length > 0 && length < NET_NAME_BYTES && name[length] == '\0';
}

static void add_name(struct net_own_names *own, const char *name)
{
	if (!is_name(name) || own->names_n == NET_OWN_NAMES_MAX)
		return;
	for (size_t i = 0; i < own->names_n; i++)
		if (strcasecmp(own->names[i], name) == 0)
			return;
	strcpy(own->names[own->names_n++], name);
}

static void add_address(
		struct net_own_names *own, const void *bytes, unsigned size)
{
	struct net_own_address *address;

	for (size_t i = 0; i < own->addresses_n; i++)
		if (own->addresses[i].size == size &&
				memcmp(own->addresses[i].bytes, bytes, size) ==
						0)
			return;
	if (own->addresses_n == NET_OWN_ADDRESSES_MAX)
		return;
	address = &own->addresses[own->addresses_n++];
	memcpy(address->bytes, bytes, size);
	address->size = size;
}

/* "127.0.1.1 rack1.example.com rack1": the host is one of the words. */
static void add_line(struct net_own_names *own, char *line, const char *host)
{
	const char *words[NET_OWN_NAMES_MAX];
	size_t words_n = 0;
	bool ours = false;
	char *rest, *word;

	line[strcspn(line, "#\n")] = '\0';
	if (!strtok_r(line, " \t", &rest)) /* the address */
		return;
	while (words_n < NET_OWN_NAMES_MAX &&
			(word = strtok_r(NULL, " \t", &rest))) {
		words[words_n++] = word;
		ours = ours || strcasecmp(word, host) == 0;
	}
	for (size_t i = 0; ours && i < words_n; i++)
		add_name(own, words[i]);
}

static void add_hosts(
		struct net_own_names *own, const char *path, const char *host)
{
	char line[LINE_BYTES];
	FILE *file = fopen(path, "re");

	if (!file)
		return;
	while (fgets(line, sizeof(line), file))
		add_line(own, line, host);
	fclose(file);
}

static void add_interfaces(struct net_own_names *own)
{
	struct ifaddrs *first;

	if (getifaddrs(&first) == -1)
		return;
	for (struct ifaddrs *at = first; at; at = at->ifa_next) {
		const void *address = at->ifa_addr;

		if (!address)
			continue;
		if (at->ifa_addr->sa_family == AF_INET)
			add_address(own,
					&((const struct sockaddr_in *)address)
							 ->sin_addr,
					4);
		else if (at->ifa_addr->sa_family == AF_INET6)
			add_address(own,
					&((const struct sockaddr_in6 *)address)
							 ->sin6_addr,
					16);
	}
	freeifaddrs(first);
}

void net_own_names_learn(struct net_own_names *own, const char *hosts_path)
{
	char host[NET_NAME_BYTES];

	*own = (struct net_own_names){0};
	if (gethostname(host, sizeof(host)) == 0) {
		host[sizeof(host) - 1] = '\0';
		add_name(own, host);
		add_hosts(own, hosts_path, host);
	}
	add_name(own, "localhost");
	add_interfaces(own);
}
