/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/steps.h"

/* The next better class, in bytes: about this many times as much. */
#define BETTER_COSTS 2

void vnc_steps_init(struct vnc_steps *steps)
{
	*steps = (struct vnc_steps){.wait_us = VNC_STEPS_WAIT_US};
}

void vnc_steps_limit(struct vnc_steps *steps, unsigned down_max)
{
	steps->down_max = down_max;
	if (steps->down > down_max)
		steps->down = down_max;
}

static void step_down(struct vnc_steps *steps, uint64_t now_us)
{
	bool was_wrong = steps->up_at_us != 0 &&
			now_us - steps->up_at_us < 2 * steps->wait_us;

	steps->slow_n = 0;
	if (steps->down == steps->down_max)
		return;
	steps->down++;
	steps->wait_us = was_wrong ? steps->wait_us * 2 : VNC_STEPS_WAIT_US;
	if (steps->wait_us > VNC_STEPS_WAIT_MAX_US)
		steps->wait_us = VNC_STEPS_WAIT_MAX_US;
}

static void note_quick(struct vnc_steps *steps, uint64_t now_us)
{
	if (steps->quick_n++ == 0)
		steps->quick_since_us = now_us;
	if (steps->down == 0 || steps->quick_n < VNC_STEPS_QUICK_N ||
			now_us - steps->quick_since_us < steps->wait_us)
		return;
	steps->down--;
	steps->up_at_us = now_us;
	steps->quick_n = 0;
}

void vnc_steps_note(struct vnc_steps *steps, uint64_t wire_us, uint64_t now_us)
{
	if (wire_us * BETTER_COSTS < VNC_STEPS_QUICK_US)
		note_quick(steps, now_us);
	else
		steps->quick_n = 0;
	if (wire_us <= VNC_STEPS_SLOW_US)
		steps->slow_n = 0;
	else if (++steps->slow_n == VNC_STEPS_SLOW_N)
		step_down(steps, now_us);
}
