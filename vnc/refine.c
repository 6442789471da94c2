/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/refine.h"

#include "core/clock.h"

/* Noise: three bytes a pixel. */
#define WORST_BYTES_PER_1024_PX 3072

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

uint64_t vnc_refine_get_step_px(const struct vnc_refine *refine, uint64_t rate)
{
	uint64_t bytes = rate * VNC_REFINE_WIRE_US / CLOCK_US_PER_S;
	uint64_t pixels = bytes * 1024 / refine->bytes_per_1024_px;

	if (rate == 0 || pixels > refine->step_px)
		return refine->step_px;
	return pixels < VNC_REFINE_MIN_PX ? VNC_REFINE_MIN_PX : pixels;
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
