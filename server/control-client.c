/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/control-client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_S 10
#define LOOK_EVERY_MS 250
#define REPLY_MAX_BYTES ((size_t)64 << 20) /* a picture, in base64 */
#define REPLY_FIRST_BYTES ((size_t)16 << 10)

static int open_socket(const char *path)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			    sizeof(patience)) == -1 ||
			setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
					sizeof(patience)) == -1 ||
			connect(fd, (const struct sockaddr *)&address,
					sizeof(address)) == -1) {
		int rc = -errno;

		close(fd);
		return rc;
	}
	return fd;
}

static int send_all(int fd, const char *line, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(fd, line, length, MSG_NOSIGNAL);

		if (sent == -1 && errno == EINTR)
			continue;
		/*
		 * A daemon that turns us away has hung up by now, and its
		 * reason waits to be read.
		 */
		if (sent == -1 && errno == EPIPE)
			return 0;
		if (sent == -1)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		line += sent;
		length -= (size_t)sent;
	}
	return 0;
}

static int send_request(int fd, const json_t *request)
{
	char *line = json_dumps(request, JSON_COMPACT);
	size_t length;
	int rc;

	if (!line)
		return -ENOMEM;
	length = strlen(line);
	line[length] = '\n'; /* in the place of its NUL */
	rc = send_all(fd, line, length + 1);
	explicit_bzero(line, length);
	free(line);
	return rc;
}

/* Until the newline, or the end of a peer that only had a few words to say. */
static int read_reply(int fd, char **reply, size_t *size)
{
	size_t room = 0;

	for (;;) {
		ssize_t got;

		if (*size == room) {
			char *larger;

			room = room ? 2 * room : REPLY_FIRST_BYTES;
			if (room > REPLY_MAX_BYTES)
				return -EPROTO;
			larger = realloc(*reply, room);
			if (!larger)
				return -ENOMEM;
			*reply = larger;
		}
		got = recv(fd, *reply + *size, room - *size, 0);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		*size += (size_t)got;
		if (got == 0 || (*reply)[*size - 1] == '\n')
			return 0;
	}
}

static int parse_reply(const char *reply, size_t size, json_t **result)
{
	json_t *object = json_loadb(reply, size, 0, NULL);
	json_t *value;
	int rc;

	if (json_is_true(json_object_get(object, "ok"))) {
		value = json_object_get(object, "result");
		rc = value ? 0 : -EPROTO;
	} else {
		value = object;
		rc = json_is_string(json_object_get(object, "error"))
				? -EREMOTEIO
				: -EPROTO;
	}
	if (rc != -EPROTO)
		*result = json_incref(value);
	json_decref(object);
	return rc;
}

/* Asks, and reads the reply and perhaps some of what is behind it. */
static int ask(const char *path, const json_t *request, int *fd, char **reply,
		size_t *size)
{
	int rc;

	*reply = NULL;
	*size = 0;
	*fd = open_socket(path);
	if (*fd < 0)
		return *fd;
	rc = send_request(*fd, request);
	if (rc == 0)
		rc = read_reply(*fd, reply, size);
	return rc;
}

static void finish(int fd, char *reply)
{
	free(reply);
	if (fd >= 0)
		close(fd);
}

int server_control_call(
		const char *path, const json_t *request, json_t **result)
{
	char *reply;
	size_t size;
	int fd;
	int rc = ask(path, request, &fd, &reply, &size);

	*result = NULL;
	if (rc == 0)
		rc = parse_reply(reply, size, result);
	finish(fd, reply);
	return rc;
}

/* ---- an answer without end ----------------------------------------------- */

/* 0: nothing came for now. */
static ssize_t receive(int fd, char *bytes, size_t size)
{
	struct pollfd it = {.fd = fd, .events = POLLIN};
	ssize_t got;

	if (poll(&it, 1, LOOK_EVERY_MS) <= 0)
		return 0;
	got = recv(fd, bytes, size, MSG_DONTWAIT);
	if (got == 0)
		return -ECONNRESET;
	if (got == -1)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	return got;
}

static int follow(int fd, const struct server_cli_sink *sink)
{
	char bytes[4096];
	unsigned silent = 0;
	ssize_t rc = 0;

	while (rc >= 0 && !sink->is_over(sink->context)) {
		rc = receive(fd, bytes, sizeof(bytes));
		silent = rc == 0 ? silent + 1 : 0;
		if (silent > SERVER_CLI_SILENCE_S * 1000 / LOOK_EVERY_MS)
			rc = -ETIMEDOUT;
		if (rc > 0)
			rc = sink->take(sink->context, bytes, (size_t)rc);
	}
	return rc < 0 ? (int)rc : 0;
}

int server_control_follow(const char *path, const json_t *request,
		json_t **result, const struct server_cli_sink *sink)
{
	char *reply, *end;
	size_t size, head;
	int fd;
	int rc = ask(path, request, &fd, &reply, &size);

	*result = NULL;
	if (rc == 0) {
		end = memchr(reply, '\n', size);
		head = end ? (size_t)(end + 1 - reply) : size;
		rc = parse_reply(reply, head, result);
		if (rc == 0 && size > head)
			rc = sink->take(sink->context, reply + head,
					size - head);
	}
	if (rc == 0)
		rc = follow(fd, sink);
	finish(fd, reply);
	return rc;
}
