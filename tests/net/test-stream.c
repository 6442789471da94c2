/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"

#define TOO_LONG_US (30 * CLOCK_US_PER_S)

struct rig {
	sd_event *event;
	struct net_stream *stream;
	int peer;
	unsigned readable;
	unsigned drained;
	unsigned closed;
	int rc;
};

static void on_readable(void *context)
{
	((struct rig *)context)->readable++;
}

static void on_drained(void *context)
{
	((struct rig *)context)->drained++;
}

static void on_closed(void *context, int rc)
{
	((struct rig *)context)->closed++;
	((struct rig *)context)->rc = rc;
}

static const struct net_stream_handler handler = {
		.readable = on_readable,
		.drained = on_drained,
		.closed = on_closed,
};

static void open_stream(struct rig *rig, uint64_t stall_us)
{
	struct net_transport *transport;
	int fds[2];

	assert_int_equal(
			socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds),
			0);
	rig->peer = fds[1];
	assert_int_equal(net_socket_create(&transport, fds[0]), 0);
	assert_int_equal(net_stream_create(&rig->stream, rig->event, transport,
					 stall_us, &handler, rig),
			0);
	assert_true(fcntl(fds[0], F_GETFL) & O_NONBLOCK);
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	assert_true(sd_event_new(&rig->event) >= 0);
	open_stream(rig, 0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	net_stream_destroy(rig->stream);
	if (rig->peer != -1)
		close(rig->peer);
	sd_event_unref(rig->event);
	free(rig);
	return 0;
}

static void run(struct rig *rig)
{
	assert_true(sd_event_run(rig->event, 10 * CLOCK_US_PER_MS) >= 0);
}

/* Turns of the loop that find nothing to do. */
static void run_quiet(struct rig *rig)
{
	while (sd_event_run(rig->event, 0) > 0)
		continue;
}

static void run_until(struct rig *rig, const unsigned *counter, unsigned value)
{
	uint64_t end_us = clock_now_us() + TOO_LONG_US;

	while (*counter < value) {
		assert_true(clock_now_us() < end_us);
		run(rig);
	}
}

static uint8_t byte_at(size_t offset)
{
	return (uint8_t)(offset * 31 + (offset >> 8) * 7 + (offset >> 16));
}

/* Read on the peer's side and check the pattern from `offset` on. */
static size_t read_pattern(struct rig *rig, size_t offset)
{
	uint8_t bytes[65536];
	ssize_t got = recv(rig->peer, bytes, sizeof(bytes), MSG_DONTWAIT);

	for (ssize_t i = 0; i < got; i++)
		assert_int_equal(bytes[i], byte_at(offset + (size_t)i));
	return got > 0 ? (size_t)got : 0;
}

/* Copies and references of many sizes arrive as one run of bytes. */
static void what_is_queued_arrives_in_order(void **state)
{
	struct rig *rig = *state;
	size_t total = 0, got = 0;

	for (size_t i = 0; i < 300; i++) {
		size_t size = i * i % 5000;
		struct core_bytes *bytes;

		assert_int_equal(core_bytes_create(&bytes, size), 0);
		for (size_t j = 0; j < size; j++)
			bytes->data[j] = byte_at(total + j);
		if (i % 2)
			net_stream_write(rig->stream, bytes->data, size);
		else
			net_stream_queue(rig->stream, bytes);
		core_bytes_unref(bytes);
		total += size;
	}
	assert_int_equal(net_stream_queued(rig->stream), total);
	net_stream_flush(rig->stream);
	assert_true(net_stream_queued(rig->stream) >
			0); /* the socket is full */
	while (got < total) {
		size_t more = read_pattern(rig, got);

		got += more;
		if (more == 0)
			run(rig);
	}
	run_quiet(rig);
	assert_int_equal(rig->drained, 1);
	assert_int_equal(net_stream_queued(rig->stream), 0);
	assert_int_equal(net_stream_sent(rig->stream), total);
	assert_int_equal(rig->closed, 0);
}

/* The same bytes in several queues are one piece of memory. */
static void references_are_shared_and_let_go(void **state)
{
	struct rig *rig = *state;
	struct core_bytes *bytes;

	assert_int_equal(core_bytes_create(&bytes, 1 << 20), 0);
	memset(bytes->data, 0, bytes->size);
	net_stream_queue(rig->stream, bytes);
	net_stream_queue(rig->stream, bytes);
	assert_int_equal(bytes->refs, 3);
	net_stream_flush(rig->stream);
	net_stream_destroy(rig->stream); /* with a full queue */
	rig->stream = NULL;
	assert_int_equal(bytes->refs, 1);
	core_bytes_unref(bytes);
}

