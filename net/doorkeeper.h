/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "core/address.h"

/*
 * Counts the connections that have not yet said who they are, over all
 * listeners of the process, so that strangers cannot use it up, and keeps the
 * one ledger of failed logins, whatever the protocol. It also keeps strangers
 * from filling the log.
 *
 * Who is counted together is a source: an IPv4 address, an IPv6 /64
 * (net/source.h).
 *
 * Threads: loop thread only.
 * Errors:  -errno at creation: no memory, no randomness; see
 *          net_doorkeeper_admit.
 */
struct net_doorkeeper;

/* One connection that is being looked at. */
struct net_stranger;

#define NET_STRANGERS_MAX 64
/* From one IPv4 address or one IPv6 /64. Unix sockets have no such limit. */
#define NET_STRANGERS_PER_SOURCE_MAX 8

int net_doorkeeper_create(struct net_doorkeeper **out);

/* With a clock of one's own, in microseconds: for tests. */
int net_doorkeeper_create_with_clock(struct net_doorkeeper **out,
		uint64_t (*now_us)(void *context), void *context);

/* Every stranger has been dismissed. NULL is allowed. */
void net_doorkeeper_destroy(struct net_doorkeeper *doorkeeper);

/*
 * Where every place is taken, the source that holds most loses a stranger to a
 * newcomer whose source holds none, or still fewer with this one: the one that
 * has come least far, and of these the oldest. So coming first keeps nobody
 * else out, nor does saying nothing.
 *
 * -EUSERS: too many strangers; -EDQUOT: too many from this source. Close the
 * connection at once.
 */
int net_doorkeeper_admit(struct net_doorkeeper *doorkeeper,
		const struct core_address *peer, struct net_stranger **out);

/*
 * How it may be asked to give up its place, from within somebody else's
 * net_doorkeeper_admit: it is to dismiss the stranger before it returns. Until
 * this is called, nobody can take its place.
 */
void net_stranger_set_displaced(struct net_stranger *stranger,
		void (*displaced)(void *context), void *context);

/* It is known now, or gone. NULL is allowed. */
void net_stranger_dismiss(struct net_stranger *stranger);

/* How far it has come in saying who it is; 0 to begin with. */
void net_stranger_set_progress(
		struct net_stranger *stranger, unsigned progress);

/*
 * The ledger. After NET_FAILURES_FREE failures a source has to wait for a
 * minute, and after each further one twice as long, up to an hour: so at most
 * 50 guesses a day of one source are looked at. A login that succeeds excuses
 * nothing: who has an account could guess at another. Time does, every four
 * hours one failure (net/ledger.h). There is room for NET_SOURCES_MAX IPv4
 * sources and as many of IPv6. Unix sockets are not counted.
 */
#define NET_FAILURES_FREE 5
#define NET_SOURCES_MAX 16384

/* How many microseconds from now this source's logins are to be refused. */
uint64_t net_doorkeeper_get_wait_us(const struct net_doorkeeper *doorkeeper,
		const struct core_address *peer);

/*
 * A login was looked at and found wrong. Where that took a while, ask again
 * before you say so whether its source has to wait by now: else many at once
 * would all be answered.
 */
void net_doorkeeper_count_failure(struct net_doorkeeper *doorkeeper,
		const struct core_address *peer);

/*
 * Log why a peer was turned away, as a warning; of many in a short time only
 * the first, and then how many there were.
 */
void net_doorkeeper_log(struct net_doorkeeper *doorkeeper, const char *format,
		...) __attribute__((format(printf, 2, 3)));
