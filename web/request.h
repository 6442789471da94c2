/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/address.h"
#include "core/bytes.h"
#include "net/stream.h"
#include "web/origin.h"
#include "web/uri.h"

/*
 * One request, from its headers until it is answered; the web server owns it.
 * Whoever answers it may not touch it afterwards. All that is got from it is
 * borrowed until then.
 *
 * Threads: loop thread only.
 * Errors:  none where nothing is returned: a request that cannot be answered
 *          (out of memory, say) ends with its connection.
 */
struct web_request;
struct web_stream;

struct web_header {
	const char *name;
	const char *value;
};

/* ---- what was asked -------------------------------------------------------*/

const char *web_request_get_method(const struct web_request *request);

/* As sent, '%' included, without the query; see web/route.h. */
const char *web_request_get_path(const struct web_request *request);

/* Of the query, decoded; NULL: not there, or more than once. */
const char *web_request_get_query(
		const struct web_request *request, const char *name);

/* All of the query, in its order. */
const struct web_query *web_request_get_all_query(
		const struct web_request *request);

/*
 * NULL: not there. Those that decide something (Host, Origin, Authorization,
 * Cookie, Content-Type, X-CSRF-Token...) come once: else the request is refused
 * before anybody sees it.
 */
const char *web_request_get_header(
		const struct web_request *request, const char *name);

/* False: not there, there twice, or longer than `size` - 1. */
bool web_request_read_cookie(const struct web_request *request,
		const char *name, char *value, size_t size);

const struct core_address *web_request_get_peer(
		const struct web_request *request);

/* It came by TLS. */
bool web_request_is_secure(const struct web_request *request);

enum web_origin web_request_check_origin(const struct web_request *request);

/* "application/json", with or without a charset, which is UTF-8. */
bool web_request_is_json(const struct web_request *request);

/* Empty until handler->request. */
const uint8_t *web_request_get_body(
		const struct web_request *request, size_t *size);

/* Anything of the handler's own. */
void web_request_set_data(struct web_request *request, void *data);
void *web_request_get_data(const struct web_request *request);

/*
 * Its sender has proved who they are. Where too many known connections are
 * open, it is answered like anybody's, but the connection does not stay.
 */
void web_request_set_known(struct web_request *request);

/* ---- its answer -----------------------------------------------------------*/

/*
 * The headers that protect a browser come with each answer (web/protect.h);
 * one of `headers` takes the place of such a header of the same name. `type`
 * may be NULL where there is no body; `body` is referenced. Where more waits
 * for slow readers than may (web/server.h), 503 takes the place of a large one.
 */
void web_request_reply(struct web_request *request, unsigned status,
		const struct web_header *headers, size_t headers_n,
		const char *type, struct core_bytes *body);

/* {"error": the words}, which name the cure. */
void web_request_fail(struct web_request *request, unsigned status,
		const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * An answer without an end, for server-sent events. Comes to an end by
 * web_stream_end, or when the reader is gone or takes nothing for 20 s
 * (`closed`, once, from the loop; not after web_stream_end).
 *
 * -EUSERS: too many known connections, or nobody known; the request is still
 * to be answered. -ENOMEM likewise.
 */
int web_request_stream(struct web_request *request, const char *type,
		void (*closed)(void *context), void *context,
		struct web_stream **out);

/* Bytes that wait for a reader; one who lets more gather is dropped. */
#define WEB_STREAM_MAX_BYTES ((size_t)1 << 20)

/* The bytes are referenced. -EPIPE: `closed` has come or is about to. */
int web_stream_write(struct web_stream *stream, struct core_bytes *bytes);

/* What was written goes out; the stream is not yours any more. */
void web_stream_end(struct web_stream *stream);

/* ---- or another protocol --------------------------------------------------*/

/* It asks for WebSocket, well or badly. */
bool web_request_is_upgrade(const struct web_request *request);

/*
 * Say yes: 101, and "binary" where that protocol is offered. `done` comes once,
 * from the loop: with a stream that speaks WebSocket and is yours, whose
 * handler you set before you return; or with NULL, it came to nothing.
 *
 * -EPROTO: it asks badly: no GET, another version than 13, no key. -ENOMEM. The
 * request is still to be answered then.
 */
int web_request_upgrade(struct web_request *request,
		void (*done)(void *context, struct net_stream *stream,
				const struct core_address *peer),
		void *context);