static void input_waits_until_consumed(void **state)
{
	struct rig *rig = *state;
	const uint8_t *bytes;
	size_t size;

	assert_int_equal(write(rig->peer, "hello", 5), 5);
	run_until(rig, &rig->readable, 1);
	bytes = net_stream_peek(rig->stream, &size);
	assert_int_equal(size, 5);
	assert_memory_equal(bytes, "hello", 5);
	net_stream_consume(rig->stream, 2);
	assert_int_equal(write(rig->peer, "!", 1), 1);
	run_until(rig, &rig->readable, 2);
	bytes = net_stream_peek(rig->stream, &size);
	assert_int_equal(size, 4);
	assert_memory_equal(bytes, "llo!", 4);
}

/* A full buffer reads no more and does not spin; room lets it go on. */
/* It may have been a password. */
static void what_was_consumed_is_forgotten(void **state)
{
	static const uint8_t nothing[6];
	struct rig *rig = *state;
	const uint8_t *bytes;
	size_t size;

	assert_int_equal(write(rig->peer, "secret!", 7), 7);
	run_until(rig, &rig->readable, 1);
	bytes = net_stream_peek(rig->stream, &size);
	net_stream_consume(rig->stream, 6);
	assert_int_equal(bytes[0], '!');
	assert_memory_equal(bytes + 1, nothing, sizeof(nothing));
}

static void input_is_bounded(void **state)
{
	static const uint8_t flood[NET_STREAM_INPUT_BYTES * 3];
	struct rig *rig = *state;
	size_t size;

	assert_int_equal(write(rig->peer, flood, sizeof(flood)), sizeof(flood));
	run_until(rig, &rig->readable, 1);
	run_quiet(rig); /* would not end if it spun */
	net_stream_peek(rig->stream, &size);
	assert_int_equal(size, NET_STREAM_INPUT_BYTES);
	net_stream_consume(rig->stream, NET_STREAM_INPUT_BYTES);
	run_until(rig, &rig->readable, 2);
	net_stream_peek(rig->stream, &size);
	assert_true(size > 0);
}

/* What came before the end can be read before `closed`. */
static void an_end_is_told_once(void **state)
{
	struct rig *rig = *state;
	size_t size;

	assert_int_equal(write(rig->peer, "bye", 3), 3);
	close(rig->peer);
	rig->peer = -1;
	run_until(rig, &rig->closed, 1);
	assert_int_equal(rig->rc, 0);
	assert_int_equal(rig->readable, 1);
	net_stream_peek(rig->stream, &size);
	assert_int_equal(size, 3);
	net_stream_write(rig->stream, "x", 1);
	net_stream_flush(rig->stream);
	run_quiet(rig);
	assert_int_equal(rig->closed, 1);
	assert_int_equal(net_stream_queued(rig->stream), 0);
}

/* So is that of a peer that would still listen. */
static void half_an_end_is_told(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(write(rig->peer, "bye", 3), 3);
	assert_int_equal(shutdown(rig->peer, SHUT_WR), 0);
	run_until(rig, &rig->closed, 1);
	assert_int_equal(rig->rc, 0);
	assert_int_equal(rig->readable, 1);
}

static void a_full_buffer_hides_no_end(void **state)
{
	static const uint8_t flood[NET_STREAM_INPUT_BYTES + 1];
	struct rig *rig = *state;

	assert_int_equal(write(rig->peer, flood, sizeof(flood)), sizeof(flood));
	run_until(rig, &rig->readable, 1);
	close(rig->peer);
	rig->peer = -1;
	run_until(rig, &rig->closed, 1);
}

/* Writing to who has gone raises no signal and calls nobody back at once. */
static void a_failed_write_is_told_by_the_loop(void **state)
{
	struct rig *rig = *state;

	close(rig->peer);
	rig->peer = -1;
	net_stream_write(rig->stream, "x", 1);
	net_stream_flush(rig->stream);
	assert_int_equal(rig->closed, 0);
	run_until(rig, &rig->closed, 1);
	assert_int_equal(rig->rc, -EPIPE);
}

static void a_queue_that_stands_still_ends(void **state)
{
	struct rig *rig = *state;
	struct core_bytes *bytes;

	net_stream_destroy(rig->stream);
	close(rig->peer);
	open_stream(rig, 100 * CLOCK_US_PER_MS);
	assert_int_equal(core_bytes_create(&bytes, 4 << 20), 0);
	memset(bytes->data, 0, bytes->size);
	net_stream_queue(rig->stream, bytes);
	core_bytes_unref(bytes);
	net_stream_flush(rig->stream);
	run_until(rig, &rig->closed, 1);
	assert_int_equal(rig->rc, -ETIMEDOUT);
}

