/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "server/caller.h"
#include "server/daemon.h"
#include "server/session.h"

/*
 * Targets as those see them who ask over HTTP or the control socket; what each
 * member means stands in docs/openapi.json.
 *
 * Threads: loop thread only.
 * Errors:  NULL: memory is short.
 */

/* One of the configuration, by its number, served or not. */
json_t *server_target_describe(const struct server_daemon *daemon, size_t index,
		const struct server_caller *caller);

/* The number of that name; how many there are: there is none. */
size_t server_target_find_index(
		const struct server_daemon *daemon, const char *name);

/* Who operates, who asks, and how the keyboard changes hands. */
json_t *server_target_describe_control(const struct server_daemon *daemon,
		const struct server_target *target,
		const struct server_caller *caller);

/* Does this viewer's session belong to the caller? */
bool server_caller_has(const struct server_caller *caller,
		const struct server_session *session);
