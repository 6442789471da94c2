/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/doorkeeper.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"

#define LOG_PAUSE_US (5 * CLOCK_US_PER_S)
#define LOG_LINE_BYTES 512

/* Who a peer is counted as. */
struct source {
	sa_family_t family; /* AF_UNIX: not counted */
	uint8_t prefix[8];
};

struct net_stranger {
	bool here;
	struct source source;
};

struct net_doorkeeper {
	uint64_t quiet_until_us;
	unsigned unlogged;
	struct net_stranger strangers[NET_STRANGERS_MAX];
};

static struct source source_of(const struct core_address *peer)
{
	const struct sockaddr_in *in =
			(const struct sockaddr_in *)&peer->storage;
	const struct sockaddr_in6 *in6 =
			(const struct sockaddr_in6 *)&peer->storage;
	struct source source = {.family = peer->storage.ss_family};

	if (source.family == AF_INET)
		memcpy(source.prefix, &in->sin_addr, sizeof(in->sin_addr));
	else if (source.family == AF_INET6)
		memcpy(source.prefix, &in6->sin6_addr, sizeof(source.prefix));
	return source;
}

static bool source_equal(const struct source *a, const struct source *b)
{
	return a->family == b->family &&
			memcmp(a->prefix, b->prefix, sizeof(a->prefix)) == 0;
}

int net_doorkeeper_create(struct net_doorkeeper **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void net_doorkeeper_destroy(struct net_doorkeeper *doorkeeper)
{
	if (!doorkeeper)
		return;
	for (size_t i = 0; i < NET_STRANGERS_MAX; i++)
		assert(!doorkeeper->strangers[i].here);
	free(doorkeeper);
}

int net_doorkeeper_admit(struct net_doorkeeper *doorkeeper,
		const struct core_address *peer, struct net_stranger **out)
{
	struct source source = source_of(peer);
	struct net_stranger *place = NULL;
	unsigned same = 0;

	*out = NULL;
	for (size_t i = 0; i < NET_STRANGERS_MAX; i++) {
		struct net_stranger *other = &doorkeeper->strangers[i];

		if (!other->here)
			place = other;
		else if (source_equal(&other->source, &source))
			same++;
	}
	if (!place)
		return -EUSERS;
	if (source.family != AF_UNIX && same >= NET_STRANGERS_PER_SOURCE_MAX)
		return -EDQUOT;
	place->here = true;
	place->source = source;
	*out = place;
	return 0;
}

void net_stranger_dismiss(struct net_stranger *stranger)
{
	if (stranger)
		stranger->here = false;
}

void net_doorkeeper_log(
		struct net_doorkeeper *doorkeeper, const char *format, ...)
{
	uint64_t now_us = clock_now_us();
	char line[LOG_LINE_BYTES];
	va_list arguments;

	if (now_us < doorkeeper->quiet_until_us) {
		doorkeeper->unlogged++;
		return;
	}
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (doorkeeper->unlogged > 0)
		log_warning("%s (and %u more turned away before)", line,
				doorkeeper->unlogged);
	else
		log_warning("%s", line);
	doorkeeper->unlogged = 0;
	doorkeeper->quiet_until_us = now_us + LOG_PAUSE_US;
}
