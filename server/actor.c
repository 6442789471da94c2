/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/actor.h"

/* Viewers are counted from 1. */
#define ACTORS_FROM (UINT64_C(1) << 62)

void server_actor_init(struct server_actor *actor, uint64_t count,
		const struct server_caller *caller, const char *target)
{
	*actor = (struct server_actor){
			.id = ACTORS_FROM + count,
			.uses = 1,
			.role = server_caller_role(caller, target),
			.caller = *caller,
	};
}

bool server_actor_is(const struct server_actor *actor,
		const struct server_caller *caller)
{
	return actor->id != 0 && actor->caller.kind == caller->kind &&
			actor->caller.session == caller->session &&
			actor->caller.uid == caller->uid;
}
