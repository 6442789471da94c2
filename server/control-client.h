/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

#include "server/cli-sink.h"

/*
 * The other end of the control socket (server/control.h), for programs that
 * ask one thing and leave. It blocks, for at most some seconds.
 *
 * Threads: any.
 * Errors:  what connecting gives, such as -ENOENT, -ECONNREFUSED, -EACCES;
 *          -ETIMEDOUT when no answer comes, -EPROTO when it makes no sense,
 *          -EREMOTEIO when it is an error.
 */

/*
 * Send `request`, such as {"verb":"status"}. On 0 the caller owns *result. On
 * -EREMOTEIO *result is the daemon's reply, with "error" and perhaps "status"
 * and more, owned as well; else it is NULL.
 */
int server_control_call(
		const char *path, const json_t *request, json_t **result);

/*
 * The same for an answer without end: what follows *result goes to `sink`,
 * until that says that it is over: 0. -ECONNRESET: the daemon hung up;
 * -ETIMEDOUT: it is silent; what `take` gave.
 */
int server_control_follow(const char *path, const json_t *request,
		json_t **result, const struct server_cli_sink *sink);
