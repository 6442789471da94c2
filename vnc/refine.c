/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/refine.h"

#include "core/clock.h"

/* Noise: three bytes a pixel. */
#define WORST_BYTES_PER_1024_PX 3072

/* Of a step: before anything is known, and the bounds for what is found. */
#define FIRST_BYTES (16 << 10)
#define MIN_BYTES 1024
#define MAX_BYTES (3 * VNC_REFINE_MAX_PX)

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
	if (value < low)
		return low;
	return value > high ? high : value;
}

void vnc_refine_init(struct vnc_refine *refine)
{
	*refine = (struct vnc_refine){
			.step_px = VNC_REFINE_MAX_PX,
			.bytes_per_1024_px = WORST_BYTES_PER_1024_PX,
	};
}

uint64_t vnc_refine_next_px(struct vnc_refine *refine, uint64_t rate)
{
	uint64_t pixels;

	if (refine->step_bytes == 0)
		refine->step_bytes = rate == 0
				? FIRST_BYTES
				: clamp(rate * VNC_REFINE_WIRE_US /
								  CLOCK_US_PER_S,
						  MIN_BYTES, MAX_BYTES);
	pixels = refine->step_bytes * 1024 / refine->bytes_per_1024_px;
	return clamp(pixels, VNC_REFINE_MIN_PX, refine->step_px);
}

/* An empty corner does not tell that what is next to it is empty, too. */
void vnc_refine_note_sent(
		struct vnc_refine *refine, uint64_t pixels, uint64_t bytes)
{
	uint64_t measured = bytes * 1024 / (pixels ? pixels : 1);

	refine->bytes_per_1024_px = clamp(measured,
			refine->bytes_per_1024_px / 2 + 1,
			WORST_BYTES_PER_1024_PX);
	refine->step_px = clamp(refine->step_px * 2, VNC_REFINE_MIN_PX,
			VNC_REFINE_MAX_PX);
}

void vnc_refine_note_dropped(struct vnc_refine *refine)
{
	refine->step_px = clamp(refine->step_px / 2, VNC_REFINE_MIN_PX,
			VNC_REFINE_MAX_PX);
}

void vnc_refine_note_read(struct vnc_refine *refine, uint64_t wire_us)
{
	if (wire_us * 2 < VNC_REFINE_WIRE_US)
		refine->step_bytes *= 2;
	else if (wire_us > VNC_REFINE_WIRE_US)
		refine->step_bytes = refine->step_bytes * VNC_REFINE_WIRE_US /
				wire_us;
	refine->step_bytes = clamp(refine->step_bytes, MIN_BYTES, MAX_BYTES);
}
