/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"

/*
 * Operations of the table about what a target believes its monitor to be;
 * server/api.h.
 *
 * Threads: loop thread only.
 */

/* Its bytes and what they say, or why there is none. */
void server_api_edid(struct server_api_call *call);

/*
 * Another one: {"target":"rack1","preset":"1080p60"} or {"hex":"00ffff..."},
 * for as long as the target is served. The answer is that of server_api_edid.
 */
void server_api_edid_put(struct server_api_call *call);
