/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

/*
 * How much is made exact in one step, so that something new need not wait for
 * long: a number of pixels that is quickly encoded and, on a link whose rate
 * is known, gone after VNC_REFINE_WIRE_US. How many bytes pixels become is
 * learnt from the steps before; a step that had to give way makes the next
 * one smaller.
 *
 * Threads: any. Errors: none.
 */
#define VNC_REFINE_MAX_PX (128 << 10)
#define VNC_REFINE_MIN_PX 256 /* one cell */
#define VNC_REFINE_WIRE_US 50000

struct vnc_refine {
	uint64_t step_px;           /* that the encoder has time for */
	uint64_t bytes_per_1024_px; /* to be expected */
};

void vnc_refine_init(struct vnc_refine *refine);

/* Of the next step; `rate` is in bytes a second, 0: unknown. */
uint64_t vnc_refine_get_step_px(const struct vnc_refine *refine, uint64_t rate);

/* A step was sent, or gave way to something new. */
void vnc_refine_note_sent(
		struct vnc_refine *refine, uint64_t pixels, uint64_t bytes);
void vnc_refine_note_dropped(struct vnc_refine *refine);
