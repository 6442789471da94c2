/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/origin.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "web/host.h"

/* The name of an origin is in small letters: browsers never write another. */
static bool has_capitals(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text >= 'A' && *text <= 'Z')
			return true;
	return false;
}

enum web_origin web_origin_check(
		const char *origin, bool secure, const char *host)
{
	const char *scheme = secure ? "https://" : "http://";
	unsigned usual_port = secure ? 443 : 80;
	struct web_host ours, theirs;

	if (!origin)
		return WEB_ORIGIN_NONE;
	if (strncmp(origin, scheme, strlen(scheme)) != 0 ||
			has_capitals(origin))
		return WEB_ORIGIN_OTHER;
	if (web_host_parse(&theirs, origin + strlen(scheme), usual_port) < 0 ||
			web_host_parse(&ours, host, usual_port) < 0)
		return WEB_ORIGIN_OTHER;
	/* Browsers never write the usual port, so who does is none. */
	if (theirs.port_written && theirs.port == usual_port)
		return WEB_ORIGIN_OTHER;
	return ours.port == theirs.port &&
					strcasecmp(ours.name, theirs.name) == 0
			? WEB_ORIGIN_SAME
			: WEB_ORIGIN_OTHER;
}
