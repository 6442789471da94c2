/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "config/config.h"

/* Free what the target owns; one that is all zero or half-filled is fine. */
void config_target_finish(struct config_target *target);
