/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/access.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "server/state.h"

/* The users come first, and what learns of their changes last. */
static void on_users_changed(void *context)
{
	struct server_access *access = context;

	if (!access->setup)
		return;
	server_user_changes_record(
			access->user_changes, access->users, access->audit);
	server_sessions_review(access->sessions);
	server_web_logins_review(access->web_logins);
	server_setup_review(access->setup);
}

static int open_users(struct server_access *access, sd_event *event,
		const char *state)
{
	int rc = server_users_create(
			&access->users, event, state, on_users_changed, access);

	return rc < 0 ? rc
		      : server_passwords_create(&access->passwords, event,
					access->users, state);
}

static int open_audit(struct server_access *access, sd_event *event,
		const char *state)
{
	char path[SERVER_STATE_PATH_BYTES];
	int rc = server_state_format(path, state, SERVER_STATE_AUDIT);

	return rc < 0 ? rc : server_audit_create(&access->audit, event, path);
}

static uint64_t read_clock(void *context)
{
	(void)context;
	return clock_now_us();
}

/*
 * The console reads what systemd's runtime directory has for it; a daemon that
 * somebody started at a terminal says it there, which no log ever is.
 */
static int open_setup(struct server_access *access, sd_event *event,
		const char *state)
{
	const char *runtime = getenv("RUNTIME_DIRECTORY");
	char issue[SERVER_STATE_PATH_BYTES];
	const struct server_setup_options options = {
			.users = access->users,
			.audit = access->audit,
			.directory = state,
			.issue = runtime ? issue : NULL,
			.terminal = isatty(STDERR_FILENO) ? STDERR_FILENO : -1,
			.doorkeeper = access->doorkeeper,
			.now_us = read_clock,
	};
	int rc = runtime ? server_state_format(issue, runtime, "issue") : 0;

	return rc < 0 ? rc
		      : server_setup_create(&access->setup, event, &options);
}

static int open_web_logins(struct server_access *access, sd_event *event)
{
	const struct server_login_parts parts = {
			.doorkeeper = access->doorkeeper,
			.users = access->users,
			.passwords = access->passwords,
			.audit = access->audit,
			.sessions = access->sessions,
			.now_us = clock_now_us,
	};

	return server_web_logins_create(&access->web_logins, event, &parts);
}

static uint64_t read_calendar(void *context)
{
	(void)context;
	return (uint64_t)time(NULL);
}

static int open_tokens(struct server_access *access, sd_event *event)
{
	const struct server_tokens_options options = {
			.directory = access->state_path,
			.workers = access->files,
			.now_s = read_calendar,
	};

	return server_tokens_create(&access->tokens, event, &options);
}

int server_access_create(struct server_access **out, sd_event *event,
		const char *state_path)
{
	struct server_access *access = calloc(1, sizeof(*access));
	int rc;

	*out = NULL;
	if (!access)
		return -ENOMEM;
	access->state_path = state_path;
	rc = core_workers_create(&access->files, event, 1);
	if (rc < 0)
		goto fail;
	rc = net_doorkeeper_create(&access->doorkeeper);
	if (rc < 0)
		goto fail;
	rc = open_users(access, event, state_path);
	if (rc < 0)
		goto fail;
	rc = open_audit(access, event, state_path);
	if (rc < 0)
		goto fail;
	rc = server_user_changes_create(&access->user_changes, access->users);
	if (rc < 0)
		goto fail;
	rc = server_sessions_create(&access->sessions, access->users,
			access->audit, clock_now_us);
	if (rc < 0)
		goto fail;
	rc = open_web_logins(access, event);
	if (rc < 0)
		goto fail;
	rc = open_tokens(access, event);
	if (rc < 0)
		goto fail;
	rc = open_setup(access, event, state_path);
	if (rc < 0)
		goto fail;
	*out = access;
	return 0;

fail:
	server_access_destroy(access);
	return rc;
}

void server_access_destroy(struct server_access *access)
{
	if (!access)
		return;
	core_workers_destroy(access->files);
	server_setup_destroy(access->setup);
	server_web_logins_destroy(access->web_logins);
	server_tokens_destroy(access->tokens);
	server_passwords_destroy(access->passwords);
	server_user_changes_destroy(access->user_changes);
	server_users_destroy(access->users);
	server_sessions_destroy(access->sessions);
	server_audit_destroy(access->audit);
	net_doorkeeper_destroy(access->doorkeeper);
	free(access);
}
