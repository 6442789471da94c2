/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/min-max.h"
#include "net/source.h"
#include "web/protect.h"

/* While so much waits for the network, no more is fetched. */
#define QUEUE_BYTES ((size_t)64 << 10)
#define FETCH_BYTES ((size_t)16 << 10)

/* What the kernel may hold of a pair, each way. */
#define PAIR_BYTES (32 << 10)

/* For reading what a client still sends that has its answer already. */
#define LINGER_US CLOCK_US_PER_S

/* How far a stranger has come, for the doorkeeper. */
enum progress {
	PROGRESS_SPEAKS = 1,
};

/* ---- time -----------------------------------------------------------------*/

void web_connection_allow(struct web_connection *connection, uint64_t us)
{
	sd_event_source *timer = connection->deadline;

	if (us > 0)
		sd_event_source_set_time(timer, clock_now_us() + us);
	sd_event_source_set_enabled(
			timer, us > 0 ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	web_connection_end(userdata);
	return 0;
}

/* ---- the pair -------------------------------------------------------------*/

static void close_inner(struct web_connection *connection)
{
	sd_event_source_disable_unref(connection->inner_io);
	connection->inner_io = NULL;
	if (connection->inner != -1)
		close(connection->inner);
	connection->inner = -1;
}

static void leave(struct web_connection *connection)
{
	if (net_stream_queued(connection->stream) > 0)
		return; /* `drained` will tell */
	if (!connection->lingers)
		web_connection_end(connection);
	else if (!connection->lingering)
		web_connection_allow(connection, LINGER_US);
	connection->lingering = true;
}

/* Nothing wanted is nothing polled: the end of a pair shows unasked. */
static void poll_inner(struct web_connection *connection, bool has_input)
{
	uint32_t wants = 0;

	if (connection->inner == -1)
		return;
	if (!connection->held &&
			net_stream_queued(connection->stream) < QUEUE_BYTES)
		wants |= EPOLLIN;
	if (has_input)
		wants |= EPOLLOUT;
	if (wants == connection->inner_wants)
		return;
	connection->inner_wants = wants;
	sd_event_source_set_io_events(connection->inner_io, wants);
	sd_event_source_set_enabled(connection->inner_io,
			wants ? SD_EVENT_ON : SD_EVENT_OFF);
}

/* libmicrohttpd has said all. */
static void over(struct web_connection *connection)
{
	close_inner(connection);
	connection->leaving = true;
}

static void settle(struct web_connection *connection)
{
	net_stream_flush(connection->stream);
	if (connection->leaving)
		leave(connection);
}

/*
 * What libmicrohttpd says of its own accord: that a body may come, or that it
 * has refused what web/framing found well, as it is too much for its memory.
 */
static void pass_back(struct web_connection *connection, const char *bytes,
		size_t size)
{
	unsigned status = MHD_HTTP_BAD_REQUEST;

	if (!connection->answering)
		sscanf(bytes, "HTTP/1.1 %3u ", &status);
	if (connection->answering || status == MHD_HTTP_CONTINUE) {
		net_stream_write(connection->stream, bytes, size);
		return;
	}
	web_protect_refuse(connection->stream, status,
			"there are too many headers",
			connection->server->tls != NULL);
	over(connection);
}

/* At most a block. */
static bool fetch_some(struct web_connection *connection)
{
	char bytes[FETCH_BYTES + 1];
	ssize_t got = recv(connection->inner, bytes, FETCH_BYTES, MSG_DONTWAIT);

	if (got == -1 && errno == EAGAIN)
		return false;
	if (got <= 0) {
		over(connection);
		return false;
	}
	bytes[got] = '\0';
	pass_back(connection, bytes, (size_t)got);
	return connection->inner != -1;
}

void web_connection_fetch_rest(struct web_connection *connection)
{
	while (connection->inner != -1 && fetch_some(connection))
		continue;
}

void web_connection_fetch_all(struct web_connection *connection)
{
	web_connection_fetch_rest(connection);
	settle(connection);
}

/* From libmicrohttpd to the network, as far as it takes more. */
static void fetch(struct web_connection *connection)
{
	while (connection->inner != -1 &&
			net_stream_queued(connection->stream) < QUEUE_BYTES &&
			fetch_some(connection))
		continue;
	settle(connection);
}

static bool may_be_refused(const struct web_connection *connection)
{
	const struct web_request *request = connection->request;

	return net_stream_queued(connection->stream) == 0 &&
			(!request || (!request->answered && !request->whole));
}

static void refuse(struct web_connection *connection,
		const struct web_framing_fault *fault)
{
	if (!may_be_refused(connection)) {
		web_connection_end(connection);
		return;
	}
	connection->lingers = true;
	web_protect_refuse(connection->stream, fault->status, fault->words,
			connection->server->tls != NULL);
	over(connection);
	settle(connection);
}

/* What libmicrohttpd may see of these bytes was looked at; false: it may not.
 */
static bool reads_well(struct web_connection *connection, const uint8_t *bytes,
		size_t size)
{
	const struct web_framing_fault *fault;

	if (connection->inner == -1)
		return true;
	fault = web_framing_read(&connection->framing,
			bytes + connection->framed_bytes,
			size - connection->framed_bytes);
	if (fault)
		refuse(connection, fault);
	return !fault;
}

/* From the network to libmicrohttpd; true: there is more than it takes. */
static bool pass_on(struct web_connection *connection)
{
	size_t size;
	const uint8_t *bytes = net_stream_peek(connection->stream, &size);
	ssize_t sent = (ssize_t)size;

	if (size == 0 || connection->held ||
			!reads_well(connection, bytes, size))
		return false;
	if (connection->inner != -1)
		sent = send(connection->inner, bytes, size,
				MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent == -1) /* it is full; or over, and nobody will read this */
		sent = errno == EAGAIN ? 0 : (ssize_t)size;
	net_stream_consume(connection->stream, (size_t)sent);
	connection->framed_bytes = size - (size_t)sent;
	return (size_t)sent < size;
}

static int on_inner(sd_event_source *source, int fd, uint32_t revents,
		void *userdata)
{
	struct web_connection *connection = userdata;
	bool more = connection->inner_wants & EPOLLOUT;

	(void)source;
	(void)fd;
	if (revents & (EPOLLOUT | EPOLLHUP | EPOLLERR) && more)
		more = pass_on(connection);
	if (connection->inner_wants & EPOLLIN && !connection->held)
		fetch(connection);
	poll_inner(connection, more);
	return 0;
}

/* What bore that number before was closed by libmicrohttpd. */
static void learn_theirs(struct web_connection *connection, int theirs)
{
	struct web_connection *other;

	TAILQ_FOREACH(other, &connection->server->connections, in_server)
	if (other->theirs == theirs)
		other->theirs = -1;
	connection->theirs = theirs;
}

static int open_inner(struct web_connection *connection)
{
	static const int bytes = PAIR_BYTES;
	const struct core_address *peer = &connection->peer;
	int pair[2];
	int rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
			    pair) == -1)
		return -errno;
	connection->inner = pair[0];
	learn_theirs(connection, pair[1]);
	for (size_t i = 0; i < 2; i++)
		setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF, &bytes,
				sizeof(bytes));
	connection->inner_wants = EPOLLIN;
	rc = sd_event_add_io(connection->server->event, &connection->inner_io,
			pair[0], EPOLLIN, on_inner, connection);
	if (rc < 0) {
		close(pair[1]);
		return rc;
	}
	/* Takes its end in any case. */
	if (MHD_add_connection(connection->server->daemon, pair[1],
			    (const struct sockaddr *)&peer->storage,
			    peer->length) != MHD_YES)
		return -ENOMEM;
	web_server_run_soon(connection->server);
	return 0;
}

