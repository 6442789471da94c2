/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/web/rig.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"

#define TOO_LONG_US (30 * CLOCK_US_PER_S)
#define HEADERS_MAX_BYTES ((size_t)64 << 10)

/* ---- the handler ----------------------------------------------------------*/

static void remember(struct rig *rig, struct web_request *request)
{
	const uint8_t *body = web_request_get_body(request, &rig->body_bytes);

	snprintf(rig->method, sizeof(rig->method), "%s",
			web_request_get_method(request));
	snprintf(rig->path, sizeof(rig->path), "%s",
			web_request_get_path(request));
	free(rig->body);
	rig->body = calloc(1, rig->body_bytes + 1);
	assert_non_null(rig->body);
	if (rig->body_bytes > 0)
		memcpy(rig->body, body, rig->body_bytes);
}

static void answer(struct rig *rig, struct web_request *request)
{
	struct core_bytes *body;

	if (rig->answer) {
		rig->answer(rig, request);
		return;
	}
	assert_int_equal(core_bytes_copy(&body, "well", 4), 0);
	web_request_reply(request, 200, NULL, 0, "text/plain", body);
	core_bytes_unref(body);
}

static size_t on_begin(void *context, struct web_request *request)
{
	struct rig *rig = context;

	rig->begun++;
	if (rig->known)
		web_request_set_known(request);
	if (rig->early)
		answer(rig, request);
	else
		rig->open = request;
	return rig->body_max;
}

static void on_request(void *context, struct web_request *request)
{
	struct rig *rig = context;

	rig->whole++;
	remember(rig, request);
	if (rig->later)
		return;
	rig->open = NULL;
	answer(rig, request);
}

static void on_gone(void *context, struct web_request *request)
{
	struct rig *rig = context;

	rig->gone++;
	if (rig->open == request)
		rig->open = NULL;
}

static const struct web_handler handler = {
		.begin = on_begin,
		.request = on_request,
		.gone = on_gone,
};

/* ---- life -----------------------------------------------------------------*/

struct rig *rig_create(const struct web_server_options *more)
{
	struct web_server_options options = {.name = "web"};
	struct sockaddr_in *in;
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	assert_true(sd_event_new(&rig->event) >= 0);
	assert_int_equal(net_doorkeeper_create(&rig->doorkeeper), 0);
	if (more)
		options = *more;
	in = (struct sockaddr_in *)&options.listen.storage;
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	options.name = "web";
	options.listen.length = sizeof(*in);
	options.listen_fd = -1;
	options.doorkeeper = rig->doorkeeper;
	rig->body_max = 1024;
	assert_int_equal(web_server_create(&rig->server, rig->event, &options,
					 &handler, rig),
			0);
	return rig;
}

void rig_destroy(struct rig *rig)
{
	web_server_destroy(rig->server);
	net_doorkeeper_destroy(rig->doorkeeper);
	sd_event_unref(rig->event);
	free(rig->body);
	free(rig);
}

void rig_run(struct rig *rig)
{
	while (sd_event_run(rig->event, 0) > 0)
		continue;
}

static void wait_a_little(struct rig *rig, uint64_t end_us)
{
	assert_true(clock_now_us() < end_us);
	assert_true(sd_event_run(rig->event, CLOCK_US_PER_MS) >= 0);
}

void rig_run_until(struct rig *rig, const unsigned *counter, unsigned value)
{
	uint64_t end_us = clock_now_us() + TOO_LONG_US;

	while (*counter != value)
		wait_a_little(rig, end_us);
}

/* ---- clients --------------------------------------------------------------*/

int rig_connect(struct rig *rig)
{
	return rig_connect_from(rig, 0);
}

int rig_connect_from(struct rig *rig, unsigned source)
{
	const struct sockaddr_in from = {.sin_family = AF_INET,
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK + source)};
	struct core_address address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&from, sizeof(from)),
			0);
	web_server_get_address(rig->server, &address);
	assert_int_equal(connect(fd, (struct sockaddr *)&address.storage,
					 address.length),
			0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	rig_run(rig);
	return fd;
}

void rig_send_bytes(struct rig *rig, int fd, const void *bytes, size_t size)
{
	uint64_t end_us = clock_now_us() + TOO_LONG_US;
	size_t sent = 0;

	while (sent < size) {
		ssize_t n = send(fd, (const char *)bytes + sent, size - sent,
				MSG_NOSIGNAL);

		if (n == -1 && errno != EAGAIN)
			return; /* what comes back will tell */
		sent += n > 0 ? (size_t)n : 0;
		wait_a_little(rig, end_us);
	}
	rig_run(rig);
}

