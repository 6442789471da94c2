/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "core/workers.h"
#include "hid-gadget/layout.h"

/*
 * The keyboard layouts in use: built by workers, since that takes a tenth of a
 * second, and kept for a while, since few are used.
 *
 * Threads: loop thread only.
 * Errors:  -ENOMEM at creation; what cannot be had is said in words.
 */
struct server_layouts;

/* Embedded in the struct of who asks, all zero before. */
struct server_layout_ask {
	/* Once. `layout` is borrowed until the loop goes on; NULL: `why`. */
	void (*done)(struct server_layout_ask *ask,
			const struct hid_layout *layout, const char *why);
	struct server_layout_ask *next;  /* of the others */
	struct server_layout_ask **from; /* what points to it; NULL: none */
};

/* More than can be kept by targets. */
#define SERVER_LAYOUTS_MAX 32

/* `workers` are destroyed before the layouts. */
int server_layouts_create(struct server_layouts **out,
		struct core_workers *workers,
		const struct hid_layout_paths *paths);

/* Nobody has a layout kept any more. NULL is allowed. */
void server_layouts_destroy(struct server_layouts *layouts);

/* Answers everybody who waits, and from now on at once: there is none. */
void server_layouts_stop(struct server_layouts *layouts);

/* `done` may be called from within. */
void server_layouts_ask(struct server_layouts *layouts, const char *layout,
		const char *variant, struct server_layout_ask *ask);

/* `done` is not called any more. One that does not wait is allowed. */
void server_layouts_forget(struct server_layout_ask *ask);

/* Stays until it is let go of as often as it was kept. NULL is allowed. */
void server_layouts_keep(struct server_layouts *layouts,
		const struct hid_layout *layout);
void server_layouts_let_go(struct server_layouts *layouts,
		const struct hid_layout *layout);
