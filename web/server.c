/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "net/source.h"
#include "web/private.h"

/*
 * libmicrohttpd's memory of one connection: headers, what it makes of them, and
 * the headers of the reply. Bodies are ours.
 */
#define MEMORY_BYTES ((size_t)32 << 10)

/* Ours and as many that we have left and it has not noticed yet. */
#define CONNECTIONS_MAX (2 * (WEB_KNOWN_MAX + NET_STRANGERS_MAX))

/* Silent for so long, a connection gives way to another of its source. */
#define SILENT_US CLOCK_US_PER_S

/*
 * How often those that wait are looked after besides: a place may have been
 * given back at another listener, or somebody been silent for long enough.
 */
#define LOOK_US (50 * CLOCK_US_PER_MS)
#define LOOK_ACCURACY_US (10 * CLOCK_US_PER_MS)

/* ---- libmicrohttpd in the loop --------------------------------------------*/

void web_server_run_soon(struct web_server *server)
{
	sd_event_source_set_enabled(server->soon, SD_EVENT_ONESHOT);
}

/* All timers are ours, so that the only time it knows is "at once". */
static void run(struct web_server *server)
{
	MHD_UNSIGNED_LONG_LONG ms;

	MHD_run(server->daemon);
	if (MHD_get_timeout(server->daemon, &ms) == MHD_YES && ms == 0)
		web_server_run_soon(server);
}

static int on_io(sd_event_source *source, int fd, uint32_t revents,
		void *userdata)
{
	(void)source;
	(void)fd;
	(void)revents;
	run(userdata);
	return 0;
}

static int on_soon(sd_event_source *source, void *userdata)
{
	(void)source;
	run(userdata);
	return 0;
}

/* '%' is ours to undo, segment by segment: web/uri.h. */
static size_t keep_as_it_is(
		void *context, struct MHD_Connection *mhd, char *text)
{
	(void)context;
	(void)mhd;
	return strlen(text);
}

static int start_daemon(struct web_server *server)
{
	const union MHD_DaemonInfo *info;

	server->daemon = MHD_start_daemon(MHD_USE_EPOLL |
					MHD_USE_NO_LISTEN_SOCKET |
					MHD_ALLOW_SUSPEND_RESUME |
					MHD_ALLOW_UPGRADE,
			0, NULL, NULL, web_exchange_on_access, server,
			MHD_OPTION_URI_LOG_CALLBACK, web_exchange_on_uri,
			server, MHD_OPTION_NOTIFY_COMPLETED,
			web_exchange_on_completed, server,
			MHD_OPTION_UNESCAPE_CALLBACK, keep_as_it_is, NULL,
			MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_BYTES,
			MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
#if MHD_VERSION >= 0x00097701
			MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1,
#else
			MHD_OPTION_STRICT_FOR_CLIENT, 1,
#endif
			MHD_OPTION_END);
	if (!server->daemon)
		return -ENOMEM;
	info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return -ENOSYS;
	return sd_event_add_io(server->event, &server->io, info->epoll_fd,
			EPOLLIN, on_io, server);
}

/* ---- connections come and go ----------------------------------------------*/

static void bury(struct web_server *server, struct web_connection *connection)
{
	TAILQ_REMOVE(&server->connections, connection, in_server);
	server->connections_n--;
	server->known_n -= connection->known;
	if (connection->request)
		web_exchange_abandon(connection->request);
	web_connection_destroy(connection);
}

static const char *refusal(int rc)
{
	switch (rc) {
	case -EUSERS:
		return "too many that have not said who they are";
	case -EDQUOT:
		return "too many from there that have not said who they are";
	case -ENOKEY:
		return "there is no certificate to show";
	default:
		return strerrordesc_np(-rc);
	}
}

static bool same_source(
		const struct core_address *a, const struct core_address *b)
{
	struct net_source one = net_source_of(a), other = net_source_of(b);

	return net_source_equal(&one, &other);
}

/* Browsers connect ahead of what they might want: whoever wants goes first. */
static bool end_silent(
		struct web_server *server, const struct core_address *peer)
{
	uint64_t before_us = clock_now_us() - SILENT_US;
	struct web_connection *connection;

