/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/permissions.h"

#include <stddef.h>
#include <string.h>

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

/* What is asked over the control socket. */
static const struct {
	const char *verb;
	enum server_role needed;
} verbs[] = {
		{"status", SERVER_ROLE_VIEWER},
		{"stats", SERVER_ROLE_VIEWER},
		{"sessions", SERVER_ROLE_VIEWER},
		{"control give", SERVER_ROLE_OPERATOR},
		{"control release", SERVER_ROLE_OPERATOR},
		{"disconnect", SERVER_ROLE_ADMIN},
		{"setup", SERVER_ROLE_ADMIN},
};

enum server_role server_permissions_for_message(enum vnc_message_kind kind)
{
	return (unsigned)kind < VNC_MESSAGE_KINDS ? messages[kind]
						  : SERVER_ROLE_NONE;
}

enum server_role server_permissions_for_verb(const char *verb)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].verb, verb) == 0)
			return verbs[i].needed;
	return SERVER_ROLE_NONE;
}

bool server_permissions_suffice(enum server_role role, enum server_role needed)
{
	return needed != SERVER_ROLE_NONE && role >= needed;
}
