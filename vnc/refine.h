/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

/*
 * How much is made exact in one step, so that something new need not wait for
 * long: so many pixels that they are quickly encoded, and so many bytes that
 * they are gone from the wire after VNC_REFINE_WIRE_US. Both are found by
 * trying: a step that had to give way, or took longer, makes the next one
 * smaller. How many bytes pixels become is learnt from the steps before.
 *
 * Threads: any. Errors: none.
 */
#define VNC_REFINE_MAX_PX (128 << 10)
#define VNC_REFINE_MIN_PX 256 /* one cell */
#define VNC_REFINE_WIRE_US 50000

struct vnc_refine {
	uint64_t step_px;           /* that the encoder has time for */
	uint64_t step_bytes;        /* that the wire has time for; 0: unknown */
	uint64_t bytes_per_1024_px; /* to be expected */
};

void vnc_refine_init(struct vnc_refine *refine);

/* Pixels of the next step; `rate` of the link in bytes a second, 0: unknown. */
uint64_t vnc_refine_next_px(struct vnc_refine *refine, uint64_t rate);

/* A step was sent, or gave way to something new. */
void vnc_refine_note_sent(
		struct vnc_refine *refine, uint64_t pixels, uint64_t bytes);
void vnc_refine_note_dropped(struct vnc_refine *refine);

/* One that was sent occupied the wire for so long. */
void vnc_refine_note_read(struct vnc_refine *refine, uint64_t wire_us);
