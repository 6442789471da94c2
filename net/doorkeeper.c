/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/doorkeeper.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "net/ledger.h"
#include "net/source.h"

#define LOG_PAUSE_US (5 * CLOCK_US_PER_S)
#define LOG_LINE_BYTES 512

struct net_stranger {
	bool here;
	uint64_t came; /* the how-manieth of all */
	unsigned progress;
	struct net_source source;
	void (*displaced)(void *context); /* NULL: it cannot be, yet */
	void *context;
};

struct net_doorkeeper {
	uint64_t (*now_us)(void *context);
	void *context;
	uint64_t quiet_until_us;
	unsigned unlogged;
	uint64_t strangers_ever;
	struct net_stranger strangers[NET_STRANGERS_MAX];
	struct net_ledger *ipv4;
	struct net_ledger *ipv6;
};

/* ---- life -------------------------------------------------------------------
 */

static uint64_t real_now_us(void *context)
{
	(void)context;
	return clock_now_us();
}

int net_doorkeeper_create(struct net_doorkeeper **out)
{
	return net_doorkeeper_create_with_clock(out, real_now_us, NULL);
}

int net_doorkeeper_create_with_clock(struct net_doorkeeper **out,
		uint64_t (*now_us)(void *context), void *context)
{
	struct net_doorkeeper *doorkeeper = calloc(1, sizeof(*doorkeeper));
	int rc;

	*out = NULL;
	if (!doorkeeper)
		return -ENOMEM;
	doorkeeper->now_us = now_us;
	doorkeeper->context = context;
	rc = net_ledger_create(&doorkeeper->ipv4, NET_SOURCES_MAX);
	if (rc < 0)
		goto fail;
	rc = net_ledger_create(&doorkeeper->ipv6, NET_SOURCES_MAX);
	if (rc < 0)
		goto fail;
	*out = doorkeeper;
	return 0;

fail:
	net_doorkeeper_destroy(doorkeeper);
	return rc;
}

void net_doorkeeper_destroy(struct net_doorkeeper *doorkeeper)
{
	if (!doorkeeper)
		return;
	for (size_t i = 0; i < NET_STRANGERS_MAX; i++)
		assert(!doorkeeper->strangers[i].here);
	net_ledger_destroy(doorkeeper->ipv6);
	net_ledger_destroy(doorkeeper->ipv4);
	free(doorkeeper);
}

/* ---- strangers --------------------------------------------------------------
 */

static unsigned count_of(const struct net_doorkeeper *doorkeeper,
		const struct net_source *source)
{
	unsigned n = 0;

	for (size_t i = 0; i < NET_STRANGERS_MAX; i++)
		if (doorkeeper->strangers[i].here &&
				net_source_equal(&doorkeeper->strangers[i]
								  .source,
						source))
			n++;
	return n;
}

static struct net_stranger *free_place(struct net_doorkeeper *doorkeeper)
{
	for (size_t i = 0; i < NET_STRANGERS_MAX; i++)
		if (!doorkeeper->strangers[i].here)
			return &doorkeeper->strangers[i];
	return NULL;
}

static bool goes_before(
		const struct net_stranger *a, const struct net_stranger *b)
{
	if (a->progress != b->progress)
		return a->progress < b->progress;
	return a->came < b->came;
}

/* Of the sources that hold most, at least `least`. */
static struct net_stranger *displaceable(
		struct net_doorkeeper *doorkeeper, unsigned least)
{
	struct net_stranger *found = NULL;
	unsigned most = least;

	for (size_t i = 0; i < NET_STRANGERS_MAX; i++) {
		struct net_stranger *other = &doorkeeper->strangers[i];
		unsigned n = count_of(doorkeeper, &other->source);

		if (!other->displaced || n < most)
			continue;
		if (!found || n > most || goes_before(other, found))
			found = other;
		most = n;
	}
	return found;
}

int net_doorkeeper_admit(struct net_doorkeeper *doorkeeper,
		const struct core_address *peer, struct net_stranger **out)
{
	struct net_source source = net_source_of(peer);
	unsigned held = count_of(doorkeeper, &source);
	struct net_stranger *place = free_place(doorkeeper);

	*out = NULL;
	if (source.family != AF_UNIX && held >= NET_STRANGERS_PER_SOURCE_MAX)
		return -EDQUOT;
	if (!place) {
		place = displaceable(doorkeeper, held > 0 ? held + 2 : 1);
		if (!place)
			return -EUSERS;
		place->displaced(place->context);
		assert(!place->here);
	}
	*place = (struct net_stranger){
			.here = true,
			.came = doorkeeper->strangers_ever++,
			.source = source,
	};
	*out = place;
	return 0;
}

void net_stranger_set_displaced(struct net_stranger *stranger,
		void (*displaced)(void *context), void *context)
{
	stranger->displaced = displaced;
	stranger->context = context;
}

void net_stranger_dismiss(struct net_stranger *stranger)
{
	if (stranger)
		stranger->here = false;
}

void net_stranger_set_progress(struct net_stranger *stranger, unsigned progress)
{
	stranger->progress = progress;
}

/* ---- the ledger -------------------------------------------------------------
 */

/* NULL: not counted. */
static struct net_ledger *ledger_of(const struct net_doorkeeper *doorkeeper,
		const struct net_source *source)
{
	switch (source->family) {
	case AF_INET:
		return doorkeeper->ipv4;
	case AF_INET6:
		return doorkeeper->ipv6;
	default:
		return NULL;
	}
}

uint64_t net_doorkeeper_get_wait_us(const struct net_doorkeeper *doorkeeper,
		const struct core_address *peer)
{
	struct net_source source = net_source_of(peer);
	const struct net_ledger *ledger = ledger_of(doorkeeper, &source);

	if (!ledger)
		return 0;
	return net_ledger_get_wait_us(ledger, source.prefix,
			doorkeeper->now_us(doorkeeper->context));
}

void net_doorkeeper_count_failure(struct net_doorkeeper *doorkeeper,
		const struct core_address *peer)
{
	struct net_source source = net_source_of(peer);
	struct net_ledger *ledger = ledger_of(doorkeeper, &source);

	if (ledger)
		net_ledger_add(ledger, source.prefix,
				doorkeeper->now_us(doorkeeper->context));
}

/* ---- the log ----------------------------------------------------------------
 */

void net_doorkeeper_log(
		struct net_doorkeeper *doorkeeper, const char *format, ...)
{
	uint64_t now_us = doorkeeper->now_us(doorkeeper->context);
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
