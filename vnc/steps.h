/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * By how many classes one viewer's pictures are coarser than it asked for,
 * because its link is too slow: one more after VNC_STEPS_SLOW_N slow updates
 * in a row, one less when for a while the better class would have been quick.
 * If that turns out to be wrong, the next try is later.
 *
 * Threads: any. Errors: none. Time is passed in.
 */
#define VNC_STEPS_SLOW_US 250000
#define VNC_STEPS_SLOW_N 2
#define VNC_STEPS_QUICK_US 120000
#define VNC_STEPS_QUICK_N 5
#define VNC_STEPS_WAIT_US UINT64_C(5000000)
#define VNC_STEPS_WAIT_MAX_US UINT64_C(80000000)

struct vnc_steps {
	unsigned down;
	unsigned down_max; /* coarser classes than the viewer's */
	unsigned slow_n;   /* in a row */
	unsigned quick_n;  /* in a row, */
	uint64_t quick_since_us;
	uint64_t wait_us;  /* of quick updates, before a step up */
	uint64_t up_at_us; /* the last one; 0: none */
};

void vnc_steps_init(struct vnc_steps *steps);

/* The viewer said what it wants: so many classes are coarser. */
void vnc_steps_limit(struct vnc_steps *steps, unsigned down_max);

/* An update with JPEG in it occupied the wire for so long. */
void vnc_steps_note(struct vnc_steps *steps, uint64_t wire_us, uint64_t now_us);
