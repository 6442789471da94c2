/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/net/tls-rig.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/min-max.h"
#include "net/certificate.h"
#include "tests/net/thin.h"

#define TOO_LONG_US (30 * CLOCK_US_PER_S)

/* ---- the stream's side -----------------------------------------------------
 */

static void on_readable(void *context)
{
	struct tls_rig *rig = context;
	const uint8_t *bytes;
	size_t size;

	rig->readable++;
	if (!rig->greedy)
		return;
	bytes = net_stream_peek(rig->stream, &size);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(bytes[i], tls_rig_byte(rig->taken + i));
	rig->taken += size;
	net_stream_consume(rig->stream, size);
}

static void on_drained(void *context)
{
	((struct tls_rig *)context)->drained++;
}

static void on_closed(void *context, int rc)
{
	struct tls_rig *rig = context;

	rig->closed++;
	rig->rc = rc;
	rig->why = net_stream_get_why(rig->stream);
}

static const struct net_stream_handler handler = {
		.readable = on_readable,
		.drained = on_drained,
		.closed = on_closed,
};

static void disconnect(struct tls_rig *rig)
{
	if (rig->client)
		gnutls_deinit(rig->client);
	rig->client = NULL;
	net_stream_destroy(rig->stream);
	rig->stream = NULL;
	if (rig->peer != -1)
		close(rig->peer);
	rig->peer = -1;
	rig->readable = rig->drained = rig->closed = 0;
	rig->rc = 1;
	rig->why = NULL;
	rig->greedy = false;
	rig->taken = 0;
	rig->budget = rig->damaged = SIZE_MAX;
	rig->spent = rig->heard = 0;
}

