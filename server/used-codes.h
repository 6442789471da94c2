/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

/*
 * Which one-time codes are used up, in a file, so that none is good twice: not
 * after a restart, and not when the clock is set back. Of each secret (its user
 * has a generation of its own) only the newest used step of time is known, and
 * all before it are used up with it.
 *
 * Threads: one at a time; it waits for the disk: not on the loop.
 * Errors:  0 or -errno, logged with the cure.
 */
struct server_used_codes;

/* A file that is not there or not good is begun anew, the latter logged. */
int server_used_codes_create(
		struct server_used_codes **out, const char *directory);

/* NULL is allowed. */
void server_used_codes_destroy(struct server_used_codes *codes);

/*
 * Use up that step of the secret of `generation`. -EALREADY: it is used up.
 * What cannot be written down is not used up.
 */
int server_used_codes_burn(struct server_used_codes *codes, uint64_t generation,
		uint64_t step);