	TAILQ_FOREACH(connection, &server->connections, in_server)
	{
		if (connection->stranger && connection->seated_us < before_us &&
				web_connection_is_silent(connection) &&
				same_source(&connection->peer, peer)) {
			web_connection_end(connection);
			return true;
		}
	}
	return false;
}

static int admit(struct web_server *server, const struct core_address *peer,
		struct net_stranger **stranger)
{
	int rc = net_doorkeeper_admit(server->doorkeeper, peer, stranger);

	if (rc == -EDQUOT && end_silent(server, peer))
		rc = net_doorkeeper_admit(server->doorkeeper, peer, stranger);
	return rc;
}

/* The arrival's descriptor is taken, also on failure. */
static int seat(struct web_server *server, const struct web_arrival *arrival,
		struct net_stranger *stranger)
{
	struct web_connection *connection;
	int rc = web_connection_create(&connection, server, arrival, stranger);

	if (rc < 0)
		return rc;
	TAILQ_INSERT_TAIL(&server->connections, connection, in_server);
	server->connections_n++;
	return 0;
}

static void turn_away(struct web_server *server,
		const struct core_address *peer, int rc)
{
	char text[CORE_ADDRESS_TEXT_BYTES];

	core_address_format(peer, text);
	net_doorkeeper_log(server->doorkeeper, "%s: %s turned away: %s",
			server->name, text, refusal(rc));
}

static int look_soon(struct web_server *server)
{
	int rc = sd_event_source_set_time_relative(server->look, LOOK_US);

	return rc < 0 ? rc
		      : sd_event_source_set_enabled(
					server->look, SD_EVENT_ONESHOT);
}

/*
 * Only whose own source has no place left waits. Who comes later does not put
 * off looking after those that were there before.
 */
static int queue_up(
		struct web_server *server, const struct web_arrival *arrival)
{
	int rc = server->waiting.n == 0 ? look_soon(server) : 0;

	return rc < 0 ? rc : web_queue_add(&server->waiting, arrival);
}

static void on_accepted(void *context, int fd, const struct core_address *peer)
{
	struct web_server *server = context;
	const struct web_arrival arrival = {
			.fd = fd, .peer = *peer, .came_us = clock_now_us()};
	struct net_stranger *stranger;
	int rc = admit(server, peer, &stranger);

	if (rc == 0) {
		rc = seat(server, &arrival, stranger);
	} else {
		if (rc == -EDQUOT)
			rc = queue_up(server, &arrival);
		if (rc < 0)
			close(fd);
	}
	if (rc < 0)
		turn_away(server, peer, rc);
}

/* False: it waits on. */
static bool end_waiting(
		struct web_server *server, const struct web_arrival *arrival)
{
	struct net_stranger *stranger;
	int rc;

	if (clock_now_us() >= arrival->came_us + server->request_us) {
		close(arrival->fd);
		turn_away(server, &arrival->peer, -EDQUOT);
		return true;
	}
	if (admit(server, &arrival->peer, &stranger) < 0)
		return false;
	rc = seat(server, arrival, stranger);
	if (rc < 0)
		turn_away(server, &arrival->peer, rc);
	return true;
}

static void look_who_waits(struct web_server *server)
{
	size_t at = 0;

	while (at < server->waiting.n) {
		struct web_arrival arrival = server->waiting.arrivals[at];

		if (end_waiting(server, &arrival))
			web_queue_remove(&server->waiting, at);
		else
			at++;
	}
}

static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct web_server *server = userdata;

	(void)source;
	(void)usec;
	look_who_waits(server);
	if (server->waiting.n > 0)
		look_soon(server);
	return 0;
}

/*
 * A connection ends deep inside its own calls, and is taken apart here. Its
 * place was free before.
 */
static int on_reap(sd_event_source *source, void *userdata)
{
	struct web_server *server = userdata;
	struct web_connection *connection = TAILQ_FIRST(&server->connections);

	(void)source;
	while (connection) {
		struct web_connection *next = TAILQ_NEXT(connection, in_server);

		if (!connection->ended && connection->request &&
				connection->request->upgraded)
			web_upgrade_finish(connection);
		if (connection->ended)
			bury(server, connection);
		connection = next;
	}
	look_who_waits(server);
	return 0;
}