/* Slow is not still: the time begins anew with each byte that goes. */
static void a_queue_that_moves_lives(void **state)
{
	const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
	static uint8_t page[128 << 10];
	struct rig *rig = *state;
	struct core_bytes *bytes;
	uint64_t until_us;

	net_stream_destroy(rig->stream);
	close(rig->peer);
	open_stream(rig, 1000 * CLOCK_US_PER_MS);
	assert_int_equal(core_bytes_create(&bytes, 32 << 20), 0);
	memset(bytes->data, 0, bytes->size);
	net_stream_queue(rig->stream, bytes);
	core_bytes_unref(bytes);
	net_stream_flush(rig->stream);
	until_us = clock_now_us() + 1500 * CLOCK_US_PER_MS;
	while (clock_now_us() < until_us) {
		for (unsigned i = 0; i < 4; i++)
			recv(rig->peer, page, sizeof(page), MSG_DONTWAIT);
		run(rig);
		nanosleep(&pause, NULL);
	}
	assert_int_equal(rig->closed, 0);
	assert_true(net_stream_queued(rig->stream) > 0);
}

static bool kernel_tells_what_is_unsent(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int unsent;
	int rc = ioctl(fd, SIOCOUTQNSD, &unsent);
	bool tells = rc == 0 || (errno != ENOTTY && errno != ENOSYS);

	close(fd);
	return tells;
}

