/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/tokens.h"

#include <errno.h>
#include <nettle/memops.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/min-max.h"
#include "server/state.h"

#define DAY_S UINT64_C(86400)

/* A table on its way into the file. */
struct writing {
	struct core_job job; /* the first member */
	struct server_tokens *tokens;
	server_tokens_done *done;
	void *context;
	char token[SERVER_TOKEN_BYTES];
	uint64_t ends; /* the id of who is removed; 0: nobody */
	struct server_tokens_table table;
	int rc;
};

struct server_tokens {
	struct server_tokens_options options;
	struct server_tokens_table table;
	void (*ended)(void *context, uint64_t id);
	void *context;
	sd_event_source *timer; /* of whose day comes first */
	uint64_t last_id;
	bool busy;
	bool spoilt; /* the file is not good, and not to be written over */
};

/* ---- their end ----------------------------------------------------------- */

static bool is_over(const struct server_tokens *tokens,
		const struct server_token *token)
{
	return tokens->options.now_s(tokens->options.context) >=
			token->expires_s;
}

static void tell_end(const struct server_tokens *tokens, uint64_t id)
{
	if (tokens->ended)
		tokens->ended(tokens->context, id);
}

/* The kernel's timer follows the wall clock when somebody sets it. */
static void set_timer(struct server_tokens *tokens)
{
	uint64_t first_s = UINT64_MAX;

	for (size_t i = 0; i < tokens->table.tokens_n; i++)
		if (!is_over(tokens, &tokens->table.tokens[i]))
			first_s = core_min_u64(first_s,
					tokens->table.tokens[i].expires_s);
	sd_event_source_set_enabled(tokens->timer,
			first_s == UINT64_MAX ? SD_EVENT_OFF
					      : SD_EVENT_ONESHOT);
	if (first_s != UINT64_MAX)
		sd_event_source_set_time(
				tokens->timer, first_s * CLOCK_US_PER_S);
}

static int on_day(sd_event_source *source, uint64_t due_us, void *userdata)
{
	struct server_tokens *tokens = userdata;

	(void)source;
	(void)due_us;
	for (size_t i = 0; i < tokens->table.tokens_n; i++)
		if (is_over(tokens, &tokens->table.tokens[i]))
			tell_end(tokens, tokens->table.tokens[i].id);
	set_timer(tokens);
	return 0;
}

/* ---- asking -------------------------------------------------------------- */

/* All are looked at, whichever it is: the time tells nothing. */
const struct server_token *server_tokens_find(
		const struct server_tokens *tokens, const char *token,
		bool *expired)
{
	const struct server_token *found = NULL;
	uint8_t hash[SHA256_DIGEST_SIZE];

	server_bearer_hash(token, hash);
	for (size_t i = 0; i < tokens->table.tokens_n; i++)
		if (memeql_sec(hash, tokens->table.tokens[i].hash,
				    sizeof(hash)))
			found = &tokens->table.tokens[i];
	*expired = found && is_over(tokens, found);
	return *expired ? NULL : found;
}

bool server_tokens_is_good(const struct server_tokens *tokens, uint64_t id)
{
	for (size_t i = 0; i < tokens->table.tokens_n; i++)
		if (tokens->table.tokens[i].id == id)
			return !is_over(tokens, &tokens->table.tokens[i]);
	return false;
}

const struct server_tokens_table *server_tokens_get_all(
		const struct server_tokens *tokens)
{
	return &tokens->table;
}

/* ---- changing ------------------------------------------------------------ */

static void run(struct core_job *job)
{
	struct writing *writing = (struct writing *)job;
	char *text = server_tokens_format(&writing->table);

	writing->rc = -ENOMEM;
	if (text)
		writing->rc = server_state_replace(
				writing->tokens->options.directory,
				SERVER_STATE_TOKENS, text, strlen(text));
	free(text);
}

static void on_written(struct core_job *job)
{
	struct writing *writing = (struct writing *)job;
	struct server_tokens *tokens = writing->tokens;

	tokens->busy = false;
	if (writing->rc == 0) {
		tokens->table = writing->table;
		set_timer(tokens);
		if (writing->ends)
			tell_end(tokens, writing->ends);
	} else {
		log_error_errno(writing->rc,
				"%s/" SERVER_STATE_TOKENS ": cannot be written",
				tokens->options.directory);
	}
	writing->done(writing->context, writing->rc, writing->token,
			strerrordesc_np(-writing->rc));
	explicit_bzero(writing, sizeof(*writing));
	free(writing);
}

