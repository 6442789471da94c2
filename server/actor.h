/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/caller.h"
#include "vnc/server.h"

/*
 * Who uses a target's keyboard or pointers from outside of any viewer, as an
 * operation of the API: it has a place in the turn like a viewer's, under a
 * number of its own, and lets go when it is done.
 *
 * Plain data. Threads: loop thread only. Errors: none.
 */
struct server_actor {
	vnc_viewer_id id; /* beyond all viewers'; 0: there was none yet */
	unsigned uses;    /* operations that are not done yet */
	enum server_role role;
	struct server_caller caller;
};

/* The `count`th of a target, with one use. */
void server_actor_init(struct server_actor *actor, uint64_t count,
		const struct server_caller *caller, const char *target);

/* By kind, session and user: the same one, maybe by another request. */
bool server_actor_is(const struct server_actor *actor,
		const struct server_caller *caller);
