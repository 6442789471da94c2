/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-users.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/workers.h"
#include "server/daemon.h"
#include "server/password-rules.h"
#include "server/user-describe.h"
#include "server/user-edit.h"

/* A change on its way into the file; the strings are its own. */
struct change {
	struct core_job job; /* the first member */
	struct server_api_call *call;
	const char *directory;
	char name[SERVER_USER_NAME_MAX_BYTES + 1];
	char password[SERVER_PASSWORD_MAX_BYTES + 1]; /* "": as it is */
	char roles[SERVER_GRANTS_TEXT_BYTES];         /* "": as they are */
	bool is_new;
	bool removed;
	char totp[SERVER_TOTP_BYTES]; /* "": none any more */
	bool has_totp;                /* else it is as it is */
	int rc;
	char why[SERVER_USERS_FILE_WHY_BYTES];
};

/* ---- the list ------------------------------------------------------------ */

void server_api_users(struct server_api_call *call)
{
	const struct server_users *users = server_daemon_get_shared(
			server_api_call_get_daemon(call))
							   ->access->users;
	json_t *list = json_array();

	for (size_t i = 0; i < server_users_count(users); i++)
		json_array_append_new(list,
				server_user_describe(
						server_users_get(users, i)));
	server_api_call_reply(call, json_pack("{s:o}", "users", list));
}

/* ---- a change, on its own thread ----------------------------------------- */

static void run(struct core_job *job)
{
	struct change *change = (struct change *)job;
	char hash[SERVER_HASH_BYTES];
	const struct server_user_edit edit = {
			.name = change->name,
			.is_new = change->is_new,
			.removed = change->removed,
			.roles = change->roles[0] ? change->roles : NULL,
			.hash = change->password[0] ? hash : NULL,
			.totp = change->has_totp ? change->totp : NULL,
	};

	change->rc = 0;
	if (edit.hash)
		change->rc = server_hash_make(
				hash, change->password, SERVER_HASH_COST);
	if (change->rc < 0)
		strcpy(change->why, "memory is short");
	else
		change->rc = server_user_edit_apply(
				&edit, change->directory, true, change->why);
}

static unsigned status_of(int rc)
{
	switch (rc) {
	case -ENOENT:
		return 404;
	case -EEXIST:
	case -ENOSPC:
		return 409;
	case -EINVAL:
		return 422;
	default:
		return 503;
	}
}

/* The one time that a secret is shown. */
static void reply(const struct change *change)
{
	char address[SERVER_TOTP_ADDRESS_BYTES];
	char host[HOST_NAME_MAX + 1] = "";

	if (!change->totp[0]) {
		server_api_call_reply_done(change->call);
		return;
	}
	gethostname(host, sizeof(host) - 1);
	server_totp_format_address(address, change->name, host, change->totp);
	server_api_call_reply(change->call,
			json_pack("{s:s, s:s}", "address", address, "secret",
					change->totp));
	explicit_bzero(address, sizeof(address));
}

static void on_done(struct core_job *job)
{
	struct change *change = (struct change *)job;

	if (change->rc == 0) {
		server_api_call_audit(change->call, "user-edit",
				json_pack("{s:s, s:s}", "user", change->name,
						"reason",
						change->is_new ? "added"
								: change->removed
								? "removed"
								: "changed"));
		reply(change);
	} else {
		server_api_call_fail(change->call, status_of(change->rc), NULL,
				"%s", change->why);
	}
	explicit_bzero(change, sizeof(*change));
	free(change);
}

/* ---- what is asked ------------------------------------------------------- */

/* False: too long for its place. */
static bool take(char *to, size_t size, const char *from)
{
	if (!from)
		return true;
	if (strlen(from) >= size)
		return false;
	strcpy(to, from);
	return true;
}

/* False: it is neither, or no secret can be made. */
static bool take_totp(struct change *change, const json_t *request)
{
	const json_t *totp = json_object_get(request, "totp");

	if (!totp)
		return true;
	change->has_totp = json_is_boolean(totp);
	return json_is_false(totp) ||
			(json_is_true(totp) &&
					server_totp_make(change->totp) == 0);
}

/* NULL: it may be tried. */
static const char *fill(struct change *change, const json_t *request,
		char why[SERVER_USERS_WHY_BYTES])
{
	const char *password =
			json_string_value(json_object_get(request, "password"));
	char host[HOST_NAME_MAX + 1] = "";

	if (!take(change->password, sizeof(change->password), password))
		return "this password is too long";
	if (!take(change->roles, sizeof(change->roles),
			    json_string_value(
					    json_object_get(request, "roles"))))
		return "there are too many roles";
	if (!change->is_new && !take_totp(change, request))
		return "\"totp\" is true for a new secret, or false for none";
	gethostname(host, sizeof(host) - 1);
	if (password &&
			server_password_check_rules(
					password, change->name, host, why) < 0)
		return why;
	if (!password && !change->removed && !change->roles[0] &&
			!change->has_totp)
		return "nothing is to be changed; say \"password\", \"roles\" or \"totp\"";
	return NULL;
}

/* Takes `change`, and ends the call now or later. */
static void begin(struct server_api_call *call, struct change *change)
{
	const struct server_access *access = server_daemon_get_shared(
			server_api_call_get_daemon(call))
							     ->access;
	char why[SERVER_USERS_WHY_BYTES];
	const char *wrong;

	if (server_user_check_name(change->name, why) < 0)
		wrong = why;
	else
		wrong = fill(change, server_api_call_get_request(call), why);
	if (wrong) {
		server_api_call_fail(call, 422, NULL, "%s", wrong);
		explicit_bzero(change, sizeof(*change));
		free(change);
		return;
	}
	change->call = call;
	change->directory = access->state_path;
	change->rc = -ECANCELED; /* unless it is run */
	strcpy(change->why, "rackhandd stops");
	change->job.run = run;
	change->job.done = on_done;
	core_workers_submit(access->files, &change->job);
}

/* NULL: the call has failed. */
static struct change *create(struct server_api_call *call, const char *member)
{
	const char *name = server_api_call_take_text(call, member);
	struct change *change;

	if (!name)
		return NULL;
	change = calloc(1, sizeof(*change));
	if (!change)
		server_api_call_reply(call, NULL);
	else if (!take(change->name, sizeof(change->name), name))
		change->name[0] = '\0'; /* no name that can be */
	return change;
}

void server_api_user_add(struct server_api_call *call)
{
	struct change *change;

	if (!server_api_call_take_text(call, "password"))
		return;
	change = create(call, "name");
	if (!change)
		return;
	change->is_new = true;
	strcpy(change->roles, server_role_text(SERVER_ROLE_VIEWER));
	begin(call, change);
}

void server_api_user_change(struct server_api_call *call)
{
	struct change *change = create(call, "user");

	if (change)
		begin(call, change);
}

void server_api_user_remove(struct server_api_call *call)
{
	struct change *change = create(call, "user");

	if (!change)
		return;
	change->removed = true;
	begin(call, change);
}