/* A TCP connection whose far end takes in little before it is read. */
static void open_tcp_stream(struct rig *rig)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(in);
	int door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int small = 4096, fd;
	struct net_transport *transport;

	net_stream_destroy(rig->stream);
	close(rig->peer);
	assert_int_equal(bind(door, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(listen(door, 1), 0);
	assert_int_equal(getsockname(door, (struct sockaddr *)&in, &length), 0);
	rig->peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(rig->peer, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	assert_int_equal(connect(rig->peer, (struct sockaddr *)&in, length), 0);
	fd = accept4(door, NULL, NULL, SOCK_CLOEXEC);
	close(door);
	assert_int_equal(net_socket_create(&transport, fd), 0);
	assert_int_equal(net_stream_create(&rig->stream, rig->event, transport,
					 0, &handler, rig),
			0);
}

/* What the kernel took but could not send yet is as good as queued. */
static void who_has_not_been_sent_is_not_clear(void **state)
{
	static uint8_t page[1024];
	struct rig *rig = *state;
	size_t total = 0, got = 0;

	if (!kernel_tells_what_is_unsent())
		skip();
	open_tcp_stream(rig);
	assert_true(net_stream_is_clear(rig->stream));
	while (net_stream_is_clear(rig->stream)) {
		net_stream_write(rig->stream, page, sizeof(page));
		net_stream_flush(rig->stream);
		total += sizeof(page);
	}
	assert_int_equal(net_stream_queued(rig->stream), 0);
	for (unsigned i = 0; i < 10; i++)
		run_quiet(rig);
	assert_int_equal(rig->drained, 0);
	while (got < total) {
		ssize_t some = recv(
				rig->peer, page, sizeof(page), MSG_DONTWAIT);

		got += some > 0 ? (size_t)some : 0;
		run(rig);
	}
	assert_int_equal(rig->drained, 1);
	assert_true(net_stream_is_clear(rig->stream));
	assert_int_equal(sd_event_run(rig->event, 0), 0); /* and is quiet */
}

/* ---- another transport ------------------------------------------------------
 */

/* Takes and gives one byte at a time, as a bad day on a network does. */
struct drip {
	struct net_transport base;
	struct net_transport *socket;
	bool ready;
	bool whole;       /* takes all that it is given */
	bool sink;        /* and nobody gets it */
	unsigned whole_n; /* calls of it */
};

static int drip_get_fd(const struct net_transport *transport)
{
	const struct drip *drip = (const struct drip *)transport;

	return drip->socket->kind->get_fd(drip->socket);
}

static ssize_t drip_receive(
		struct net_transport *transport, void *bytes, size_t size)
{
	struct drip *drip = (struct drip *)transport;

	return drip->socket->kind->receive(drip->socket, bytes, size);
}

static ssize_t swallow(const struct iovec *parts, size_t parts_n)
{
	size_t size = 0;

	for (size_t i = 0; i < parts_n; i++)
		size += parts[i].iov_len;
	return (ssize_t)size;
}

static ssize_t drip_send(struct net_transport *transport,
		const struct iovec *parts, size_t parts_n)
{
	struct drip *drip = (struct drip *)transport;
	const struct iovec one = {parts[0].iov_base, 1};

	assert_true(parts_n > 0);
	assert_true(parts[0].iov_len > 0);
	drip->whole_n++;
	if (drip->sink)
		return swallow(parts, parts_n);
	if (drip->whole)
		return drip->socket->kind->send(drip->socket, parts, parts_n);
	drip->ready = !drip->ready;
	if (!drip->ready)
		return -EAGAIN;
	return drip->socket->kind->send(drip->socket, &one, 1);
}

static void drip_destroy(struct net_transport *transport)
{
	struct drip *drip = (struct drip *)transport;

	net_transport_destroy(drip->socket);
	free(drip);
}

static const struct net_transport_kind drip_kind = {
		.name = "drip",
		.get_fd = drip_get_fd,
		.receive = drip_receive,
		.send = drip_send,
		.destroy = drip_destroy,
};

static struct drip *open_drip_stream(struct rig *rig)
{
	struct drip *drip = calloc(1, sizeof(*drip));
	int fds[2];

	net_stream_destroy(rig->stream);
	close(rig->peer);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	rig->peer = fds[1];
	drip->base.kind = &drip_kind;
	assert_int_equal(net_socket_create(&drip->socket, fds[0]), 0);
	assert_int_equal(net_stream_create(&rig->stream, rig->event,
					 &drip->base, 0, &handler, rig),
			0);
	return drip;
}

/* An update of 128 rectangles, its head and a fence: one call. */
static void what_is_queued_leaves_at_once(void **state)
{
	struct rig *rig = *state;
	struct drip *drip = open_drip_stream(rig);

	drip->whole = true;
	for (unsigned i = 0; i < 131; i++)
		net_stream_write(rig->stream, "some bytes", 10);
	assert_int_equal(drip->whole_n, 0);
	net_stream_flush(rig->stream);
	net_stream_flush(rig->stream);
	assert_int_equal(drip->whole_n, 1);
	assert_int_equal(net_stream_queued(rig->stream), 0);
}

/* However fast the network: between turns somebody else's key is seen to. */
static void much_leaves_in_turns(void **state)
{
	const uint64_t turn_bytes = 64 << 10;
	struct rig *rig = *state;
	struct drip *drip = open_drip_stream(rig);
	struct core_bytes *bytes;

	drip->sink = true;
	assert_int_equal(core_bytes_create(&bytes, 1 << 20), 0);
	net_stream_queue(rig->stream, bytes);
	core_bytes_unref(bytes);
	net_stream_flush(rig->stream);
	for (uint64_t turn = 1; turn < (1 << 20) / turn_bytes; turn++) {
		assert_int_equal(net_stream_sent(rig->stream),
				turn * turn_bytes);
		run(rig);
	}
	run_quiet(rig);
	assert_int_equal(net_stream_sent(rig->stream), 1 << 20);
	assert_int_equal(rig->drained, 1);
}

static void partial_writes_lose_nothing(void **state)
{
	struct rig *rig = *state;
	struct core_bytes *bytes;
	size_t total = 0, got = 0;

	open_drip_stream(rig);
	for (size_t size = 0; size < 20; size++) {
		assert_int_equal(core_bytes_create(&bytes, size), 0);
		for (size_t i = 0; i < size; i++)
			bytes->data[i] = byte_at(total++);
		net_stream_queue(rig->stream, bytes);
		core_bytes_unref(bytes);
	}
	net_stream_flush(rig->stream);
	while (got < total) {
		run(rig);
		got += read_pattern(rig, got);
	}
	run_quiet(rig);
	assert_int_equal(rig->drained, 1);
	assert_int_equal(net_stream_sent(rig->stream), total);

	assert_int_equal(write(rig->peer, "abc", 3), 3);
	run_until(rig, &rig->readable, 1);
	assert_memory_equal(net_stream_peek(rig->stream, &got), "abc", 3);
	assert_int_equal(got, 3);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			test(what_is_queued_arrives_in_order),
			test(references_are_shared_and_let_go),
			test(input_waits_until_consumed),
			test(what_was_consumed_is_forgotten),
			test(input_is_bounded),
			test(an_end_is_told_once),
			test(half_an_end_is_told),
			test(a_full_buffer_hides_no_end),
			test(a_failed_write_is_told_by_the_loop),
			test(a_queue_that_stands_still_ends),
			test(a_queue_that_moves_lives),
			test(who_has_not_been_sent_is_not_clear),
			test(what_is_queued_leaves_at_once),
			test(much_leaves_in_turns),
			test(partial_writes_lose_nothing),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
