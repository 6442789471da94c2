/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "vnc/rfb-read.h"
#include "vnc/rfb-write.h"

/*
 * Our answers to a viewer's fences. One with SyncNext marks where the message
 * after it takes effect: all that is sent before the answer knows nothing of
 * that message, all after it obeys. So it waits until that message was dealt
 * with and what was begun before is sent; other answers wait in line.
 *
 * Threads: any.
 * Errors:  -ENOBUFS: more wait than an honest viewer asks for.
 */
struct vnc_fences {
	unsigned messages; /* to be dealt with, the fence's own included */
	bool in_order;     /* what was begun before goes first */
	struct vnc_writer answers;
};

/* A fence that asks for an answer. */
int vnc_fences_take(
		struct vnc_fences *fences, const struct vnc_message *message);

/* A message, of whatever kind, has been dealt with. */
void vnc_fences_end_message(struct vnc_fences *fences);

/*
 * The answers that may be sent now, given whether something is under way that
 * was begun before; NULL: none. They are then done with.
 */
const struct vnc_writer *vnc_fences_get_due(
		const struct vnc_fences *fences, bool under_way);
void vnc_fences_clear(struct vnc_fences *fences);
