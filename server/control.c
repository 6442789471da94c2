/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/control.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/address.h"
#include "core/log.h"
#include "net/listener.h"

#define GROUPS_MAX 256
#define LINE_FIRST_BYTES ((size_t)4 << 10)

struct connection {
	struct server_control *control;
	int fd;    /* -1: the place is free */
	uid_t uid; /* of who is at the other end */
	sd_event_source *source;
	sd_event_source *idle;
	bool closing; /* after the reply that is being sent */
	struct server_control_call *call; /* NULL: none is under way */
	char *in; /* grows as a line does, up to the most that it may be */
	size_t in_room;
	size_t in_used;
	char *out; /* NULL: nothing to send */
	size_t out_size;
	size_t out_sent;
};

struct server_control_call {
	struct connection *connection; /* NULL: it is gone */
};

struct server_control {
	sd_event *event;
	server_control_asked *asked;
	void *context;
	struct net_listener *listener;
	gid_t group; /* of the socket's file */
	struct connection connections[SERVER_CONTROL_CONNECTIONS_MAX];
};

/* ---- one connection ------------------------------------------------------ */

static void drop(struct connection *connection)
{
	sd_event_source_disable_unref(connection->source);
	sd_event_source_disable_unref(connection->idle);
	if (connection->fd != -1)
		close(connection->fd);
	free(connection->in);
	free(connection->out);
	if (connection->call)
		connection->call->connection = NULL;
	*connection = (struct connection){
			.control = connection->control, .fd = -1};
}

/* Takes `reply`. */
static int queue_reply(struct connection *connection, json_t *reply)
{
	char *text = reply ? json_dumps(reply, JSON_COMPACT) : NULL;

	json_decref(reply);
	if (!text)
		return -ENOMEM;
	connection->out = text;
	connection->out_size = strlen(text);
	text[connection->out_size++] = '\n'; /* in the place of its NUL */
	connection->out_sent = 0;
	return 0;
}

static int queue_error(struct connection *connection, const char *text)
{
	return queue_reply(connection,
			json_pack("{s:b, s:s}", "ok", 0, "error", text));
}

static int ask(struct connection *connection, json_t *request)
{
	struct server_control *control = connection->control;
	struct server_control_call *call = calloc(1, sizeof(*call));

	if (!call)
		return -ENOMEM;
	call->connection = connection;
	connection->call = call;
	control->asked(control->context, connection->uid, request, call);
	return 0;
}

static int answer_line(
		struct connection *connection, const char *line, size_t length)
{
	json_t *request =
			json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	int rc;

	if (!request)
		return queue_error(connection, "this line is not JSON");
	rc = ask(connection, request);
	json_decref(request);
	return rc;
}

static bool has_line(const struct connection *connection)
{
	return connection->in &&
			memchr(connection->in, '\n', connection->in_used);
}

/* Takes one line out of what has been read, if there is one. */
static int take_line(struct connection *connection)
{
	char *end = NULL;
	size_t length;
	int rc;

	if (connection->in)
		end = memchr(connection->in, '\n', connection->in_used);
	if (!end && connection->in_used < SERVER_CONTROL_LINE_MAX_BYTES)
		return 0;
	if (!end) {
		connection->closing = true;
		return queue_error(connection, "this line is too long");
	}
	length = (size_t)(end - connection->in);
	rc = answer_line(connection, connection->in, length);
	connection->in_used -= length + 1;
	memmove(connection->in, end + 1, connection->in_used);
	return rc;
}

/* -EAGAIN: the peer does not read; the rest goes out later. */
static int send_some(struct connection *connection)
{
	while (connection->out_sent < connection->out_size) {
		ssize_t sent = send(connection->fd,
				connection->out + connection->out_sent,
				connection->out_size - connection->out_sent,
				MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent == -1 && errno == EINTR)
			continue;
		if (sent == -1)
			return -errno;
		connection->out_sent += (size_t)sent;
	}
	free(connection->out);
	connection->out = NULL;
	sd_event_source_set_time_relative(
			connection->idle, SERVER_CONTROL_IDLE_US);
	return 0;
}

static int make_room(struct connection *connection)
{
	size_t room = connection->in ? 2 * connection->in_room
				     : LINE_FIRST_BYTES;
	char *larger;

	if (connection->in_used < connection->in_room)
		return 0;
	larger = realloc(connection->in, room);
	if (!larger)
		return -ENOMEM;
	connection->in = larger;
	connection->in_room = room;
	return 0;
}

/* Only whole requests and replies count against idling: see send_some. */
static int read_some(struct connection *connection)
{
	int rc = make_room(connection);
	ssize_t got;

	if (rc < 0)
		return rc;
	got = recv(connection->fd, connection->in + connection->in_used,
			connection->in_room - connection->in_used,
			MSG_DONTWAIT);
	if (got == -1)
		return errno == EINTR ? -EAGAIN : -errno;
	if (got == 0)
		return -ENODATA;
	connection->in_used += (size_t)got;
	return 0;
}

/*
 * One request a turn, and its reply goes out before the next one is looked at:
 * who asks a lot at once shares the loop with the viewers.
 */
static int work(struct connection *connection)
{
	int rc = connection->out ? 0 : take_line(connection);

	if (rc == 0 && connection->out)
		rc = send_some(connection);
	return rc == 0 && connection->closing ? -ENODATA : rc;
}

