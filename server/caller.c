/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/caller.h"

#include <stdio.h>

void server_caller_init_local(struct server_caller *caller, uid_t uid)
{
	*caller = (struct server_caller){
			.kind = SERVER_CALLER_LOCAL,
			.uid = uid,
			.grants = {.n = 1, .list = {{SERVER_ROLE_ADMIN, ""}}},
	};
	snprintf(caller->name, sizeof(caller->name), "uid %u", (unsigned)uid);
}

enum server_role server_caller_role(
		const struct server_caller *caller, const char *target)
{
	return server_grants_role(&caller->grants, target);
}