/* With what is in force now. NULL: *rc says why not. */
static struct writing *begin(struct server_tokens *tokens,
		server_tokens_done *done, void *context, int *rc)
{
	struct writing *writing = NULL;

	*rc = tokens->spoilt ? -EBADMSG : -EBUSY;
	if (!tokens->spoilt && !tokens->busy) {
		*rc = -ENOMEM;
		writing = calloc(1, sizeof(*writing));
	}
	if (!writing)
		return NULL;
	writing->tokens = tokens;
	writing->done = done;
	writing->context = context;
	writing->table = tokens->table;
	writing->rc = -ECANCELED; /* unless it is run */
	writing->job.run = run;
	writing->job.done = on_written;
	*rc = 0;
	return writing;
}

static int finish(struct writing *writing, int rc)
{
	if (rc < 0) {
		free(writing);
		return rc;
	}
	writing->tokens->busy = true;
	core_workers_submit(writing->tokens->options.workers, &writing->job);
	return 0;
}

static int append(struct writing *writing, const char *name,
		const struct server_grants *grants, unsigned expires_days)
{
	struct server_tokens *tokens = writing->tokens;
	struct server_tokens_table *table = &writing->table;
	struct server_token *token;
	int rc;

	if (server_tokens_table_find(table, name))
		return -EEXIST;
	if (table->tokens_n == SERVER_TOKENS_MAX)
		return -ENOSPC;
	rc = server_token_make(writing->token);
	if (rc < 0)
		return rc;
	token = &table->tokens[table->tokens_n++];
	*token = (struct server_token){
			.id = ++tokens->last_id,
			.grants = *grants,
			.made_s = tokens->options.now_s(
					tokens->options.context),
	};
	token->expires_s = token->made_s + expires_days * DAY_S;
	snprintf(token->name, sizeof(token->name), "%s", name);
	server_bearer_hash(writing->token, token->hash);
	return 0;
}

int server_tokens_add(struct server_tokens *tokens, const char *name,
		const struct server_grants *grants, unsigned expires_days,
		server_tokens_done *done, void *context)
{
	int rc;
	struct writing *writing = begin(tokens, done, context, &rc);

	return writing ? finish(writing,
					 append(writing, name, grants,
							 expires_days))
		       : rc;
}

static int take_out(struct writing *writing, const char *name)
{
	struct server_tokens_table *table = &writing->table;
	struct server_token *token = server_tokens_table_find(table, name);

	if (!token)
		return -ENOENT;
	writing->ends = token->id;
	*token = table->tokens[--table->tokens_n];
	return 0;
}

int server_tokens_remove(struct server_tokens *tokens, const char *name,
		server_tokens_done *done, void *context)
{
	int rc;
	struct writing *writing = begin(tokens, done, context, &rc);

	return writing ? finish(writing, take_out(writing, name)) : rc;
}

/* ---- life ---------------------------------------------------------------- */

static void load(struct server_tokens *tokens)
{
	char why[SERVER_TOKENS_WHY_BYTES] = "";
	char *bytes;
	size_t size;
	int rc = server_state_read(tokens->options.directory,
			SERVER_STATE_TOKENS, SERVER_TOKENS_FILE_MAX_BYTES,
			&bytes, &size);

	if (rc == -ENOENT)
		return;
	if (rc == 0) {
		rc = server_tokens_parse(&tokens->table, bytes, size, why);
		free(bytes);
	}
	if (rc < 0) {
		tokens->spoilt = true;
		tokens->table.tokens_n = 0;
		log_error("%s/" SERVER_STATE_TOKENS
			  ": %s; no token is good until it is mended and rackhandd restarted",
				tokens->options.directory,
				why[0] ? why : strerrordesc_np(-rc));
	}
	for (size_t i = 0; i < tokens->table.tokens_n; i++)
		tokens->table.tokens[i].id = ++tokens->last_id;
}

int server_tokens_create(struct server_tokens **out, sd_event *event,
		const struct server_tokens_options *options)
{
	struct server_tokens *tokens = calloc(1, sizeof(*tokens));
	int rc;

	*out = NULL;
	if (!tokens)
		return -ENOMEM;
	tokens->options = *options;
	rc = sd_event_add_time(event, &tokens->timer, CLOCK_REALTIME, 0, 0,
			on_day, tokens);
	if (rc < 0) {
		server_tokens_destroy(tokens);
		return rc;
	}
	load(tokens);
	set_timer(tokens);
	*out = tokens;
	return 0;
}

void server_tokens_destroy(struct server_tokens *tokens)
{
	if (!tokens)
		return;
	sd_event_source_disable_unref(tokens->timer);
	free(tokens);
}

void server_tokens_set_ended(struct server_tokens *tokens,
		void (*ended)(void *context, uint64_t id), void *context)
{
	tokens->ended = ended;
	tokens->context = context;
}
