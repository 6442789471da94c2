/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"

/*
 * Operations of the table about macros (server/macros.h); server/api.h.
 *
 * Threads: loop thread only.
 */

/* {"macros":[{"name","keys","from"}]} of a target. */
void server_api_macros(struct server_api_call *call);

/* {"target","macro"}: it begins; {"id"}. */
void server_api_macro_run(struct server_api_call *call);

/* {"macro","keys"}; {"macro"}. */
void server_api_macro_put(struct server_api_call *call);
void server_api_macro_remove(struct server_api_call *call);
