/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/permissions.h"

/* What viewers say. */
static const enum server_role messages[] = {
		[VNC_MESSAGE_SET_PIXEL_FORMAT] = SERVER_ROLE_VIEWER,
		[VNC_MESSAGE_SET_ENCODINGS] = SERVER_ROLE_VIEWER,
		[VNC_MESSAGE_UPDATE_REQUEST] = SERVER_ROLE_VIEWER,
		[VNC_MESSAGE_KEY] = SERVER_ROLE_OPERATOR,
		[VNC_MESSAGE_POINTER] = SERVER_ROLE_OPERATOR,
		[VNC_MESSAGE_CUT_TEXT] = SERVER_ROLE_OPERATOR,
		[VNC_MESSAGE_CONTINUOUS_UPDATES] = SERVER_ROLE_VIEWER,
		[VNC_MESSAGE_FENCE] = SERVER_ROLE_VIEWER,
		[VNC_MESSAGE_SET_DESKTOP_SIZE] = SERVER_ROLE_OPERATOR,
};
_Static_assert(sizeof(messages) / sizeof(messages[0]) == VNC_MESSAGE_KINDS,
		"a message lacks its role");

enum server_role server_permissions_for_message(enum vnc_message_kind kind)
{
	return (unsigned)kind < VNC_MESSAGE_KINDS ? messages[kind]
						  : SERVER_ROLE_NONE;
}

bool server_permissions_suffice(enum server_role role, enum server_role needed)
{
	return needed != SERVER_ROLE_NONE && role >= needed;
}
