/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "core/workers.h"

/*
 * core/workers without threads: a program that is linked with this has these
 * in the place of the product's. A job runs where it is submitted, and is
 * `done` when the pool is given a turn; so that all happens in one order,
 * every time.
 *
 * Threads: one. Errors: as core/workers.
 */

/* Call `done` of what ran first; whether there was any. */
bool inline_workers_turn(struct core_workers *workers);
