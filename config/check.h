/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "config/draft.h"

/*
 * What only several keys together can get wrong: within one section, within
 * one target, between targets.
 *
 * Threads: any.
 * Errors:  -EINVAL with a complaint.
 */

/* The draft's target has just got all of `section`, which began in `line`. */
int config_check_section(struct config_draft *draft,
		enum config_section section, unsigned line);

/* The second of the two could not listen. */
bool config_address_overlaps(
		const struct core_address *a, const struct core_address *b);

/* The draft's target is complete and is to join those before it. */
int config_check_target(struct config_draft *draft, unsigned line);
