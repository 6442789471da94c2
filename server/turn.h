/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "server/role.h"
#include "vnc/server.h"

/*
 * Who has the keyboard of a target, and who asks for it. One viewer at a time,
 * the operator, has it: who sends input while nobody has it, or to whom it is
 * given. Whoever loses it is told first, so that what it holds can be released.
 *
 * Threads: loop thread only.
 * Errors:  -ENOMEM at creation.
 */
struct server_turn;

/* Who has typed nothing for so long can be followed, unless control = "ask". */
#define SERVER_TURN_IDLE_US UINT64_C(10000000)

/* More than these need not queue: they can ask again. */
#define SERVER_TURN_ASKERS_MAX 8

enum server_turn_event {
	SERVER_TURN_TAKEN,    /* free, from who was idle, or seized */
	SERVER_TURN_GIVEN,    /* by who had it, by leaving, from outside */
	SERVER_TURN_RELEASED, /* nobody has it now */
	SERVER_TURN_ASKED,
	SERVER_TURN_WITHDRAWN, /* who asked has left */
	SERVER_TURN_EVENTS
};

struct server_turn_change {
	enum server_turn_event event;
	vnc_viewer_id who;  /* has it now, or asks; 0: nobody */
	vnc_viewer_id from; /* had it before; 0: nobody */
	bool from_outside;  /* neither of them did it: see below */
};

struct server_turn_handler {
	/* What a viewer may do: asked each time, since it can change. */
	enum server_role (*role)(void *context, vnc_viewer_id viewer);
	/* Release whatever the operator holds. */
	void (*lost)(void *context);
	void (*changed)(void *context, const struct server_turn_change *change);
};

/* `now_us` is clock_now_us; tests bring their own. */
int server_turn_create(struct server_turn **out, enum config_control control,
		uint64_t (*now_us)(void),
		const struct server_turn_handler *handler, void *context);

/* NULL is allowed. */
void server_turn_destroy(struct server_turn *turn);

/*
 * A viewer has sent input: does it count? It becomes the operator if it may.
 * Mere motion, which is not `deliberate`, takes nothing away from anybody: it
 * happens by accident.
 */
bool server_turn_claim(struct server_turn *turn, vnc_viewer_id viewer,
		bool deliberate);

/*
 * The operator hands the keyboard to who has asked longest, or lets go of it.
 * Anybody else takes it if it is free or may be taken, or asks for it.
 */
void server_turn_knock(struct server_turn *turn, vnc_viewer_id viewer);

/*
 * From outside: to anybody; or to who has asked longest, or to nobody. -EPERM:
 * it is nobody who may operate.
 */
int server_turn_give(struct server_turn *turn, vnc_viewer_id viewer);
void server_turn_release(struct server_turn *turn);

/* A viewer is gone. The next one who asked has what it had. */
void server_turn_leave(struct server_turn *turn, vnc_viewer_id viewer);

/* 0: nobody. */
vnc_viewer_id server_turn_get_operator(const struct server_turn *turn);

/* Since when it has the keyboard; when it last used it. */
uint64_t server_turn_get_since_us(const struct server_turn *turn);
uint64_t server_turn_get_input_us(const struct server_turn *turn);

/* The longest waiting first; returns how many there are. */
size_t server_turn_get_askers(const struct server_turn *turn,
		vnc_viewer_id askers[SERVER_TURN_ASKERS_MAX]);
