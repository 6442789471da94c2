/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "hid-gadget/input.h"
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

/* Every key and button goes up: the operator is another one, or the host is. */
void server_typist_release(struct server_typist *typist);
