/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/update.h"

#include <errno.h>
#include <stdlib.h>

int vnc_update_init(struct vnc_update_base *base, size_t pieces_n,
		vnc_update_ready *ready, void *context)
{
	base->ready = ready;
	base->context = context;
	base->update.pieces =
			calloc(pieces_n + 1, sizeof(*base->update.pieces));
	base->update.lossy = calloc(pieces_n + 1, sizeof(*base->update.lossy));
	return base->update.pieces && base->update.lossy ? 0 : -ENOMEM;
}

void vnc_update_announce(struct vnc_update_base *base, size_t pieces_n, int rc)
{
	struct vnc_update *update = &base->update;

	update->rc = rc;
	update->pieces_n = pieces_n;
	if (rc < 0) {
		vnc_update_finish(base, pieces_n);
		update->pieces_n = 0;
		update->rects = 0;
		update->lossy_n = 0;
	}
	base->ready(base->context, update);
}

void vnc_update_finish(struct vnc_update_base *base, size_t pieces_n)
{
	struct core_bytes **pieces = base->update.pieces;

	for (size_t i = 0; pieces && i < pieces_n; i++)
		core_bytes_unref(pieces[i]);
	free(pieces);
	free(base->update.lossy);
	base->update.pieces = NULL;
	base->update.lossy = NULL;
}

void vnc_update_destroy(struct vnc_update *update)
{
	struct vnc_update_base *base = (struct vnc_update_base *)update;

	if (base)
		base->destroy(base);
}
