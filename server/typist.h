/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "hid-gadget/input.h"
#include "vnc/server.h"

/*
 * Who types on a target. One viewer at a time is the operator: the first that
 * sends input while there is none. Another viewer takes over with a key or a
 * button once the operator has been idle for SERVER_TYPIST_IDLE_US or has
 * left; what the old operator held is released first. Input of everybody else
 * is ignored. Here a viewer's keysyms, codes and pixels become HID usages and
 * coordinates.
 *
 * Threads: loop thread only.
 * Errors:  -ENOMEM at creation.
 */
struct server_typist;

#define SERVER_TYPIST_IDLE_US UINT64_C(10000000)

enum server_pointer {
	SERVER_POINTER_ABSOLUTE, /* the pointer is where the viewer's is */
	SERVER_POINTER_RELATIVE, /* motion only, for old firmware */
};

struct server_typist_options {
	const char *name; /* the target's, for log lines; copied */
	enum server_pointer pointer;
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

/* The viewer is gone: if it was the operator, everything is released. */
void server_typist_leave(struct server_typist *typist, vnc_viewer_id viewer);

/* The target's screen changed its mode: what is held is released. */
void server_typist_release(struct server_typist *typist);

/* 0: nobody operates. */
vnc_viewer_id server_typist_get_operator(const struct server_typist *typist);
