/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "vnc/figures.h"
#include "vnc/viewer-private.h"

static void pass_key(
		struct vnc_viewer *viewer, const struct vnc_message *message)
{
	const struct vnc_viewer_home *home = viewer->home;
	const struct vnc_key key = {
			.keysym = message->key.keysym,
			.xt_code = message->key.xt_code,
			.down = message->key.down,
			.read_us = viewer->read_us,
	};

	home->handler->key(home->handler_context, viewer->id, &key);
}

static void pass_pointer(
		struct vnc_viewer *viewer, const struct vnc_message *message)
{
	const struct vnc_viewer_home *home = viewer->home;
	struct vnc_pointer pointer;
	uint32_t width_px, height_px;

	/* The size that it knew when it pointed, not the screen's newest. */
	vnc_composer_get_size(viewer->composer, &width_px, &height_px);
	vnc_input_translate(
			&viewer->input, message, width_px, height_px, &pointer);
	home->handler->pointer(home->handler_context, viewer->id, &pointer);
}

static void begin_cut_text(
		struct vnc_viewer *viewer, const struct vnc_message *message)
{
	const struct vnc_viewer_home *home = viewer->home;

	viewer->keeps_cut_text = message->cut_text.bytes > 0 &&
			home->handler->cut_text;
	if (viewer->keeps_cut_text)
		home->handler->cut_text(home->handler_context, viewer->id, NULL,
				message->cut_text.bytes);
}

static void take(struct vnc_viewer *viewer, const struct vnc_message *message)
{
	switch (message->kind) {
	case VNC_MESSAGE_SET_PIXEL_FORMAT:
		vnc_composer_take_pixel_format(
				viewer->composer, &message->pixel_format);
		break;
	case VNC_MESSAGE_SET_ENCODINGS:
		vnc_composer_take_encodings(viewer->composer, message);
		break;
	case VNC_MESSAGE_UPDATE_REQUEST:
		vnc_composer_take_request(viewer->composer, message);
		break;
	case VNC_MESSAGE_KEY:
		pass_key(viewer, message);
		return;
	case VNC_MESSAGE_POINTER:
		pass_pointer(viewer, message);
		return;
	case VNC_MESSAGE_CUT_TEXT:
		begin_cut_text(viewer, message);
		return;
	case VNC_MESSAGE_CONTINUOUS_UPDATES:
		vnc_composer_take_continuous_updates(viewer->composer, message);
		break;
	case VNC_MESSAGE_FENCE:
		vnc_composer_take_fence(viewer->composer, message);
		break;
	case VNC_MESSAGE_SET_DESKTOP_SIZE:
		vnc_composer_take_desktop_size(viewer->composer);
		break;
	case VNC_MESSAGE_KINDS:
		return;
	}
	viewer->update_due = true;
}

static bool may(const struct vnc_viewer *viewer, enum vnc_message_kind kind)
{
	const struct vnc_viewer_home *home = viewer->home;

	return !home->handler->may ||
			home->handler->may(home->handler_context, viewer->id,
					kind);
}

size_t vnc_viewer_take_message(
		struct vnc_viewer *viewer, const uint8_t *bytes, size_t size)
{
	struct vnc_message message;
	bool whole;
	ssize_t used;

	viewer->reader.extended_buttons =
			vnc_composer_told_extended_buttons(viewer->composer);
	used = vnc_message_read(&viewer->reader, bytes, size, &message, &whole);
	if (used < 0) {
		vnc_viewer_close(viewer,
				used == -EMSGSIZE
						? "it sent a message too long"
						: "it sent what is no message");
		return 0;
	}
	if (!whole && used > 0 && viewer->keeps_cut_text)
		viewer->home->handler->cut_text(viewer->home->handler_context,
				viewer->id, bytes, (size_t)used);
	if (whole) {
		viewer->keeps_cut_text = false;
		if (may(viewer, message.kind))
			take(viewer, &message);
		else
			viewer->home->figures->forbidden++;
		vnc_composer_end_message(viewer->composer);
	}
	return (size_t)used;
}
