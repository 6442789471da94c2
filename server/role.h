/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/*
 * What a user may do; each role may do what the ones before it may.
 *
 * Threads: any.
 */
enum server_role {
	SERVER_ROLE_NONE,     /* nothing at all */
	SERVER_ROLE_VIEWER,   /* look */
	SERVER_ROLE_OPERATOR, /* type, point */
	SERVER_ROLE_ADMIN,    /* send others away, change users */
	SERVER_ROLES
};

/* "none", "viewer" ... */
const char *server_role_text(enum server_role role);

/* SERVER_ROLE_NONE for what is no role. */
enum server_role server_role_parse(const char *text);