void rig_send(struct rig *rig, int fd, const char *text)
{
	rig_send_bytes(rig, fd, text, strlen(text));
}

/* False: it has ended. */
static bool read_byte(struct rig *rig, int fd, char *byte)
{
	uint64_t end_us = clock_now_us() + TOO_LONG_US;
	ssize_t got;

	while ((got = recv(fd, byte, 1, 0)) == -1 && errno == EAGAIN)
		wait_a_little(rig, end_us);
	return got == 1;
}

static void read_exactly(struct rig *rig, int fd, char *bytes, size_t size)
{
	uint64_t end_us = clock_now_us() + TOO_LONG_US;
	size_t used = 0;

	while (used < size) {
		ssize_t got = recv(fd, bytes + used, size - used, 0);

		assert_true(got > 0 || (got == -1 && errno == EAGAIN));
		used += got > 0 ? (size_t)got : 0;
		if (got == -1)
			wait_a_little(rig, end_us);
	}
}

static bool is_whole(const char *text, size_t used)
{
	return used >= 4 && memcmp(text + used - 4, "\r\n\r\n", 4) == 0;
}

void rig_read_headers(struct rig *rig, int fd, struct rig_reply *reply)
{
	char *text = calloc(1, HEADERS_MAX_BYTES);
	size_t used = 0;

	assert_non_null(text);
	*reply = (struct rig_reply){.headers = text};
	while (!is_whole(text, used)) {
		assert_true(used < HEADERS_MAX_BYTES - 1);
		if (!read_byte(rig, fd, text + used))
			return;
		used++;
	}
	assert_int_equal(sscanf(text, "HTTP/1.1 %u ", &reply->status), 1);
}

const char *rig_header(struct rig_reply *reply, const char *name)
{
	char *line = reply->headers;
	static char value[1024];

	while ((line = strstr(line, "\r\n"))) {
		line += 2;
		if (strncasecmp(line, name, strlen(name)) == 0 &&
				line[strlen(name)] == ':') {
			line += strlen(name) + 2;
			snprintf(value, sizeof(value), "%.*s",
					(int)strcspn(line, "\r"), line);
			return value;
		}
	}
	return NULL;
}

static void read_some_body(
		struct rig *rig, int fd, struct rig_reply *reply, size_t size)
{
	reply->body = realloc(reply->body, reply->body_bytes + size + 1);
	assert_non_null(reply->body);
	read_exactly(rig, fd, reply->body + reply->body_bytes, size);
	reply->body_bytes += size;
	reply->body[reply->body_bytes] = '\0';
}

/* One chunk; its size. */
static size_t read_chunk(struct rig *rig, int fd, struct rig_reply *reply)
{
	char line[32] = "";
	size_t used = 0;
	size_t size;

	do
		assert_true(used < sizeof(line) - 1 &&
				read_byte(rig, fd, line + used));
	while (line[used++] != '\n');
	size = strtoul(line, NULL, 16);
	read_some_body(rig, fd, reply, size);
	read_exactly(rig, fd, line, 2);
	return size;
}

void rig_read(struct rig *rig, int fd, struct rig_reply *reply)
{
	const char *value;

	rig_read_headers(rig, fd, reply);
	if (reply->status == 0)
		return;
	value = rig_header(reply, "Transfer-Encoding");
	if (value) {
		assert_string_equal(value, "chunked");
		while (read_chunk(rig, fd, reply) > 0)
			continue;
		return;
	}
	value = rig_header(reply, "Content-Length");
	read_some_body(rig, fd, reply, value ? strtoul(value, NULL, 10) : 0);
}

void rig_reply_finish(struct rig_reply *reply)
{
	free(reply->headers);
	free(reply->body);
}

unsigned rig_ask(struct rig *rig, const char *text)
{
	struct rig_reply reply;
	int fd = rig_connect(rig);

	rig_send(rig, fd, text);
	rig_read_headers(rig, fd, &reply);
	close(fd);
	rig_run(rig);
	rig_reply_finish(&reply);
	return reply.status;
}

void rig_expect_end(struct rig *rig, int fd)
{
	uint64_t end_us = clock_now_us() + TOO_LONG_US;
	ssize_t got;
	char byte;

	while ((got = recv(fd, &byte, 1, 0)) == -1 && errno == EAGAIN)
		wait_a_little(rig, end_us);
	assert_int_equal(got, 0);
}
