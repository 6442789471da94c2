/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "hid-gadget/input.h"
#include "hid-gadget/layout.h"
#include "server/turn.h"
#include "vnc/server.h"

/*
 * Types on a target for its operator; input of everybody else is ignored, but
 * for Scroll Lock pressed twice (see server_turn_knock). Here a viewer's
 * keysyms, codes and pixels become HID usages and coordinates.
 *
 * Threads: loop thread only.
 * Errors:  -ENOMEM at creation.
 */
struct server_typist;

enum server_pointer {
	SERVER_POINTER_ABSOLUTE, /* the pointer is where the viewer's is */
	SERVER_POINTER_RELATIVE, /* motion only, for old firmware */
};

struct server_typist_options {
	const char *name; /* the target's, for log lines; copied */
	enum server_pointer pointer;
	struct server_turn *turn; /* borrowed */
	uint64_t (*now_us)(void); /* clock_now_us; tests bring their own */
	/* The operator pressed a key while hushed. NULL: never mind. */
	void (*interrupted)(void *context);
	/* The operator holds Scroll Lock and pressed V. NULL: that is a V. */
	void (*pasted)(void *context, vnc_viewer_id viewer);
	void *context;
};

/* `input` is borrowed and outlives the typist; NULL: there is no keyboard. */
int server_typist_create(struct server_typist **out, struct hid_input *input,
		const struct server_typist_options *options);

/* Releases what is held. NULL is allowed. */
void server_typist_destroy(struct server_typist *typist);

void server_typist_key(struct server_typist *typist, vnc_viewer_id viewer,
		const struct vnc_key *key);
void server_typist_point(struct server_typist *typist, vnc_viewer_id viewer,
		const struct vnc_pointer *pointer);

/*
 * That of the target, for viewers that send keysyms only; borrowed until there
 * is another one. NULL: "us".
 */
void server_typist_set_layout(
		struct server_typist *typist, const struct hid_layout *layout);

/*
 * While hushed, what the operator holds is up, and what it presses is not
 * passed on: something else types. Pointers go on.
 */
void server_typist_set_hushed(struct server_typist *typist, bool hushed);

/* Every key and button goes up: the operator is another one, or the host is. */
void server_typist_release(struct server_typist *typist);
