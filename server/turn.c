/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/turn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct server_turn {
	enum config_control control;
	uint64_t (*now_us)(void);
	const struct server_turn_handler *handler;
	void *context;
	vnc_viewer_id viewer;   /* who has the keyboard; 0: nobody */
	vnc_viewer_id let_go;   /* who had it before that: see may_take */
	uint64_t since_us;      /* `viewer` has it */
	uint64_t last_input_us; /* of `viewer` */
	bool from_outside;      /* what happens now is done from there */
	size_t askers_n;
	vnc_viewer_id askers[SERVER_TURN_ASKERS_MAX]; /* oldest first */
};

int server_turn_create(struct server_turn **out, enum config_control control,
		uint64_t (*now_us)(void),
		const struct server_turn_handler *handler, void *context)
{
	struct server_turn *turn = calloc(1, sizeof(*turn));

	*out = NULL;
	if (!turn)
		return -ENOMEM;
	turn->control = control;
	turn->now_us = now_us;
	turn->handler = handler;
	turn->context = context;
	*out = turn;
	return 0;
}

void server_turn_destroy(struct server_turn *turn)
{
	free(turn);
}

static void tell(const struct server_turn *turn, enum server_turn_event event,
		vnc_viewer_id who, vnc_viewer_id from)
{
	const struct server_turn_change change = {
			event, who, from, turn->from_outside};

	turn->handler->changed(turn->context, &change);
}

static bool withdraw(struct server_turn *turn, vnc_viewer_id viewer)
{
	vnc_viewer_id *askers = turn->askers;

	for (size_t i = 0; i < turn->askers_n; i++) {
		if (askers[i] != viewer)
			continue;
		turn->askers_n--;
		memmove(askers + i, askers + i + 1,
				(turn->askers_n - i) * sizeof(*askers));
		return true;
	}
	return false;
}

/* From whoever has it now to `viewer`, which may be 0. */
static void hand_over(struct server_turn *turn, vnc_viewer_id viewer,
		enum server_turn_event event)
{
	vnc_viewer_id from = turn->viewer;

	if (from != 0)
		turn->handler->lost(turn->context);
	withdraw(turn, viewer);
	turn->viewer = viewer;
	turn->let_go = viewer == 0 ? from : 0;
	turn->since_us = turn->last_input_us = turn->now_us();
	tell(turn, event, viewer, from);
}

/* To who has asked longest, if anybody does. */
static void pass_on(struct server_turn *turn)
{
	if (turn->askers_n > 0)
		hand_over(turn, turn->askers[0], SERVER_TURN_GIVEN);
	else
		hand_over(turn, 0, SERVER_TURN_RELEASED);
}

static bool may_operate(const struct server_turn *turn, vnc_viewer_id viewer)
{
	return turn->handler->role(turn->context, viewer) >=
			SERVER_ROLE_OPERATOR;
}

static bool may_seize(const struct server_turn *turn, vnc_viewer_id viewer)
{
	return turn->control == CONFIG_CONTROL_SEIZE ||
			turn->handler->role(turn->context, viewer) >=
			SERVER_ROLE_ADMIN;
}

static bool may_follow(const struct server_turn *turn)
{
	return turn->control != CONFIG_CONTROL_ASK &&
			turn->now_us() - turn->last_input_us >=
			SERVER_TURN_IDLE_US;
}

/*
 * Who has just let go of the keyboard must not get it back by moving the mouse
 * away: it did not mean to.
 */
static bool may_take(const struct server_turn *turn, vnc_viewer_id viewer,
		bool deliberate)
{
	if (!may_operate(turn, viewer))
		return false;
	if (turn->viewer == 0)
		return deliberate || viewer != turn->let_go;
	return deliberate && may_follow(turn);
}

bool server_turn_claim(
		struct server_turn *turn, vnc_viewer_id viewer, bool deliberate)
{
	if (turn->viewer != viewer) {
		if (!may_take(turn, viewer, deliberate))
			return false;
		hand_over(turn, viewer, SERVER_TURN_TAKEN);
	}
	turn->last_input_us = turn->now_us();
	return true;
}

static void ask(struct server_turn *turn, vnc_viewer_id viewer)
{
	for (size_t i = 0; i < turn->askers_n; i++)
		if (turn->askers[i] == viewer)
			return;
	if (turn->askers_n == SERVER_TURN_ASKERS_MAX)
		return;
	turn->askers[turn->askers_n++] = viewer;
	tell(turn, SERVER_TURN_ASKED, viewer, turn->viewer);
}

void server_turn_knock(struct server_turn *turn, vnc_viewer_id viewer)
{
	if (!may_operate(turn, viewer))
		return;
	if (turn->viewer == viewer) {
		pass_on(turn);
	} else if (may_take(turn, viewer, true) || may_seize(turn, viewer)) {
		hand_over(turn, viewer, SERVER_TURN_TAKEN);
	} else {
		ask(turn, viewer);
	}
}

int server_turn_give(struct server_turn *turn, vnc_viewer_id viewer)
{
	if (!may_operate(turn, viewer))
		return -EPERM;
	if (turn->viewer == viewer)
		return 0;
	turn->from_outside = true;
	hand_over(turn, viewer, SERVER_TURN_GIVEN);
	turn->from_outside = false;
	return 0;
}

void server_turn_release(struct server_turn *turn)
{
	if (turn->viewer == 0)
		return;
	turn->from_outside = true;
	pass_on(turn);
	turn->from_outside = false;
}

void server_turn_leave(struct server_turn *turn, vnc_viewer_id viewer)
{
	if (turn->viewer == viewer)
		pass_on(turn);
	else if (withdraw(turn, viewer))
		tell(turn, SERVER_TURN_WITHDRAWN, viewer, turn->viewer);
}

vnc_viewer_id server_turn_get_operator(const struct server_turn *turn)
{
	return turn->viewer;
}

uint64_t server_turn_get_since_us(const struct server_turn *turn)
{
	return turn->since_us;
}

uint64_t server_turn_get_input_us(const struct server_turn *turn)
{
	return turn->last_input_us;
}

size_t server_turn_get_askers(const struct server_turn *turn,
		vnc_viewer_id askers[SERVER_TURN_ASKERS_MAX])
{
	memcpy(askers, turn->askers, turn->askers_n * sizeof(*turn->askers));
	return turn->askers_n;
}
