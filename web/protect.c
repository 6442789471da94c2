/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/protect.h"

#include <microhttpd.h>
#include <stdio.h>
#include <string.h>

#define PROTECTIONS_N (sizeof(protections) / sizeof(protections[0]))
#define LINE_BYTES 512

static const struct web_header protections[] = {
		{"Content-Security-Policy",
				"default-src 'self'; connect-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "no-referrer"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"Cache-Control", "no-store"},
		{"Server", "rackhand"},
		/* The last: with TLS only. */
		{"Strict-Transport-Security", "max-age=31536000"},
};

const struct web_header *web_protect_get(size_t index, bool secure)
{
	return index < PROTECTIONS_N - !secure ? &protections[index] : NULL;
}

static void write_header(
		struct net_stream *stream, const char *name, const char *value)
{
	char line[LINE_BYTES];
	int length = snprintf(line, sizeof(line), "%s: %s\r\n", name, value);

	net_stream_write(stream, line, (size_t)length);
}

void web_protect_refuse(struct net_stream *stream, unsigned status,
		const char *words, bool secure)
{
	const struct web_header *header;
	char line[LINE_BYTES], body[LINE_BYTES];
	int length = snprintf(line, sizeof(line), "HTTP/1.1 %u %s\r\n", status,
			MHD_get_reason_phrase_for(status));

	net_stream_write(stream, line, (size_t)length);
	for (size_t i = 0; (header = web_protect_get(i, secure)); i++)
		write_header(stream, header->name, header->value);
	write_header(stream, "Connection", "close");
	write_header(stream, "Content-Type", "application/json");
	length = snprintf(body, sizeof(body), "{\"error\":\"%s\"}", words);
	snprintf(line, sizeof(line), "%d", length);
	write_header(stream, "Content-Length", line);
	net_stream_write(stream, "\r\n", 2);
	net_stream_write(stream, body, (size_t)length);
}
