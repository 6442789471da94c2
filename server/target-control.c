/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target-private.h"

#include <stdio.h>

#include "core/clock.h"
#include "core/log.h"
#include "server/session.h"

/* For all that have been here at once. */
#define VIEWERS_LISTED 100

static enum server_role role_of(void *context, vnc_viewer_id viewer)
{
	return server_target_get_role(context, viewer);
}

static void on_lost(void *context)
{
	struct server_target *target = context;

	if (target->typist)
		server_typist_release(target->typist);
}

/* What people know a viewer by. */
static void name_viewer(const struct server_target *target,
		vnc_viewer_id viewer, char name[SERVER_SESSION_PEER_BYTES])
{
	struct vnc_viewer_info infos[VIEWERS_LISTED];
	size_t viewers_n = vnc_server_list_viewers(
			target->vnc, infos, VIEWERS_LISTED);

	snprintf(name, SERVER_SESSION_PEER_BYTES, "viewer %llu",
			(unsigned long long)viewer);
	for (size_t i = 0; i < viewers_n && i < VIEWERS_LISTED; i++)
		if (infos[i].id == viewer)
			snprintf(name, SERVER_SESSION_PEER_BYTES, "%s",
					infos[i].peer);
}

static void tell_viewers(struct server_target *target)
{
	vnc_viewer_id askers[SERVER_TURN_ASKERS_MAX];
	vnc_viewer_id operator_id = server_turn_get_operator(target->turn);
	char operator_name[SERVER_SESSION_PEER_BYTES];
	char asker[SERVER_SESSION_PEER_BYTES];
	char text[SERVER_HEADLINE_BYTES];
	struct server_headline headline = {
			.target = target->config->name,
			.askers_n = server_turn_get_askers(
					target->turn, askers),
	};

	if (operator_id != 0) {
		name_viewer(target, operator_id, operator_name);
		headline.operator_name = operator_name;
	}
	if (headline.askers_n > 0) {
		name_viewer(target, askers[0], asker);
		headline.asker = asker;
	}
	server_headline_title(&headline, text);
	vnc_server_set_title(target->vnc, text);
	server_headline_banner(&headline, text);
	server_target_announce(target, text, operator_id != 0);
}

static void on_changed(void *context, const struct server_turn_change *change)
{
	static const char *const words[] = {
			[SERVER_TURN_TAKEN] = "takes the keyboard",
			[SERVER_TURN_GIVEN] = "is given the keyboard",
			[SERVER_TURN_RELEASED] = "follows",
			[SERVER_TURN_ASKED] = "asks for the keyboard",
			[SERVER_TURN_WITHDRAWN] = "asks no longer",
	};
	struct server_target *target = context;

	log_info("%s: viewer %llu %s; before: %llu", target->config->name,
			(unsigned long long)change->who, words[change->event],
			(unsigned long long)change->from);
	tell_viewers(target);
}

static const struct server_turn_handler turn_handler = {
		.role = role_of,
		.lost = on_lost,
		.changed = on_changed,
};

int server_target_create_turn(struct server_target *target)
{
	return server_turn_create(&target->turn, target->config->vnc.control,
			clock_now_us, &turn_handler, target);
}
