/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vnc/server.h"

/*
 * Scroll Lock pressed twice, as KVM switches have it: the one way to speak to
 * the server from within any viewer. Two taps leave a lock key as it was, so
 * they may go to the target as well.
 *
 * The caller owns the struct; zeros to begin with. Plain data and a clock that
 * is passed in.
 *
 * Threads: one at a time. Errors: none.
 */

/*
 * Between the two taps, at most; and after them, what is tapped in so short a
 * time is more of the same. So nobody can knock oftener than twice a second.
 */
#define SERVER_KNOCKS_US UINT64_C(500000)

/* No fewer than viewers at one target. */
#define SERVER_KNOCKS_AT_ONCE 100

struct server_knocks {
	struct server_knock {
		vnc_viewer_id viewer; /* 0: free */
		uint64_t pressed_us;  /* the oldest gives way */
		bool knocked;         /* by that press */
		bool down;
		bool had_keyboard; /* at the first tap */
	} recent[SERVER_KNOCKS_AT_ONCE];
};

/*
 * A viewer pressed or released Scroll Lock; `has_keyboard` before that. True:
 * this is the second press. Two that the first of which took the keyboard are
 * no knock: the viewer has what it wants.
 */
bool server_knocks_hear(struct server_knocks *knocks, vnc_viewer_id viewer,
		bool down, bool has_keyboard, uint64_t now_us);
