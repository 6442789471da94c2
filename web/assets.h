/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "web/request.h"

/*
 * The files of the page, as web/page/build.mjs writes them: gzip only, since
 * every browser takes that. The page is "/"; what its name has a hash in, all
 * below "/assets/", never changes under that name.
 *
 * Threads: any for what is constant; the loop thread for replies.
 * Errors:  those of HTTP, as a reply.
 */
struct web_asset {
	const char *path; /* of the request, such as "/" */
	const char *type; /* for Content-Type */
	const char *etag; /* in quotes; of what the gzip holds */
	const uint8_t *gzip;
	size_t gzip_bytes;
};

/* Sorted by path, each path once. */
extern const struct web_asset web_assets[];
extern const size_t web_assets_n;

/* NULL: there is none. */
const struct web_asset *web_assets_find(const char *path);

/*
 * 200, or 304 where the browser has it already; 405 for all but GET and HEAD;
 * 406 for who refuses gzip: who says nothing of it gets it.
 */
void web_request_reply_asset(
		struct web_request *request, const struct web_asset *asset);
