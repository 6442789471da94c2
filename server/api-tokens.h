/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"

/*
 * Operations of the table on tokens; server/api.h.
 *
 * Threads: loop thread only.
 */

/* {"tokens":[{"name":"backup","roles":"viewer","made_s":...}]} */
void server_api_tokens(struct server_api_call *call);

/*
 * {"name":"backup","roles":"viewer@rack1","expires_days":90}:
 * {"token":"rh_..."}, which is told once.
 */
void server_api_token_add(struct server_api_call *call);

/* {"token":"backup"}: its name. */
void server_api_token_remove(struct server_api_call *call);
