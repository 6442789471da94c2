/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/users.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "core/log.h"
#include "server/state.h"
#include "server/users-table.h"

#define WATCHED                                                                \
	(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |            \
			IN_ATTRIB | IN_DELETE_SELF | IN_ONLYDIR)

struct server_users {
	char *directory;
	sd_event_source *watch;
	struct server_users_table *table;       /* in force */
	struct server_users_table *next;        /* being read */
	char complaint[SERVER_USERS_WHY_BYTES]; /* "": the file is good */
	void (*changed)(void *context);
	void *context;
};

/* ---- reading ------------------------------------------------------------- */

static const char *advise(int rc)
{
	switch (rc) {
	case -EPERM:
		return "others may read it; chmod 600 it";
	case -EACCES:
		return "it is another user's; chown it to the directory's owner";
	case -ELOOP:
	case -EINVAL:
		return "it must be a regular file, and no link";
	default:
		return strerrordesc_np(-rc);
	}
}

/* Events come in crowds: the same complaint again tells nothing. */
static void complain(struct server_users *users, const char *what)
{
	if (strcmp(users->complaint, what) == 0)
		return;
	log_error("%s/" SERVER_STATE_USERS ": %s; the users stay as they were",
			users->directory, what);
	snprintf(users->complaint, sizeof(users->complaint), "%s", what);
}

static int read_next(struct server_users *users)
{
	char why[SERVER_USERS_WHY_BYTES];
	char *bytes;
	size_t size;
	int rc = server_state_read(users->directory, SERVER_STATE_USERS,
			SERVER_USERS_FILE_MAX_BYTES, &bytes, &size);

	users->next->users_n = 0;
	if (rc == -ENOENT)
		return 0;
	if (rc < 0) {
		complain(users, advise(rc));
		return rc;
	}
	rc = server_users_parse(users->next, bytes, size, why);
	if (rc < 0)
		complain(users, why);
	explicit_bzero(bytes, size);
	free(bytes);
	return rc;
}

static bool is_same(const struct server_users_table *a,
		const struct server_users_table *b)
{
	return a->users_n == b->users_n &&
			memcmp(a->users, b->users,
					a->users_n * sizeof(a->users[0])) == 0;
}

static void reload(struct server_users *users)
{
	struct server_users_table *next = users->next;

	if (read_next(users) < 0)
		return;
	users->complaint[0] = '\0';
	if (is_same(users->table, next))
		return;
	users->next = users->table;
	users->table = next;
	explicit_bzero(users->next, sizeof(*users->next));
	log_info("%s/" SERVER_STATE_USERS ": %zu users", users->directory,
			next->users_n);
	users->changed(users->context);
}

/* ---- watching ------------------------------------------------------------ */

static int on_event(sd_event_source *source, const struct inotify_event *event,
		void *userdata)
{
	struct server_users *users = userdata;

	(void)source;
	if (event->mask & IN_DELETE_SELF)
		log_error("%s is gone: changes of users are not seen any more; make it and restart rackhandd",
				users->directory);
	/* Without a name: events were lost, or it concerns the directory. */
	if (event->len == 0 || strcmp(event->name, SERVER_STATE_USERS) == 0)
		reload(users);
	return 0;
}

/* Watched before it is read, so that no change falls between. */
static int watch(struct server_users *users, sd_event *event)
{
	int rc = sd_event_add_inotify(event, &users->watch, users->directory,
			WATCHED, on_event, users);

	if (rc == -ENOENT || rc == -EACCES || rc == -ENOTDIR) {
		log_warning_errno(rc,
				"%s: there are no users; make the directory for rackhandd and restart it",
				users->directory);
		return 0;
	}
	if (rc < 0)
		log_error_errno(rc, "%s: cannot watch", users->directory);
	return rc < 0 ? rc : 0;
}

static void ignore_change(void *context)
{
	(void)context;
}

int server_users_create(struct server_users **out, sd_event *event,
		const char *directory, void (*changed)(void *context),
		void *context)
{
	struct server_users *users = calloc(1, sizeof(*users));
	int rc = -ENOMEM;

	*out = NULL;
	if (!users)
		return rc;
	users->directory = strdup(directory);
	users->table = calloc(1, sizeof(*users->table));
	users->next = calloc(1, sizeof(*users->next));
	if (!users->directory || !users->table || !users->next)
		goto fail;
	rc = watch(users, event);
	if (rc < 0)
		goto fail;
	users->changed = ignore_change; /* nobody knows us yet */
	reload(users);
	users->changed = changed;
	users->context = context;
	*out = users;
	return 0;

fail:
	server_users_destroy(users);
	return rc;
}

static void free_table(struct server_users_table *table)
{
	if (table)
		explicit_bzero(table, sizeof(*table));
	free(table);
}

void server_users_destroy(struct server_users *users)
{
	if (!users)
		return;
	sd_event_source_disable_unref(users->watch);
	free_table(users->table);
	free_table(users->next);
	free(users->directory);
	free(users);
}

/* ---- asking -------------------------------------------------------------- */

size_t server_users_count(const struct server_users *users)
{
	return users->table->users_n;
}

const struct server_user *server_users_find(
		const struct server_users *users, const char *name)
{
	return server_users_table_find(users->table, name);
}

const struct server_user *server_users_get(
		const struct server_users *users, size_t index)
{
	return &users->table->users[index];
}

enum server_role server_user_role(
		const struct server_user *user, const char *target)
{
	return server_grants_role(&user->grants, target);
}

bool server_users_is_broken(const struct server_users *users)
{
	return users->complaint[0] != '\0';
}

uint64_t server_user_generation(const struct server_user *user)
{
	return user->generation;
}
