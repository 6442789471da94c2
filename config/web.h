/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "config/draft.h"

/*
 * The section "web": its values, and what must be true of them together.
 *
 * Threads: any.
 * Errors:  -EINVAL; from the checks with a complaint.
 */
int config_web_take_listen(struct config_draft *draft, const char *value);
int config_web_take_names(struct config_draft *draft, const char *value);
int config_web_take_redirect(struct config_draft *draft, const char *value);

/* The section is complete; it began in `line`. */
int config_web_check(struct config_draft *draft, unsigned line);

/* All targets are known. */
int config_web_check_addresses(struct config_draft *draft);
