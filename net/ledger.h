/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Which sources' logins failed, and until when each has to wait. A ledger is
 * of sources of one family, so that those of another cannot push them out.
 *
 * A source is clean again at a point in time. Each failure puts that off by
 * NET_LEDGER_FORGIVEN_US, so that failures are forgiven one by one, at their
 * own pace, whatever else happens. It is never farther off than
 * NET_LEDGER_LEVELS failures put it.
 *
 * How many a source can have in a day: each that leaves it above level 10 costs
 * an hour, so these are 25 at most. Each other one puts it a whole level up;
 * there are 10 levels to go, and 6 that a day forgives. Together 41.
 *
 * Where there is no room for a source, it takes the place, and what was left of
 * the failures, of the one that would be clean first. So it may be thought
 * worse of than it deserves, but never better, and many sources that take turns
 * do not make each other forgotten. One that is not in the ledger does not
 * wait, though: who has done nothing yet is let in, however many have.
 *
 * Threads: loop thread only.
 * Errors:  -errno at creation: no memory, no randomness.
 */
struct net_ledger;

/* One failure is forgotten after this time: so six a day cost nobody a wait. */
#define NET_LEDGER_FORGIVEN_US UINT64_C(14400000000)
/* That many failures at a time are remembered of a source. */
#define NET_LEDGER_LEVELS 11

/* At most UINT16_MAX sources. All the room is taken now. */
int net_ledger_create(struct net_ledger **out, size_t sources_max);

/* NULL is allowed. */
void net_ledger_destroy(struct net_ledger *ledger);

/* How many microseconds from `now_us` the source has to wait. */
uint64_t net_ledger_get_wait_us(const struct net_ledger *ledger,
		uint64_t prefix, uint64_t now_us);

void net_ledger_add(
		struct net_ledger *ledger, uint64_t prefix, uint64_t now_us);
