/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gnutls/gnutls.h>
#include <limits.h>
#include <stdbool.h>
#include <systemd/sd-event.h>

#include "net/stream.h"
#include "net/tls.h"

/*
 * A stream that speaks TLS, and a client of GnuTLS at the other end of a pair
 * of sockets, in one thread: each waits for the other in small steps.
 */
struct tls_rig {
	sd_event *event;
	struct net_tls *tls;
	struct net_stream *stream;
	unsigned readable;
	unsigned drained;
	unsigned closed;
	int rc;          /* of closed */
	const char *why; /* of closed */
	bool greedy;     /* consumes all that comes, and checks the pattern */
	size_t taken;

	size_t thin; /* of the stream's transport; 0: it is not */

	int socket;    /* of the stream; borrowed */
	int peer;      /* -1: none */
	size_t budget; /* bytes that the client sends before it vanishes */
	size_t spent;
	size_t heard;
	size_t damaged; /* the byte of all that it sends which arrives wrong */
	gnutls_session_t client;
	gnutls_certificate_credentials_t certificate_credentials;
	gnutls_anon_client_credentials_t anonymous_credentials;

	char directory[32];
	char certificate[PATH_MAX];
	char key[PATH_MAX];
};

/* With a certificate of its own in a directory of its own. */
struct tls_rig *tls_rig_create(void);
void tls_rig_destroy(struct tls_rig *rig);

/* A new pair of sockets; the last connection ends. TLS begins at once. */
void tls_rig_connect(struct tls_rig *rig, enum net_tls_kind kind,
		const char *client_priority);

/* The same in two steps: without TLS; and the client alone. */
void tls_rig_connect_plain(struct tls_rig *rig);
void tls_rig_start_client(struct tls_rig *rig, const char *priority);

/* All that the loop has to do now. */
void tls_rig_run(struct tls_rig *rig);

/* The client's 0 or error; GNUTLS_E_AGAIN when both wait for each other. */
int tls_rig_shake_hands(struct tls_rig *rig);

/* Until the stream has said so. */
void tls_rig_run_until_closed(struct tls_rig *rig);

/* Both ways, in the same pattern from byte 0 on. */
uint8_t tls_rig_byte(size_t offset);
void tls_rig_fill(uint8_t *bytes, size_t size, size_t offset);

/* What the client has now, at most size; 0: nothing. Checks the pattern. */
size_t tls_rig_client_read(struct tls_rig *rig, size_t offset, size_t size);

/* All of it; the loop runs meanwhile. */
void tls_rig_client_write(struct tls_rig *rig, const void *bytes, size_t size);
