/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "core/address.h"
#include "server/grants.h"

/*
 * Who asks for something, whichever way it came: plain data, to be copied. What
 * it may do is what it might when it asked; who is to lose that while an
 * operation is under way loses its session or token, and the call is abandoned.
 *
 * Threads: any. Errors: none.
 */
enum server_caller_kind {
	SERVER_CALLER_NOBODY,  /* over HTTP, and has not said who it is */
	SERVER_CALLER_LOCAL,   /* on the control socket: may do everything */
	SERVER_CALLER_SESSION, /* logged in over HTTP */
	SERVER_CALLER_TOKEN,   /* a machine, over HTTP */
};

#define SERVER_CALLER_NAME_BYTES 64
#define SERVER_CALLER_PEER_BYTES 64

struct server_caller {
	enum server_caller_kind kind;
	uint64_t session; /* the web session's id, or the token's; else 0 */
	uid_t uid;        /* of LOCAL */
	/* For people and the audit: "uid 1000", "alice", "token backup". */
	char name[SERVER_CALLER_NAME_BYTES];
	char peer[SERVER_CALLER_PEER_BYTES]; /* "": on this machine */
	struct core_address address;         /* not of LOCAL */
	struct server_grants grants;
};

void server_caller_init_local(struct server_caller *caller, uid_t uid);

/* On that target; "": on every target; NULL: the highest on any. */
enum server_role server_caller_role(
		const struct server_caller *caller, const char *target);