/* While a call is under way, only that the peer hangs up. */
static void want(struct connection *connection)
{
	uint32_t events = connection->call ? 0 : EPOLLIN;

	if (connection->out || connection->closing ||
			(has_line(connection) && !connection->call))
		events = EPOLLOUT;
	sd_event_source_set_io_events(connection->source, events);
}

static int on_ready(sd_event_source *source, int fd, uint32_t events,
		void *userdata)
{
	struct connection *connection = userdata;
	int rc = 0;

	(void)source;
	(void)fd;
	if (events & EPOLLIN)
		rc = read_some(connection);
	else if (events & (EPOLLERR | EPOLLHUP))
		rc = -ENODATA;
	if (rc == 0)
		rc = work(connection);
	if (rc < 0 && rc != -EAGAIN) {
		drop(connection);
		return 0;
	}
	want(connection);
	return 0;
}

void server_control_reply(struct server_control_call *call, json_t *reply)
{
	struct connection *connection = call->connection;

	free(call);
	if (!connection) {
		json_decref(reply);
		return;
	}
	connection->call = NULL;
	/* Not dropped here: its own turn may be what this is called from. */
	if (queue_reply(connection, reply) < 0)
		connection->closing = true;
	want(connection);
}

static int on_idle(sd_event_source *source, uint64_t due_us, void *userdata)
{
	(void)source;
	(void)due_us;
	drop(userdata);
	return 0;
}

/* ---- the socket ---------------------------------------------------------- */

static bool has_group(int fd, gid_t group)
{
	gid_t groups[GROUPS_MAX];
	socklen_t size = sizeof(groups);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) == -1)
		return false;
	for (size_t i = 0; i < size / sizeof(groups[0]); i++)
		if (groups[i] == group)
			return true;
	return false;
}

static bool may_connect(
		const struct server_control *control, int fd, uid_t *uid)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == -1)
		return false;
	*uid = peer.uid;
	return peer.uid == 0 || peer.uid == geteuid() ||
			peer.gid == control->group ||
			has_group(fd, control->group);
}

/* One line before the door is closed; if it does not fit, then not. */
static void turn_away(int fd, const char *line)
{
	ssize_t sent = send(
			fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);

	(void)sent;
	close(fd);
}

static struct connection *find_free(struct server_control *control)
{
	for (size_t i = 0; i < SERVER_CONTROL_CONNECTIONS_MAX; i++)
		if (control->connections[i].fd == -1)
			return &control->connections[i];
	return NULL;
}

static void welcome(struct connection *connection, int fd, uid_t uid)
{
	sd_event *event = connection->control->event;
	int rc;

	connection->fd = fd;
	connection->uid = uid;
	rc = sd_event_add_io(event, &connection->source, fd, EPOLLIN, on_ready,
			connection);
	if (rc >= 0)
		rc = sd_event_add_time_relative(event, &connection->idle,
				CLOCK_MONOTONIC, SERVER_CONTROL_IDLE_US, 0,
				on_idle, connection);
	if (rc < 0) {
		log_warning_errno(rc, "control socket: connection refused");
		drop(connection);
	}
}

static void on_connect(void *context, int fd, const struct core_address *peer)
{
	struct server_control *control = context;
	struct connection *connection;
	uid_t uid;

	(void)peer; /* Unix sockets that connect have no name */
	if (!may_connect(control, fd, &uid)) {
		turn_away(fd, "{\"ok\":false,\"error\":\"not allowed\"}\n");
		return;
	}
	connection = find_free(control);
	if (!connection)
		turn_away(fd, "{\"ok\":false,\"error\":\"too many connections\"}\n");
	else
		welcome(connection, fd, uid);
}

static int start(struct server_control *control, const char *path)
{
	char text[CORE_ADDRESS_TEXT_BYTES];
	struct core_address address;
	struct stat status;
	int rc = -EINVAL;

	if (snprintf(text, sizeof(text), "unix:%s", path) < (int)sizeof(text))
		rc = core_address_parse(&address, text);
	if (rc < 0) {
		log_error("control socket: %s is no absolute path of at most 107 bytes",
				path);
		return rc;
	}
	rc = net_listener_create(&control->listener, control->event,
			"control socket", &address, on_connect, control);
	if (rc < 0)
		return rc;
	if (lstat(path, &status) == -1)
		return -errno;
	control->group = status.st_gid;
	return 0;
}

int server_control_create(struct server_control **out, sd_event *event,
		const char *path, server_control_asked *asked, void *context)
{
	struct server_control *control = calloc(1, sizeof(*control));
	int rc;

	*out = NULL;
	if (!control)
		return -ENOMEM;
	control->event = event;
	control->asked = asked;
	control->context = context;
	for (size_t i = 0; i < SERVER_CONTROL_CONNECTIONS_MAX; i++)
		control->connections[i] = (struct connection){
				.control = control, .fd = -1};
	rc = start(control, path);
	if (rc < 0)
		goto fail;
	*out = control;
	return 0;

fail:
	server_control_destroy(control);
	return rc;
}

void server_control_destroy(struct server_control *control)
{
	if (!control)
		return;
	for (size_t i = 0; i < SERVER_CONTROL_CONNECTIONS_MAX; i++)
		drop(&control->connections[i]);
	net_listener_destroy(control->listener);
	free(control);
}
