/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * For verbs that go on until they are done or told to end: by Ctrl-C, say. The
 * signals for that are blocked from the beginning on, so that none comes in the
 * middle of a question to the daemon.
 *
 * Threads: main only. Errors: none.
 */
void server_cli_wait_begin(void);

/* Whether it is time to end; else after that time. */
bool server_cli_wait_is_over(uint64_t for_us);
