/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

#include "server/api-routes.h"

/*
 * An operation of the table as a request of HTTP, made from what the control
 * socket would be asked: the members that the path names go there, and what is
 * left is the body, or the query where the method has no body.
 *
 * Threads: any.
 * Errors:  -EINVAL: a part of the path is missing, or no text or number;
 *          -ENOMEM. `request` is as it was.
 */
struct server_cli_request {
	char *path; /* with the query */
	char *body; /* NULL: none */
};

int server_cli_request_make(struct server_cli_request *made,
		const struct server_api_route *route, const json_t *request);
void server_cli_request_finish(struct server_cli_request *made);
