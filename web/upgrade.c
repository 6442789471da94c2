/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/private.h"

#include <errno.h>
#include <nettle/base64.h>
#include <nettle/sha1.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>

/* RFC 6455, 1.3. */
#define MAGIC "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY_CHARACTERS 24 /* of 16 bytes */
#define ACCEPT_BYTES (BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE) + 1)
#define PROTOCOL "binary"
#define LIST_SPACE ", \t"

/* ---- what was asked for ---------------------------------------------------*/

static bool lists(const char *header, const char *token)
{
	size_t length = strlen(token);

	while (header && *(header += strspn(header, LIST_SPACE)) != '\0') {
		size_t here = strcspn(header, LIST_SPACE);

		if (here == length && strncasecmp(header, token, length) == 0)
			return true;
		header += here;
	}
	return false;
}

static bool is_key(const char *key)
{
	struct base64_decode_ctx context;
	uint8_t bytes[BASE64_DECODE_LENGTH(KEY_CHARACTERS)];
	size_t size = sizeof(bytes);

	if (!key || strlen(key) != KEY_CHARACTERS)
		return false;
	base64_decode_init(&context);
	return base64_decode_update(
			       &context, &size, bytes, KEY_CHARACTERS, key) &&
			base64_decode_final(&context) && size == 16;
}

static const char *get(const struct web_request *request, const char *name)
{
	return web_request_get_header(request, name);
}

bool web_request_is_upgrade(const struct web_request *request)
{
	return lists(get(request, "Upgrade"), "websocket");
}

static bool is_handshake(const struct web_request *request)
{
	const char *version = get(request, "Sec-WebSocket-Version");

	return web_request_is_upgrade(request) &&
			strcmp(request->method, "GET") == 0 &&
			!get(request, "Content-Length") &&
			!get(request, "Transfer-Encoding") &&
			lists(get(request, "Connection"), "upgrade") &&
			version && strcmp(version, "13") == 0 &&
			is_key(get(request, "Sec-WebSocket-Key"));
}

/* ---- the answer -----------------------------------------------------------*/

static void accept_of(const char *key, char text[ACCEPT_BYTES])
{
	uint8_t digest[SHA1_DIGEST_SIZE];
	struct sha1_ctx context;

	sha1_init(&context);
	sha1_update(&context, strlen(key), (const uint8_t *)key);
	sha1_update(&context, sizeof(MAGIC) - 1, (const uint8_t *)MAGIC);
	sha1_digest(&context, sizeof(digest), digest);
	base64_encode_raw(text, sizeof(digest), digest);
	text[ACCEPT_BYTES - 1] = '\0';
}

static bool add_headers(
		const struct web_request *request, struct MHD_Response *answer)
{
	char accept[ACCEPT_BYTES];

	accept_of(get(request, "Sec-WebSocket-Key"), accept);
	if (lists(get(request, "Sec-WebSocket-Protocol"), PROTOCOL) &&
			MHD_add_response_header(answer,
					"Sec-WebSocket-Protocol",
					PROTOCOL) != MHD_YES)
		return false;
	return MHD_add_response_header(answer, "Upgrade", "websocket") ==
			MHD_YES &&
			MHD_add_response_header(answer, "Sec-WebSocket-Accept",
					accept) == MHD_YES;
}

/*
 * The 101 lies in the pair now, whole. Bytes that came behind the request came
 * before anybody could know the answer.
 */
static void on_upgraded(void *context, struct MHD_Connection *mhd,
		void *request_context, const char *extra, size_t extra_size,
		MHD_socket sock, struct MHD_UpgradeResponseHandle *handle)
{
	struct web_request *request = context;
	int unread = 0;

	(void)mhd;
	(void)request_context;
	(void)extra;
	request->upgraded = handle;
	request->ahead = extra_size > 0 ||
			ioctl(sock, FIONREAD, &unread) == -1 || unread > 0;
	sd_event_source_set_enabled(request->server->reaper, SD_EVENT_ONESHOT);
}

int web_request_upgrade(struct web_request *request,
		void (*done)(void *context, struct net_stream *stream,
				const struct core_address *peer),
		void *context)
{
	struct MHD_Response *answer;

	if (!is_handshake(request))
		return -EPROTO;
	answer = MHD_create_response_for_upgrade(on_upgraded, request);
	if (!answer)
		return -ENOMEM;
	if (!add_headers(request, answer)) {
		MHD_destroy_response(answer);
		return -ENOMEM;
	}
	request->upgrade = done;
	request->upgrade_context = context;
	request->answered = true;
	request->status = MHD_HTTP_SWITCHING_PROTOCOLS;
	request->response = answer;
	request->connection->held = true;
	web_exchange_resume(request);
	return 0;
}

/* ---- the change -----------------------------------------------------------*/

void web_upgrade_release(struct web_request *request)
{
	struct MHD_UpgradeResponseHandle *handle = request->upgraded;

	request->upgraded = NULL;
	if (handle)
		MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
	web_server_run_soon(request->server);
}

void web_upgrade_call_off(struct web_request *request)
{
	void (*done)(void *context, struct net_stream *stream,
			const struct core_address *peer) = request->upgrade;

	request->upgrade = NULL;
	web_upgrade_release(request);
	if (done)
		done(request->upgrade_context, NULL, NULL);
}

static struct net_stream *take_stream(struct web_connection *connection)
{
	struct net_stream *stream = connection->stream;
	int rc = -EPROTO;

	if (!connection->request->ahead) {
		web_connection_fetch_rest(connection);
		rc = net_stream_start_websocket(stream);
	}
	connection->stream = NULL;
	if (rc < 0) {
		net_stream_destroy(stream);
		return NULL;
	}
	net_stream_flush(stream);
	return stream;
}

void web_upgrade_finish(struct web_connection *connection)
{
	struct web_request *request = connection->request;
	struct net_stream *stream = take_stream(connection);
	struct core_address peer = connection->peer;
	void (*done)(void *context, struct net_stream *stream,
			const struct core_address *peer) = request->upgrade;

	web_connection_end(connection); /* and is no stranger's any more */
	request->upgrade = NULL;
	done(request->upgrade_context, stream, &peer);
}
