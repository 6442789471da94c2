/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "config/draft.h"

/*
 * Sections keyboard and macro: the layout of a target, and keys with a name.
 * Whether there is such a layout and whether the keys make sense, others know.
 *
 * Threads: any. Errors: -EINVAL, with a complaint where it says so; -ENOMEM.
 */
int config_keyboard_take_layout(struct config_draft *draft, const char *value);
int config_keyboard_take_variant(struct config_draft *draft, const char *value);
int config_keyboard_take_delay(struct config_draft *draft, const char *value);
int config_keyboard_take_keys(struct config_draft *draft, const char *value);

/* At the end of the section; complains. */
int config_keyboard_check(struct config_draft *draft, unsigned line);

/* A macro of the target that is being read, or of all; complains. */
int config_keyboard_close_macro(struct config_draft *draft, bool of_target,
		const char *title, unsigned line);

void config_macros_finish(struct config_macros *macros);