void tls_rig_connect_plain(struct tls_rig *rig)
{
	struct net_transport *transport;
	int fds[2];

	disconnect(rig);
	assert_int_equal(
			socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds),
			0);
	rig->socket = fds[0];
	rig->peer = fds[1];
	assert_int_equal(fcntl(rig->peer, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(net_socket_create(&transport, fds[0]), 0);
	if (rig->thin > 0)
		transport = thin_create(transport, rig->thin);
	assert_int_equal(net_stream_create(&rig->stream, rig->event, transport,
					 0, &handler, rig),
			0);
}

void tls_rig_connect(struct tls_rig *rig, enum net_tls_kind kind,
		const char *client_priority)
{
	tls_rig_connect_plain(rig);
	assert_int_equal(net_stream_start_tls(rig->stream, rig->tls, kind), 0);
	tls_rig_start_client(rig, client_priority);
}

void tls_rig_run(struct tls_rig *rig)
{
	while (sd_event_run(rig->event, 0) > 0)
		continue;
}

void tls_rig_run_until_closed(struct tls_rig *rig)
{
	uint64_t end_us = clock_now_us() + TOO_LONG_US;

	while (rig->closed == 0) {
		assert_true(clock_now_us() < end_us);
		sd_event_run(rig->event, 10 * CLOCK_US_PER_MS);
	}
}

/* ---- the client's side -----------------------------------------------------
 */

static ssize_t client_push(
		gnutls_transport_ptr_t pointer, const void *bytes, size_t size)
{
	struct tls_rig *rig = pointer;
	uint8_t copy[65536];
	ssize_t sent;

	size = core_min_size(size, sizeof(copy));
	size = core_min_size(size, rig->budget - rig->spent);
	memcpy(copy, bytes, size);
	if (rig->damaged - rig->spent < size)
		copy[rig->damaged - rig->spent] ^= 1;
	sent = size > 0 ? send(rig->peer, copy, size, MSG_NOSIGNAL) : 0;
	rig->spent += sent > 0 ? (size_t)sent : 0;
	if (rig->spent == rig->budget)
		shutdown(rig->peer, SHUT_RDWR);
	if (sent != 0)
		return sent;
	gnutls_transport_set_errno(rig->client, EPIPE);
	return -1;
}

static ssize_t client_pull(
		gnutls_transport_ptr_t pointer, void *bytes, size_t size)
{
	struct tls_rig *rig = pointer;
	ssize_t got = recv(rig->peer, bytes, size, 0);

	rig->heard += got > 0 ? (size_t)got : 0;
	return got;
}

void tls_rig_start_client(struct tls_rig *rig, const char *priority)
{
	const char *wrong = priority;

	assert_int_equal(gnutls_init(&rig->client,
					 GNUTLS_CLIENT | GNUTLS_NONBLOCK |
							 GNUTLS_NO_SIGNAL),
			0);
	if (gnutls_priority_set_direct(rig->client, priority, &wrong) < 0)
		fail_msg("no such priority: %s", wrong);
	gnutls_credentials_set(rig->client, GNUTLS_CRD_CERTIFICATE,
			rig->certificate_credentials);
	gnutls_credentials_set(rig->client, GNUTLS_CRD_ANON,
			rig->anonymous_credentials);
	gnutls_transport_set_ptr(rig->client, rig);
	gnutls_transport_set_push_function(rig->client, client_push);
	gnutls_transport_set_pull_function(rig->client, client_pull);
}

int tls_rig_shake_hands(struct tls_rig *rig)
{
	unsigned idle = 0;
	int rc;

	do {
		size_t moved = rig->spent + rig->heard;

		rc = gnutls_handshake(rig->client);
		tls_rig_run(rig);
		idle = rig->spent + rig->heard > moved ? 0 : idle + 1;
	} while (rc < 0 && !gnutls_error_is_fatal(rc) && idle < 10);
	return rc;
}

size_t tls_rig_client_read(struct tls_rig *rig, size_t offset, size_t size)
{
	uint8_t bytes[65536];
	ssize_t got;

	if (size > sizeof(bytes))
		size = sizeof(bytes);
	got = gnutls_record_recv(rig->client, bytes, size);
	if (got == GNUTLS_E_AGAIN)
		return 0;
	assert_true(got > 0);
	for (ssize_t i = 0; i < got; i++)
		assert_int_equal(bytes[i], tls_rig_byte(offset + (size_t)i));
	return (size_t)got;
}

void tls_rig_client_write(struct tls_rig *rig, const void *bytes, size_t size)
{
	uint64_t end_us = clock_now_us() + TOO_LONG_US;
	size_t done = 0;

	while (done < size) {
		ssize_t sent = gnutls_record_send(rig->client,
				(const uint8_t *)bytes + done, size - done);

		assert_true(sent > 0 || sent == GNUTLS_E_AGAIN);
		assert_true(clock_now_us() < end_us);
		done += sent > 0 ? (size_t)sent : 0;
		if (sent < 0)
			tls_rig_run(rig);
	}
}

uint8_t tls_rig_byte(size_t offset)
{
	return (uint8_t)(offset * 31 + (offset >> 8) * 7 + (offset >> 16));
}

void tls_rig_fill(uint8_t *bytes, size_t size, size_t offset)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = tls_rig_byte(offset + i);
}

/* ---- life ------------------------------------------------------------------
 */

struct tls_rig *tls_rig_create(void)
{
	char why[NET_TLS_WHY_BYTES] = "";
	struct tls_rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	rig->peer = -1;
	strcpy(rig->directory, "/tmp/rackhand-tls-XXXXXX");
	assert_non_null(mkdtemp(rig->directory));
	snprintf(rig->certificate, sizeof(rig->certificate),
			"%s/certificate.pem", rig->directory);
	snprintf(rig->key, sizeof(rig->key), "%s/key.pem", rig->directory);
	assert_true(sd_event_new(&rig->event) >= 0);
	assert_int_equal(net_tls_create(&rig->tls), 0);
	if (net_certificate_ensure(rig->certificate, rig->key, why) < 0 ||
			net_tls_load(rig->tls, rig->certificate, rig->key,
					why) < 0)
		fail_msg("%s", why);
	assert_int_equal(gnutls_certificate_allocate_credentials(
					 &rig->certificate_credentials),
			0);
	assert_int_equal(gnutls_anon_allocate_client_credentials(
					 &rig->anonymous_credentials),
			0);
	return rig;
}

static int remove_one(const char *path, const struct stat *status, int type,
		struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

void tls_rig_destroy(struct tls_rig *rig)
{
	disconnect(rig);
	gnutls_certificate_free_credentials(rig->certificate_credentials);
	gnutls_anon_free_client_credentials(rig->anonymous_credentials);
	net_tls_destroy(rig->tls);
	sd_event_unref(rig->event);
	nftw(rig->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(rig);
}
