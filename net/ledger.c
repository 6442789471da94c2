/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "core/clock.h"
#include "core/min-max.h"
#include "net/doorkeeper.h"

#define NOBODY UINT16_MAX
#define FIRST_WAIT_US (60 * CLOCK_US_PER_S)
#define LONGEST_WAIT_US (3600 * CLOCK_US_PER_S)

struct entry {
	uint64_t prefix;
	uint64_t clean_us; /* nothing is left of it then; 0: nobody's yet */
	uint64_t wait_us;  /* it is not looked at before */
	uint16_t next;     /* of the same hash, or NOBODY */
	uint16_t in_heap;  /* where */
};

struct net_ledger {
	uint64_t key; /* odd, and nobody's guess: or sources could be chosen */
	unsigned bits;
	size_t entries_n;
	struct entry *entries;
	uint16_t *heads; /* 1 << bits of them */
	uint16_t *heap;  /* all entries; who is clean first is at the top */
};

/* ---- found by prefix --------------------------------------------------------
 */

static uint16_t *head_of(const struct net_ledger *ledger, uint64_t prefix)
{
	uint64_t mixed = (prefix ^ prefix >> 32) * ledger->key;

	return &ledger->heads[mixed >> (64 - ledger->bits)];
}

static struct entry *find(const struct net_ledger *ledger, uint64_t prefix)
{
	uint16_t at = *head_of(ledger, prefix);

	while (at != NOBODY && ledger->entries[at].prefix != prefix)
		at = ledger->entries[at].next;
	return at == NOBODY ? NULL : &ledger->entries[at];
}

static void unlink_entry(struct net_ledger *ledger, const struct entry *entry)
{
	uint16_t *link = head_of(ledger, entry->prefix);

	while (&ledger->entries[*link] != entry)
		link = &ledger->entries[*link].next;
	*link = entry->next;
}

/* ---- ordered by when it is clean --------------------------------------------
 */

static uint64_t clean_us_at(const struct net_ledger *ledger, size_t place)
{
	return ledger->entries[ledger->heap[place]].clean_us;
}

static void put(struct net_ledger *ledger, size_t place, uint16_t index)
{
	ledger->heap[place] = index;
	ledger->entries[index].in_heap = (uint16_t)place;
}

static void sift_down(struct net_ledger *ledger, const struct entry *entry)
{
	uint16_t index = ledger->heap[entry->in_heap];
	size_t place = entry->in_heap;
	size_t below = 2 * place + 1;

	while (below < ledger->entries_n) {
		if (below + 1 < ledger->entries_n &&
				clean_us_at(ledger, below + 1) <
						clean_us_at(ledger, below))
			below++;
		if (clean_us_at(ledger, below) >= entry->clean_us)
			break;
		put(ledger, place, ledger->heap[below]);
		place = below;
		below = 2 * place + 1;
	}
	put(ledger, place, index);
}

/* Into the place of whoever is clean first. */
static struct entry *settle(struct net_ledger *ledger, uint64_t prefix)
{
	uint16_t index = ledger->heap[0];
	struct entry *entry = &ledger->entries[index];
	uint16_t *head = head_of(ledger, prefix);

	if (entry->clean_us > 0)
		unlink_entry(ledger, entry);
	entry->prefix = prefix;
	entry->next = *head;
	*head = index;
	return entry;
}

/* ---- the contract -----------------------------------------------------------
 */

static uint64_t wait_after(uint64_t clean_in_us)
{
	uint64_t level = (clean_in_us + NET_LEDGER_FORGIVEN_US - 1) /
			NET_LEDGER_FORGIVEN_US;

	if (level < NET_FAILURES_FREE)
		return 0;
	return core_min_u64(FIRST_WAIT_US << (level - NET_FAILURES_FREE),
			LONGEST_WAIT_US);
}

int net_ledger_create(struct net_ledger **out, size_t sources_max)
{
	struct net_ledger *ledger = calloc(1, sizeof(*ledger));
	int rc = -ENOMEM;

	*out = NULL;
	if (!ledger)
		return rc;
	ledger->bits = 1;
	while (((size_t)1 << ledger->bits) < sources_max)
		ledger->bits++;
	ledger->entries_n = sources_max;
	ledger->entries = calloc(sources_max, sizeof(*ledger->entries));
	ledger->heap = calloc(sources_max, sizeof(*ledger->heap));
	ledger->heads = calloc(
			(size_t)1 << ledger->bits, sizeof(*ledger->heads));
	if (!ledger->entries || !ledger->heap || !ledger->heads)
		goto fail;
	for (size_t i = 0; i < (size_t)1 << ledger->bits; i++)
		ledger->heads[i] = NOBODY;
	for (size_t i = 0; i < sources_max; i++)
		put(ledger, i, (uint16_t)i);
	if (getrandom(&ledger->key, sizeof(ledger->key), 0) !=
			sizeof(ledger->key)) {
		rc = -EIO;
		goto fail;
	}
	ledger->key |= 1;
	*out = ledger;
	return 0;

fail:
	net_ledger_destroy(ledger);
	return rc;
}

void net_ledger_destroy(struct net_ledger *ledger)
{
	if (!ledger)
		return;
	free(ledger->heads);
	free(ledger->heap);
	free(ledger->entries);
	free(ledger);
}

uint64_t net_ledger_get_wait_us(const struct net_ledger *ledger,
		uint64_t prefix, uint64_t now_us)
{
	const struct entry *entry = find(ledger, prefix);

	return entry && entry->wait_us > now_us ? entry->wait_us - now_us : 0;
}

void net_ledger_add(struct net_ledger *ledger, uint64_t prefix, uint64_t now_us)
{
	struct entry *entry = find(ledger, prefix);
	uint64_t from_us;

	if (!entry)
		entry = settle(ledger, prefix);
	from_us = core_max_u64(entry->clean_us, now_us);
	entry->clean_us = core_min_u64(from_us + NET_LEDGER_FORGIVEN_US,
			now_us + NET_LEDGER_LEVELS * NET_LEDGER_FORGIVEN_US);
	entry->wait_us = now_us + wait_after(entry->clean_us - now_us);
	sift_down(ledger, entry);
}
