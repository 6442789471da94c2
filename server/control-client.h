/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

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
