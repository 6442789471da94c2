/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"

/*
 * Operations of the table about the daemon as a whole; server/api.h.
 *
 * Threads: loop thread only.
 */
void server_api_status(struct server_api_call *call);
/* docs/openapi.json, which describes all of them. */
void server_api_openapi(struct server_api_call *call);

void server_api_stats(struct server_api_call *call);
void server_api_metrics(struct server_api_call *call);

/*
 * {"text":"target ..."}: would it do as the configuration? The one in force
 * stays. The answer is {"good":false,"complaints":["configuration:3: ..."]}.
 */
void server_api_config_check(struct server_api_call *call);
void server_api_setup(struct server_api_call *call);
