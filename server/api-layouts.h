/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"

/*
 * Operations of the table about keyboard layouts; server/api.h.
 *
 * Threads: loop thread only.
 */

/* {"layouts":[{"layout","name","variants":[{"variant","name"}]}]} */
void server_api_layouts(struct server_api_call *call);

/* {"layout","variant"} of a target. */
void server_api_layout(struct server_api_call *call);

/* {"target","layout","variant"}: until the configuration changes it. */
void server_api_layout_set(struct server_api_call *call);
