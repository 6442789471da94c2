/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "vnc/encoder.h"

/*
 * What every update has behind what its user sees, whoever makes it.
 *
 * Threads: loop thread only.
 * Errors:  -ENOMEM.
 */
struct vnc_update_base {
	struct vnc_update update; /* first: one address with its base */
	vnc_update_ready *ready;
	void *context;
	/* vnc_update_destroy: the maker frees it, now or when it can. */
	void (*destroy)(struct vnc_update_base *base);
};

/*
 * Room for `pieces_n` references, all NULL, and as many lossy rectangles; the
 * update counts none yet. Finish it also when that fails.
 */
int vnc_update_init(struct vnc_update_base *base, size_t pieces_n,
		vnc_update_ready *ready, void *context);

/*
 * All is there, or `rc` says why not (its pieces are let go then). Calls
 * ready, after which the update may be gone.
 */
void vnc_update_announce(struct vnc_update_base *base, size_t pieces_n, int rc);

/* Lets go of the first `pieces_n` places (NULL is allowed in them). */
void vnc_update_finish(struct vnc_update_base *base, size_t pieces_n);