/* ---- the stream -----------------------------------------------------------*/

static void on_readable(void *context)
{
	struct web_connection *connection = context;

	if (connection->ended)
		return;
	if (connection->inner == -1 && !connection->leaving) {
		if (open_inner(connection) < 0) {
			web_connection_end(connection);
			return;
		}
		if (connection->stranger)
			net_stranger_set_progress(
					connection->stranger, PROGRESS_SPEAKS);
	}
	poll_inner(connection, pass_on(connection));
}

static void on_drained(void *context)
{
	struct web_connection *connection = context;

	if (connection->ended)
		return;
	if (connection->leaving)
		leave(connection);
	else
		poll_inner(connection, connection->inner_wants & EPOLLOUT);
}

static void on_closed(void *context, int rc)
{
	struct web_connection *connection = context;
	const char *why = net_stream_get_why(connection->stream);
	char peer[CORE_ADDRESS_TEXT_BYTES];

	if (why && !connection->ended && connection->stranger) {
		core_address_format(&connection->peer, peer);
		net_doorkeeper_log(connection->server->doorkeeper,
				"%s: %s left: %s", connection->server->name,
				peer, why);
	}
	(void)rc;
	web_connection_end(connection);
}

static const struct net_stream_handler stream_handler = {
		.readable = on_readable,
		.drained = on_drained,
		.closed = on_closed,
};

