/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <systemd/sd-event.h>

#include "net/listener.h"
#include "net/own-names.h"
#include "net/stream.h"
#include "web/framing.h"
#include "web/queue.h"
#include "web/server.h"

/*
 * What the files of this folder share of a server, a connection and a request.
 *
 * libmicrohttpd never sees the network: each connection has a pair of sockets,
 * of which it gets one end. Our own end (`inner`) carries what the stream has
 * decrypted, and back what is to be encrypted. The pair is made with the first
 * byte of a request, so that who says nothing costs one descriptor.
 *
 * Whatever ends a connection calls web_connection_end, from anywhere; the
 * reaper then takes it apart from the loop, tells whoever waits, and lets
 * libmicrohttpd find its end closed.
 *
 * Threads: loop thread only. Errors: as the function says.
 */
struct web_server {
	sd_event *event; /* borrowed, as are the next four */
	struct net_tls *tls;
	struct net_doorkeeper *doorkeeper;
	const struct web_handler *handler;
	void *context;
	char *name;
	char **names;
	size_t names_n;
	uint64_t request_us;
	struct net_own_names own;
	uint64_t own_learnt_us;
	struct net_listener *listener;
	struct MHD_Daemon *daemon;
	sd_event_source *io;     /* libmicrohttpd's epoll */
	sd_event_source *soon;   /* on when libmicrohttpd has more to do */
	sd_event_source *reaper; /* on when a connection has ended */
	struct web_queue waiting;
	sd_event_source *look; /* on while somebody waits */
	size_t connections_n;
	size_t known_n;
	TAILQ_HEAD(web_connections, web_connection) connections;
};

/* Let libmicrohttpd run before the loop sleeps. */
void web_server_run_soon(struct web_server *server);

/* ---- web/connection.c: one connection, its bytes and its time -------------*/

struct web_connection {
	struct web_server *server;
	TAILQ_ENTRY(web_connection) in_server;
	struct core_address peer;
	struct core_address local;
	uint64_t seated_us;
	struct net_stream *stream;
	struct web_framing framing;
	size_t framed_bytes; /* that it has read, and which are still to go on
			      */
	struct net_stranger *stranger; /* NULL: known, or at its end */
	bool known;
	bool ended;
	bool held;      /* nothing goes either way: it becomes a WebSocket */
	bool answering; /* what libmicrohttpd writes now was said by us */
	bool leaving;   /* libmicrohttpd is done with it */
	bool lingers;   /* what it still sends is to be read before it closes */
	bool lingering;
	int inner;  /* our end of the pair; -1: none */
	int theirs; /* the number of the other end, to know it again */
	uint32_t inner_wants;
	sd_event_source *inner_io;
	sd_event_source *deadline;
	struct web_request *request; /* under way; libmicrohttpd has it */
};

/* The arrival's descriptor and `stranger` are taken, also on failure. */
int web_connection_create(struct web_connection **out,
		struct web_server *server, const struct web_arrival *arrival,
		struct net_stranger *stranger);
void web_connection_destroy(struct web_connection *connection);
void web_connection_end(struct web_connection *connection);
void web_connection_set_known(struct web_connection *connection);

/* May so much more wait for it and for the others? */
bool web_connection_may_carry(
		const struct web_connection *connection, size_t bytes);

/* What there is time for from now on; 0: whatever takes as long as it takes. */
void web_connection_allow(struct web_connection *connection, uint64_t us);

/*
 * All that libmicrohttpd has written so far, which is no more than a pair
 * holds.
 */
void web_connection_fetch_rest(struct web_connection *connection);

/* The same, and send it. */
void web_connection_fetch_all(struct web_connection *connection);

/* Nothing of a request has come. */
bool web_connection_is_silent(const struct web_connection *connection);

/* ---- web/exchange.c: what libmicrohttpd calls -----------------------------*/

struct web_request {
	struct web_server *server;
	struct web_connection *connection; /* NULL: it is gone */
	struct MHD_Connection *mhd;
	const char *method;
	char *uri_text;
	struct web_uri uri;
	void *data;
	bool begun;     /* its headers were looked at */
	bool handed;    /* the handler knows it */
	bool whole;     /* so is its body here */
	bool answered;  /* nobody but us has to do with it any more */
	bool suspended; /* libmicrohttpd waits for us */
	bool too_much;  /* of a body whose length was not said */
	struct core_bytes *body;
	size_t body_used;
	size_t body_max;
	unsigned status;
	size_t carried; /* bytes of the answer's body, until it is all gone */
	struct MHD_Response *response; /* until it is queued */
	struct web_stream *stream;     /* what answers it, if that is one */

	/* If that is a WebSocket: until it has its stream, or has lost it. */
	void (*upgrade)(void *context, struct net_stream *stream,
			const struct core_address *peer);
	void *upgrade_context;
	struct MHD_UpgradeResponseHandle *upgraded; /* the 101 has been sent */
	bool ahead; /* bytes came before it was */
};

void *web_exchange_on_uri(
		void *context, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result web_exchange_on_access(void *context,
		struct MHD_Connection *mhd, const char *url, const char *method,
		const char *version, const char *upload, size_t *upload_size,
		void **request);
void web_exchange_on_completed(void *context, struct MHD_Connection *mhd,
		void **request, enum MHD_RequestTerminationCode code);

/* Its connection is gone. */
void web_exchange_abandon(struct web_request *request);

void web_exchange_suspend(struct web_request *request);
void web_exchange_resume(struct web_request *request);

/* ---- web/check.c ----------------------------------------------------------*/

/* May the handler see it? If not, it is answered. */
bool web_check_headers(struct web_request *request, const char *version);

/* ---- web/stream.c ---------------------------------------------------------*/

/* Its reader is gone: say so, if somebody wants to know. */
void web_stream_abandon(struct web_stream *stream);

/* ---- web/upgrade.c --------------------------------------------------------*/

/* The answer is in the pair: the stream changes its owner. */
void web_upgrade_finish(struct web_connection *connection);

/* It will not come to that. */
void web_upgrade_call_off(struct web_request *request);

/* libmicrohttpd may close its end. */
void web_upgrade_release(struct web_request *request);

/* ---- web/reply.c ----------------------------------------------------------*/

/* Takes the response; NULL: there was no memory for it. */
void web_reply_with(struct web_request *request, unsigned status,
		const struct web_header *headers, size_t headers_n,
		const char *type, struct MHD_Response *response);
