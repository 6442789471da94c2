/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/assets.h"

#include <stdlib.h>
#include <string.h>

#include "web/negotiate.h"
#include "web/private.h"

/* What lies below has a hash in its name. */
#define LASTING "/assets/"

static int compare(const void *path, const void *asset)
{
	return strcmp(path, ((const struct web_asset *)asset)->path);
}

const struct web_asset *web_assets_find(const char *path)
{
	return bsearch(path, web_assets, web_assets_n, sizeof(web_assets[0]),
			compare);
}

static bool is_reading(const char *method)
{
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static void refuse_method(struct web_request *request)
{
	static const struct web_header headers[] = {{"Allow", "GET, HEAD"}};

	web_request_reply(request, MHD_HTTP_METHOD_NOT_ALLOWED, headers, 1,
			NULL, NULL);
}

static void reply(struct web_request *request, const struct web_asset *asset)
{
	bool lasting = strncmp(asset->path, LASTING, sizeof(LASTING) - 1) == 0;
	bool has_it = web_has_etag(
			web_request_get_header(request, "If-None-Match"),
			asset->etag);
	const struct web_header headers[] = {
			{"ETag", asset->etag},
			{"Cache-Control",
					lasting ? "private, max-age=31536000, immutable"
						: "no-cache"},
			{"Vary", "Accept-Encoding"},
			{"Content-Encoding", "gzip"},
	};
	size_t headers_n = sizeof(headers) / sizeof(headers[0]);

	if (has_it)
		web_request_reply(request, MHD_HTTP_NOT_MODIFIED, headers,
				headers_n - 1, NULL, NULL);
	else
		web_reply_with(request, MHD_HTTP_OK, headers, headers_n,
				asset->type,
				MHD_create_response_from_buffer(
						asset->gzip_bytes,
						(void *)asset->gzip,
						MHD_RESPMEM_PERSISTENT));
}

void web_request_reply_asset(
		struct web_request *request, const struct web_asset *asset)
{
	if (!is_reading(web_request_get_method(request)))
		refuse_method(request);
	else if (!web_accepts_gzip(web_request_get_header(
				 request, "Accept-Encoding")))
		web_request_fail(request, MHD_HTTP_NOT_ACCEPTABLE,
				"the page comes compressed only; accept \"gzip\"");
	else
		reply(request, asset);
}
