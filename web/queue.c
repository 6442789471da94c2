/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/queue.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "net/source.h"

static size_t count_of(
		const struct web_queue *queue, const struct core_address *peer)
{
	struct net_source source = net_source_of(peer);
	size_t n = 0;

	for (size_t i = 0; i < queue->n; i++) {
		struct net_source other =
				net_source_of(&queue->arrivals[i].peer);

		n += net_source_equal(&source, &other);
	}
	return n;
}

/* The last of the source of which most wait, and at least `least`; or -1. */
static ssize_t find_last_of_most(const struct web_queue *queue, size_t least)
{
	ssize_t found = -1;

	for (size_t i = queue->n; i-- > 0;) {
		size_t n = count_of(queue, &queue->arrivals[i].peer);

		if (n < least)
			continue;
		found = (ssize_t)i;
		least = n + 1;
	}
	return found;
}

int web_queue_add(struct web_queue *queue, const struct web_arrival *arrival)
{
	size_t others = count_of(queue, &arrival->peer);
	ssize_t last;

	if (others >= WEB_WAITING_PER_SOURCE_MAX)
		return -EDQUOT;
	if (queue->n == WEB_WAITING_MAX) {
		last = find_last_of_most(queue, others + 2);
		if (last == -1)
			return -EUSERS;
		close(queue->arrivals[last].fd);
		web_queue_remove(queue, (size_t)last);
	}
	queue->arrivals[queue->n++] = *arrival;
	return 0;
}

void web_queue_remove(struct web_queue *queue, size_t at)
{
	struct web_arrival *gone = &queue->arrivals[at];

	queue->n--;
	memmove(gone, gone + 1, (queue->n - at) * sizeof(*gone));
}

void web_queue_finish(struct web_queue *queue)
{
	for (size_t i = 0; i < queue->n; i++)
		close(queue->arrivals[i].fd);
	queue->n = 0;
}
