/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "core/workers.h"
#include "server/tokens-table.h"

/*
 * The tokens by which machines show who they are over HTTP: named, for some
 * roles, until a day. The daemon alone changes them; they stand in a file of
 * the state directory, which is read at start. It holds hashes only: a token is
 * told to nobody but who makes it, once.
 *
 * A token's end is a day of the calendar, so it goes by the machine's clock,
 * wherever that is set.
 *
 * Threads: loop thread only; the file is written by a worker.
 * Errors:  0 or -errno at creation. A file that is not good is logged, with the
 *          cure; there are no tokens then, and none can be made.
 */
struct server_tokens;

struct server_tokens_options {
	const char *directory;        /* of the state; borrowed */
	struct core_workers *workers; /* borrowed; ends before the tokens do */
	uint64_t (*now_s)(void *context); /* since 1970 */
	void *context;
};

int server_tokens_create(struct server_tokens **out, sd_event *event,
		const struct server_tokens_options *options);

/* NULL is allowed. */
void server_tokens_destroy(struct server_tokens *tokens);

/*
 * Who hears, within the same turn, of each that is no longer good; NULL: nobody
 * any more.
 */
void server_tokens_set_ended(struct server_tokens *tokens,
		void (*ended)(void *context, uint64_t id), void *context);

/* Whose it is; *expired: it was, and NULL comes. */
const struct server_token *server_tokens_find(
		const struct server_tokens *tokens, const char *token,
		bool *expired);

/* Whether the one of that id still is. */
bool server_tokens_is_good(const struct server_tokens *tokens, uint64_t id);

/* In the order of the file. */
const struct server_tokens_table *server_tokens_get_all(
		const struct server_tokens *tokens);

/*
 * Calls `done` once, later: 0, or -errno and why. `token` is told then and not
 * again. Others are -EBUSY until that, -EEXIST, -ENOENT: of such a name;
 * -ENOSPC: there are too many; -EBADMSG: the file is not good, and stays as it
 * is; these call nobody.
 */
typedef void server_tokens_done(
		void *context, int rc, const char *token, const char *why);

int server_tokens_add(struct server_tokens *tokens, const char *name,
		const struct server_grants *grants, unsigned expires_days,
		server_tokens_done *done, void *context);
int server_tokens_remove(struct server_tokens *tokens, const char *name,
		server_tokens_done *done, void *context);
