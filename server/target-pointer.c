/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target-private.h"

static uint16_t scale(double fraction)
{
	return (uint16_t)(fraction * HID_ABSOLUTE_MAX + 0.5);
}

int server_target_point(struct server_target *target,
		const struct server_caller *caller,
		const struct server_pointing *pointing)
{
	vnc_viewer_id actor;
	int rc = server_target_act(target, caller, &actor);

	if (rc < 0)
		return rc;
	if (pointing->absolute)
		hid_input_point(target->input, scale(pointing->x),
				scale(pointing->y), pointing->buttons,
				pointing->wheel, pointing->horizontal_wheel);
	else
		hid_input_move(target->input, pointing->dx, pointing->dy,
				pointing->buttons, pointing->wheel);
	server_target_acted(target, actor);
	return 0;
}
