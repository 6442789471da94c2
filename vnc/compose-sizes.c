/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/compose-private.h"

bool vnc_composer_size_is_told(const struct vnc_composer *composer)
{
	return composer->geometry ==
			video_screen_get_geometry(composer->parts.screen);
}

static void send_size(struct vnc_composer *composer,
		enum vnc_size_reason reason, enum vnc_size_status status)
{
	struct vnc_writer writer = {0};

	vnc_write_update_head(&writer, 1);
	if (composer->maker.capabilities.extended_desktop_size)
		vnc_write_extended_size_rect(&writer, reason, status,
				composer->width_px, composer->height_px);
	else
		vnc_write_rect_head(&writer, 0, 0, composer->width_px,
				composer->height_px, VNC_PSEUDO_DESKTOP_SIZE);
	vnc_composer_queue(composer, &writer);
	net_stream_flush(composer->parts.stream);
}

void vnc_composer_learn_size(struct vnc_composer *composer)
{
	const struct video_screen *screen = composer->parts.screen;

	composer->geometry = video_screen_get_geometry(screen);
	video_screen_get_size(
			screen, &composer->width_px, &composer->height_px);
}

/*
 * The new size, alone. Who asked has its answer with that: what it asked for
 * was a part of the old picture, and it asks again.
 */
void vnc_composer_follow_size(struct vnc_composer *composer)
{
	if (!composer->maker.capabilities.desktop_size &&
			!composer->maker.capabilities.extended_desktop_size) {
		vnc_composer_fail(composer,
				"it cannot follow the screen's new size");
		return;
	}
	vnc_seen_reset(composer->seen);
	vnc_composer_learn_size(composer);
	composer->wishes = (struct vnc_wishes){0};
	composer->sharpen = false;
	send_size(composer, VNC_SIZE_BY_SERVER, VNC_SIZE_OK);
}

/* An answer to a viewer that wants to hear of sizes; pictures still follow. */
void vnc_composer_send_size_answers(struct vnc_composer *composer)
{
	bool listens = composer->maker.capabilities.extended_desktop_size;

	if (listens && composer->refuse_size)
		send_size(composer, VNC_SIZE_ASKED, VNC_SIZE_PROHIBITED);
	if (listens && composer->wishes.answer_size)
		send_size(composer, VNC_SIZE_BY_SERVER, VNC_SIZE_OK);
	composer->refuse_size = false;
	composer->wishes.answer_size = false;
}
