/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"
#include "server/steps.h"

/*
 * Operations of the table that type; server/api.h. Nothing that is typed is
 * logged or audited.
 *
 * Threads: loop thread only.
 */

/* {"target":"rack1","keys":"ctrl-alt-del"}, or a list of such; ends when they
 * have been pressed. */
void server_api_key(struct server_api_call *call);

/* {"target":"rack1","text":"...","layout","variant","delay_ms","dry_run"} or
 * "clipboard":true in the place of the text. */
void server_api_type(struct server_api_call *call);

/* How far it is. */
void server_api_text(struct server_api_call *call);
void server_api_type_cancel(struct server_api_call *call);

/*
 * Begin what `steps` say, which are taken; false: it could not be, and the call
 * has failed.
 */
bool server_api_begin_typing(struct server_api_call *call,
		struct server_target *target, struct server_steps *steps,
		unsigned delay_ms, uint64_t *id);
