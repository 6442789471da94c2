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

struct server_control_stream {
	struct connection *connection; /* NULL: it is none */
	void (*closed)(void *context);
	void *context;
};

struct connection {
	struct server_control *control;
	int fd;    /* -1: the place is free */
	uid_t uid; /* of who is at the other end */
	sd_event_source *source;
	sd_event_source *idle;
	bool closing; /* after the reply that is being sent */
	struct server_control_call *call; /* NULL: none is under way */
	struct server_control_stream stream;
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
	const struct server_control_stream stream = connection->stream;

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
	if (stream.connection)
		stream.closed(stream.context);
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

/* From now on it may say and take nothing for so long, or for ever. */
static void set_idle(struct connection *connection, bool limited)
{
	sd_event_source_set_time_relative(
			connection->idle, SERVER_CONTROL_IDLE_US);
	sd_event_source_set_enabled(connection->idle,
			limited ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
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
	set_idle(connection,
			!connection->stream.connection || connection->closing);
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
	bool asks = !connection->out && !connection->stream.connection;
	int rc = asks ? take_line(connection) : 0;

	if (rc == 0 && connection->out)
		rc = send_some(connection);
	return rc == 0 && connection->closing ? -ENODATA : rc;
}

/* While a call or a stream is under way, only that the peer hangs up. */
static void want(struct connection *connection)
{
	bool asks = !connection->call && !connection->stream.connection;
	uint32_t events = asks ? EPOLLIN : 0;

	if (connection->out || connection->closing ||
			(asks && has_line(connection)))
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

/* ---- streams ------------------------------------------------------------- */

static size_t count_streams(const struct server_control *control)
{
	size_t streams_n = 0;

	for (size_t i = 0; i < SERVER_CONTROL_CONNECTIONS_MAX; i++)
		streams_n += control->connections[i].stream.connection != NULL;
	return streams_n;
}

/* Takes `head` on success. */
static int begin_stream(struct connection *connection, json_t *head)
{
	int rc = count_streams(connection->control) ==
					SERVER_CONTROL_STREAMS_MAX
			? -EUSERS
			: 0;

	return rc < 0 ? rc : queue_reply(connection, json_incref(head));
}

int server_control_stream_begin(struct server_control_call *call, json_t *head,
		void (*closed)(void *context), void *context,
		struct server_control_stream **out)
{
	struct connection *connection = call->connection;
	int rc = connection ? begin_stream(connection, head) : -EPIPE;

	json_decref(head);
	*out = NULL;
	if (rc < 0)
		return rc;
	free(call);
	connection->call = NULL;
	connection->stream = (struct server_control_stream){
			connection, closed, context};
	want(connection);
	*out = &connection->stream;
	return 0;
}

/* Behind what waits. */
static int append(struct connection *connection, const void *bytes, size_t size)
{
	size_t waiting = connection->out
			? connection->out_size - connection->out_sent
			: 0;
	char *larger;

	if (size > SERVER_CONTROL_STREAM_MAX_BYTES - waiting)
		return -ENOBUFS;
	if (waiting > 0)
		memmove(connection->out, connection->out + connection->out_sent,
				waiting);
	larger = realloc(connection->out, waiting + size);
	if (!larger)
		return -ENOBUFS;
	memcpy(larger + waiting, bytes, size);
	connection->out = larger;
	connection->out_size = waiting + size;
	connection->out_sent = 0;
	return 0;
}

int server_control_stream_write(struct server_control_stream *stream,
		const void *bytes, size_t size)
{
	struct connection *connection = stream->connection;
	int rc = connection->closing ? -ENOBUFS : 0;

	if (rc == 0 && !connection->out)
		set_idle(connection, true); /* until it has taken them */
	if (rc == 0)
		rc = append(connection, bytes, size);
	if (rc < 0)
		server_control_stream_end(stream);
	else
		want(connection);
	return rc;
}

/* Not from within: whoever ends it may be walking over the streams. */
void server_control_stream_end(struct server_control_stream *stream)
{
	if (!stream->connection->closing)
		set_idle(stream->connection, true);
	stream->connection->closing = true;
	want(stream->connection);
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
