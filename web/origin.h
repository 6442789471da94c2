/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

/*
 * Whether a page of ours asked: Origin, as a browser writes it, compared with
 * the Host that it was sent to. Only an exact match counts: the same scheme,
 * name and port; "null" is somebody else.
 *
 * Threads: any. Errors: none.
 */
enum web_origin {
	WEB_ORIGIN_NONE, /* it was not said: no browser, or not needed */
	WEB_ORIGIN_SAME,
	WEB_ORIGIN_OTHER,
};

/* `origin` may be NULL; `host` was accepted by web_host_is_ours. */
enum web_origin web_origin_check(
		const char *origin, bool secure, const char *host);
