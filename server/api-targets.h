/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"

/*
 * Operations of the table that show targets; server/api.h.
 *
 * Threads: loop thread only.
 */

/* {"targets":[...]}: those on which the caller has a role. */
void server_api_targets(struct server_api_call *call);

/* One of them. */
void server_api_target(struct server_api_call *call);

/* A picture: {"target":"rack1","format":"png","width":320}. */
void server_api_snapshot(struct server_api_call *call);
