/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/address.h"

/*
 * Who has come and waits for a place of the doorkeeper's, since its source
 * holds as many as it may: several browsers behind one address, which all load
 * the page. Of those that wait nothing is read and to them nothing is said, so
 * that each costs a descriptor and no more. They hold no place, so nobody of
 * another source comes later for them.
 *
 * The queue owns the descriptors in it.
 *
 * Threads: loop thread only.
 * Errors:  as web_queue_add says.
 */
#define WEB_WAITING_MAX 64
#define WEB_WAITING_PER_SOURCE_MAX 32

struct web_arrival {
	int fd; /* connected, non-blocking */
	struct core_address peer;
	uint64_t came_us;
};

/* In the order in which they came. All zero is an empty one. */
struct web_queue {
	size_t n;
	struct web_arrival arrivals[WEB_WAITING_MAX];
};

/*
 * Takes the descriptor on success. Where no more can wait, the source of which
 * most do loses the one that came last, to one of which fewer do.
 *
 * -EDQUOT: enough of its source wait; -EUSERS: enough wait.
 */
int web_queue_add(struct web_queue *queue, const struct web_arrival *arrival);

/* It waits no longer; its descriptor is the caller's, who has a copy of it. */
void web_queue_remove(struct web_queue *queue, size_t at);

/* Closes all. */
void web_queue_finish(struct web_queue *queue);
