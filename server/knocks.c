/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/knocks.h"

/* Its own, or the one that is the oldest: 0 is older than all. */
static struct server_knock *find(
		struct server_knocks *knocks, vnc_viewer_id viewer)
{
	struct server_knock *oldest = &knocks->recent[0];

	for (size_t i = 0; i < SERVER_KNOCKS_AT_ONCE; i++) {
		struct server_knock *knock = &knocks->recent[i];

		if (knock->viewer == viewer)
			return knock;
		if (knock->pressed_us < oldest->pressed_us)
			oldest = knock;
	}
	*oldest = (struct server_knock){.viewer = viewer};
	return oldest;
}

bool server_knocks_hear(struct server_knocks *knocks, vnc_viewer_id viewer,
		bool down, bool has_keyboard, uint64_t now_us)
{
	struct server_knock *knock = find(knocks, viewer);
	bool repeated = down && knock->down;
	bool recent = knock->pressed_us != 0 &&
			now_us - knock->pressed_us <= SERVER_KNOCKS_US;

	knock->down = down;
	if (!down || repeated || (recent && knock->knocked))
		return false;
	knock->pressed_us = now_us;
	knock->knocked = recent;
	if (recent)
		return has_keyboard == knock->had_keyboard;
	knock->had_keyboard = has_keyboard;
	return false;
}