/* ---- life -----------------------------------------------------------------*/

void web_connection_end(struct web_connection *connection)
{
	if (connection->ended)
		return;
	connection->ended = true;
	net_stranger_dismiss(connection->stranger);
	connection->stranger = NULL;
	close_inner(connection);
	web_connection_allow(connection, 0);
	sd_event_source_set_enabled(
			connection->server->reaper, SD_EVENT_ONESHOT);
}

static void on_displaced(void *context)
{
	web_connection_end(context);
}

static size_t count_known_of(const struct web_server *server,
		const struct core_address *peer)
{
	struct net_source source = net_source_of(peer);
	const struct web_connection *connection;
	size_t n = 0;

	TAILQ_FOREACH(connection, &server->connections, in_server)
	{
		struct net_source other = net_source_of(&connection->peer);

		n += connection->known && net_source_equal(&source, &other);
	}
	return n;
}

void web_connection_set_known(struct web_connection *connection)
{
	struct web_server *server = connection->server;

	if (connection->known || connection->ended ||
			server->known_n >= WEB_KNOWN_MAX ||
			count_known_of(server, &connection->peer) >=
					WEB_KNOWN_PER_SOURCE_MAX)
		return;
	connection->known = true;
	server->known_n++;
	net_stranger_dismiss(connection->stranger);
	connection->stranger = NULL;
	sd_event_source_set_enabled(server->reaper, SD_EVENT_ONESHOT);
}

bool web_connection_may_carry(
		const struct web_connection *connection, size_t bytes)
{
	struct net_source source = net_source_of(&connection->peer);
	const struct web_connection *other;
	size_t all = bytes, same = bytes;

	TAILQ_FOREACH(other, &connection->server->connections, in_server)
	{
		struct net_source from = net_source_of(&other->peer);
		size_t carried = other->request ? other->request->carried : 0;

		all += carried;
		same += net_source_equal(&source, &from) ? carried : 0;
	}
	return all <= WEB_BODIES_MAX_BYTES &&
			same <= WEB_BODIES_PER_SOURCE_MAX_BYTES;
}

bool web_connection_is_silent(const struct web_connection *connection)
{
	return connection->inner == -1 && !connection->leaving;
}

static int open_stream(struct web_connection *connection, int fd)
{
	struct web_server *server = connection->server;
	struct net_transport *transport;
	int rc;

	connection->local.length = sizeof(connection->local.storage);
	if (getsockname(fd, (struct sockaddr *)&connection->local.storage,
			    &connection->local.length) == -1)
		connection->local.storage.ss_family = AF_UNSPEC;
	rc = net_socket_create(&transport, fd);
	if (rc < 0) {
		close(fd);
		return rc;
	}
	rc = net_stream_create(&connection->stream, server->event, transport, 0,
			&stream_handler, connection);
	if (rc < 0) {
		net_transport_destroy(transport);
		return rc;
	}
	net_stream_set_ahead(connection->stream, QUEUE_BYTES);
	if (!server->tls)
		return 0;
	return net_stream_start_tls(
			connection->stream, server->tls, NET_TLS_CERTIFICATE);
}

int web_connection_create(struct web_connection **out,
		struct web_server *server, const struct web_arrival *arrival,
		struct net_stranger *stranger)
{
	struct web_connection *connection = calloc(1, sizeof(*connection));
	int rc;

	*out = NULL;
	if (!connection) {
		net_stranger_dismiss(stranger);
		close(arrival->fd);
		return -ENOMEM;
	}
	connection->server = server;
	connection->peer = arrival->peer;
	connection->seated_us = clock_now_us();
	connection->inner = -1;
	connection->theirs = -1;
	connection->lingers = true;
	connection->stranger = stranger;
	net_stranger_set_displaced(stranger, on_displaced, connection);
	rc = open_stream(connection, arrival->fd);
	if (rc < 0)
		goto fail;
	rc = sd_event_add_time(server->event, &connection->deadline,
			CLOCK_MONOTONIC, arrival->came_us + server->request_us,
			0, on_deadline, connection);
	if (rc < 0)
		goto fail;
	*out = connection;
	return 0;

fail:
	web_connection_destroy(connection);
	return rc;
}

void web_connection_destroy(struct web_connection *connection)
{
	if (!connection)
		return;
	net_stranger_dismiss(connection->stranger);
	close_inner(connection);
	sd_event_source_disable_unref(connection->deadline);
	net_stream_destroy(connection->stream);
	free(connection);
}
