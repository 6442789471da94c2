/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/figures.h"

#include <assert.h>

static const char *const kind_names[] = {
		[VNC_KIND_LOSSLESS] = "lossless",
		[VNC_KIND_Q50] = "q50",
		[VNC_KIND_Q80] = "q80",
		[VNC_KIND_Q92] = "q92",
		[VNC_KIND_RAW] = "raw",
		[VNC_KIND_FALLBACK] = "fallback",
};
static_assert(sizeof(kind_names) / sizeof(kind_names[0]) == VNC_KINDS,
		"each kind has a name");

void vnc_figures_add_update(
		struct vnc_figures *figures, const struct vnc_update *update)
{
	uint64_t *bytes = &figures->bytes[update->kind];

	figures->rectangles += update->rects;
	for (size_t i = 0; i < update->pieces_n; i++)
		if (update->pieces[i])
			*bytes += update->pieces[i]->size;
}

const char *vnc_kind_name(enum vnc_kind kind)
{
	assert(kind < VNC_KINDS);
	return kind_names[kind];
}
