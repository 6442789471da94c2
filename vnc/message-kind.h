/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/*
 * What viewers say once they are in: the messages of RFC 6143, section 7.5,
 * and of the extensions that we announce. Whoever lists all of them, as the
 * table of permissions does, is told by the compiler when there is a new one.
 *
 * Threads: any.
 */
enum vnc_message_kind {
	VNC_MESSAGE_SET_PIXEL_FORMAT,
	VNC_MESSAGE_SET_ENCODINGS,
	VNC_MESSAGE_UPDATE_REQUEST,
	VNC_MESSAGE_KEY,
	VNC_MESSAGE_POINTER,
	VNC_MESSAGE_CUT_TEXT, /* its text follows in pieces, or is skipped */
	VNC_MESSAGE_CONTINUOUS_UPDATES,
	VNC_MESSAGE_FENCE,
	VNC_MESSAGE_SET_DESKTOP_SIZE,
	VNC_MESSAGE_KINDS
};
