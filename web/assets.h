/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * The files of the page, as web/page/build.mjs writes them: gzip only, since
 * every browser takes that. The page is "/"; what its name has a hash in, all
 * below "/assets/", never changes under that name.
 *
 * Threads: any; constant.
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