/* ---- opening and closing --------------------------------------------------*/

static int copy_names(struct web_server *server,
		const struct web_server_options *options)
{
	server->name = strdup(options->name);
	if (!server->name)
		return -ENOMEM;
	if (options->names_n == 0)
		return 0;
	server->names = calloc(options->names_n, sizeof(char *));
	if (!server->names)
		return -ENOMEM;
	for (; server->names_n < options->names_n; server->names_n++) {
		server->names[server->names_n] =
				strdup(options->names[server->names_n]);
		if (!server->names[server->names_n])
			return -ENOMEM;
	}
	return 0;
}

static int add_deferred(struct web_server *server, sd_event_source **source,
		sd_event_handler_t handler)
{
	int rc = sd_event_add_defer(server->event, source, handler, server);

	return rc < 0 ? rc : sd_event_source_set_enabled(*source, SD_EVENT_OFF);
}

static int start(struct web_server *server,
		const struct web_server_options *options)
{
	int rc = copy_names(server, options);

	if (rc < 0)
		return rc;
	rc = add_deferred(server, &server->soon, on_soon);
	if (rc < 0)
		return rc;
	rc = add_deferred(server, &server->reaper, on_reap);
	if (rc < 0)
		return rc;
	rc = sd_event_add_time(server->event, &server->look, CLOCK_MONOTONIC, 0,
			LOOK_ACCURACY_US, on_look, server);
	if (rc < 0)
		return rc;
	sd_event_source_set_enabled(server->look, SD_EVENT_OFF);
	rc = start_daemon(server);
	if (rc < 0)
		log_error_errno(rc, "%s: cannot start HTTP", server->name);
	return rc;
}

/* It comes last: nothing fails once it has taken a descriptor. */
static int listen_as_told(struct web_server *server,
		const struct web_server_options *options)
{
	if (options->listen_fd != -1)
		return net_listener_create_from_fd(&server->listener,
				server->event, server->name, options->listen_fd,
				on_accepted, server);
	return net_listener_create(&server->listener, server->event,
			server->name, &options->listen, on_accepted, server);
}

int web_server_create(struct web_server **out, sd_event *event,
		const struct web_server_options *options,
		const struct web_handler *handler, void *context)
{
	struct web_server *server = calloc(1, sizeof(*server));
	int rc;

	*out = NULL;
	if (!server)
		return -ENOMEM;
	TAILQ_INIT(&server->connections);
	server->event = event;
	server->tls = options->tls;
	server->doorkeeper = options->doorkeeper;
	server->handler = handler;
	server->context = context;
	server->request_us = options->request_us ? options->request_us
						 : WEB_REQUEST_US;
	rc = start(server, options);
	if (rc < 0)
		goto fail;
	rc = listen_as_told(server, options);
	if (rc < 0)
		goto fail;
	*out = server;
	return 0;

fail:
	web_server_destroy(server);
	return rc;
}

/* Those who wait are told first; then libmicrohttpd finds its ends closed. */
static void end_all(struct web_server *server)
{
	struct web_connection *connection;

	while ((connection = TAILQ_FIRST(&server->connections))) {
		web_connection_end(connection);
		bury(server, connection);
	}
}

void web_server_destroy(struct web_server *server)
{
	if (!server)
		return;
	net_listener_destroy(server->listener);
	web_queue_finish(&server->waiting);
	end_all(server);
	sd_event_source_disable_unref(server->io);
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	sd_event_source_disable_unref(server->soon);
	sd_event_source_disable_unref(server->reaper);
	sd_event_source_disable_unref(server->look);
	for (size_t i = 0; i < server->names_n; i++)
		free(server->names[i]);
	free(server->names);
	free(server->name);
	free(server);
}

void web_server_get_address(
		const struct web_server *server, struct core_address *address)
{
	net_listener_get_address(server->listener, address);
}

size_t web_server_count(const struct web_server *server, size_t *known)
{
	*known = server->known_n;
	return server->connections_n;
}
