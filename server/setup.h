/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "net/doorkeeper.h"
#include "server/audit.h"
#include "server/users.h"

/*
 * The first user of a new machine. There is no default password: while there
 * are no users, who sees the machine's console, or may read a file of the
 * state directory, finds a code there, and with it may make the first admin
 * through the control socket or over HTTP. The code is good once, for 30
 * minutes and five tries on this machine; a restart makes a new one. Whoever
 * tries over the network waits like after any wrong password, and uses up no
 * tries: else strangers could make the code no good. It is never logged.
 *
 * Threads: loop thread only; the users file is written by a thread of its own.
 * Errors:  0 or -errno, logged with the cure.
 */
struct server_setup;
struct server_api_call;

#define SERVER_SETUP_VALID_US UINT64_C(1800000000)
#define SERVER_SETUP_TRIES 5
#define SERVER_SETUP_CODE_BYTES 20 /* "ABCD-EFGH-IJKL-MNOP": 80 bits */

struct server_setup_options {
	const struct server_users *users;  /* borrowed */
	struct server_audit *audit;        /* borrowed */
	struct net_doorkeeper *doorkeeper; /* borrowed */
	const char *directory;             /* of the state; borrowed */
	const char *issue;                 /* what the console shows; or NULL */
	int terminal;                      /* a descriptor, or -1 */
	uint64_t valid_us;                 /* 0: SERVER_SETUP_VALID_US */
	uint64_t (*now_us)(void *context);
	void *context;
};

/* Makes no code yet. */
int server_setup_create(struct server_setup **out, sd_event *event,
		const struct server_setup_options *options);

/* The code and what shows it are gone with it. NULL is allowed. */
void server_setup_destroy(struct server_setup *setup);

/* Whether some target lets in users: without, there is no code. */
void server_setup_want(struct server_setup *setup, bool wanted);

/* Other users are in force: is a code needed still, or again? */
void server_setup_review(struct server_setup *setup);

/* Whether a code would be taken. */
bool server_setup_is_open(const struct server_setup *setup);

/*
 * The operation "setup": without "code" it asks whether one would be taken;
 * "name" (or "user"), "code" and "hash" (or "password") make the user.
 */
void server_setup_begin(struct server_setup *setup, const json_t *request,
		struct server_api_call *call);
