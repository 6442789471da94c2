/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target-private.h"

#include "core/clock.h"
#include "core/log.h"

static enum server_role role_of(void *context, vnc_viewer_id viewer)
{
	const struct server_target *target = context;
	const struct config_vnc *config = &target->config->vnc;

	(void)viewer;
	return config->security & CONFIG_SECURITY_NONE
			? SERVER_ROLE_ADMIN
			: SERVER_ROLE_VIEWER + config->password_role;
}

static void on_lost(void *context)
{
	struct server_target *target = context;

	if (target->typist)
		server_typist_release(target->typist);
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
	const struct server_target *target = context;

	log_info("%s: viewer %llu %s; before: %llu", target->config->name,
			(unsigned long long)change->who, words[change->event],
			(unsigned long long)change->from);
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
