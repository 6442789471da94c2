/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-tokens.h"

#include <errno.h>
#include <string.h>

#include "server/daemon.h"
#include "server/tokens.h"
#include "server/users-table.h"

#define EXPIRES_DEFAULT_DAYS 90
#define EXPIRES_MAX_DAYS 3650

static struct server_tokens *tokens_of(const struct server_api_call *call)
{
	return server_daemon_get_shared(server_api_call_get_daemon(call))
			->access->tokens;
}

/* ---- the list ------------------------------------------------------------ */

static json_t *describe(const struct server_token *token)
{
	char roles[SERVER_GRANTS_TEXT_BYTES];

	server_grants_format(&token->grants, roles);
	return json_pack("{s:s, s:s, s:I, s:I}", "name", token->name, "roles",
			roles, "made", (json_int_t)token->made_s, "expires",
			(json_int_t)token->expires_s);
}

void server_api_tokens(struct server_api_call *call)
{
	const struct server_tokens_table *table =
			server_tokens_get_all(tokens_of(call));
	json_t *list = json_array();

	for (size_t i = 0; i < table->tokens_n; i++)
		json_array_append_new(list, describe(&table->tokens[i]));
	server_api_call_reply(call, json_pack("{s:o}", "tokens", list));
}

/* ---- changes ------------------------------------------------------------- */

static void refuse(struct server_api_call *call, int rc)
{
	static const struct {
		int rc;
		unsigned status;
		const char *words;
	} refusals[] = {
			{-EEXIST, 409, "there is a token of that name; remove it first"},
			{-ENOENT, 404, "there is no token of that name; \"tokens\" lists them"},
			{-ENOSPC, 409, "there are 64 tokens already; remove one"},
			{-EBADMSG, 503, "the file of tokens is not good; mend it as the log says, or remove it, and restart rackhandd"},
			{-EBUSY, 409, "somebody else is just changing tokens; try again"},
	};

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].rc == rc) {
			server_api_call_fail(call, refusals[i].status, NULL,
					"%s", refusals[i].words);
			return;
		}
	server_api_call_fail(call, 503, NULL, "%s", strerrordesc_np(-rc));
}

static void audit(struct server_api_call *call, const char *reason,
		const char *name, const char *roles)
{
	server_api_call_audit(call, "token-edit",
			json_pack("{s:s, s:s, s:s*}", "reason", reason, "token",
					name, "role", roles));
}

static const char *text_of(
		const struct server_api_call *call, const char *member)
{
	return json_string_value(json_object_get(
			server_api_call_get_request(call), member));
}

static void on_added(void *context, int rc, const char *token, const char *why)
{
	struct server_api_call *call = context;

	if (rc < 0) {
		server_api_call_fail(call, 503, NULL,
				"the token cannot be kept: %s", why);
		return;
	}
	audit(call, "added", text_of(call, "name"), text_of(call, "roles"));
	server_api_call_reply(call, json_pack("{s:s}", "token", token));
}

/* False: the call has failed. */
static bool read_request(struct server_api_call *call,
		struct server_grants *grants, json_int_t *days)
{
	const char *name = server_api_call_take_text(call, "name");
	const char *roles = name ? server_api_call_take_text(call, "roles")
				 : NULL;
	char why[SERVER_USERS_WHY_BYTES];

	if (!roles)
		return false;
	if (server_user_check_name(name, why) < 0 ||
			server_grants_parse(grants, roles, why) < 0) {
		server_api_call_fail(call, 422, NULL, "%s", why);
		return false;
	}
	*days = EXPIRES_DEFAULT_DAYS;
	if (server_api_param_integer(server_api_call_get_request(call),
			    "expires_days", 1, EXPIRES_MAX_DAYS,
			    days) == -EINVAL) {
		server_api_call_fail(call, 422, NULL,
				"\"expires_days\" is a number from 1 to %d",
				EXPIRES_MAX_DAYS);
		return false;
	}
	return true;
}

void server_api_token_add(struct server_api_call *call)
{
	struct server_grants grants;
	json_int_t days;
	int rc;

	if (!read_request(call, &grants, &days))
		return;
	rc = server_tokens_add(tokens_of(call), text_of(call, "name"), &grants,
			(unsigned)days, on_added, call);
	if (rc < 0)
		refuse(call, rc);
}

static void on_removed(
		void *context, int rc, const char *token, const char *why)
{
	struct server_api_call *call = context;

	(void)token;
	if (rc < 0) {
		server_api_call_fail(call, 503, NULL,
				"the token cannot be removed: %s", why);
		return;
	}
	audit(call, "removed", text_of(call, "token"), NULL);
	server_api_call_reply_done(call);
}

void server_api_token_remove(struct server_api_call *call)
{
	const char *name = server_api_call_take_text(call, "token");
	int rc;

	if (!name)
		return;
	rc = server_tokens_remove(tokens_of(call), name, on_removed, call);
	if (rc < 0)
		refuse(call, rc);
}
