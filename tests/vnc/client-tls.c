/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vnc/client.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <cmocka.h>

struct client_tls {
	struct client *client;
	gnutls_session_t session;
	gnutls_certificate_credentials_t certificate;
	gnutls_anon_client_credentials_t anonymous;
	int rc; /* of the handshake so far */
};

static ssize_t push(
		gnutls_transport_ptr_t pointer, const void *bytes, size_t size)
{
	struct client *client = pointer;

	ssize_t sent;

	size = client_allow(client, size);
	if (size == 0) {
		errno = EAGAIN;
		return -1;
	}
	sent = send(client->fd, bytes, size, MSG_NOSIGNAL);
	if (client->piece != SIZE_MAX)
		rig_run(client->rig);
	return sent;
}

static ssize_t pull(gnutls_transport_ptr_t pointer, void *bytes, size_t size)
{
	return recv(((struct client *)pointer)->fd, bytes, size, 0);
}

static struct client_tls *tls_create(struct client *client, bool anonymous)
{
	struct client_tls *tls = calloc(1, sizeof(*tls));

	assert_non_null(tls);
	tls->client = client;
	gnutls_certificate_allocate_credentials(&tls->certificate);
	gnutls_anon_allocate_client_credentials(&tls->anonymous);
	assert_int_equal(gnutls_init(&tls->session,
					 GNUTLS_CLIENT | GNUTLS_NONBLOCK |
							 GNUTLS_NO_SIGNAL),
			0);
	gnutls_priority_set_direct(tls->session,
			anonymous ? "NORMAL:+ANON-ECDH:+ANON-DH" : "NORMAL",
			NULL);
	gnutls_credentials_set(
			tls->session, GNUTLS_CRD_CERTIFICATE, tls->certificate);
	gnutls_credentials_set(tls->session, GNUTLS_CRD_ANON, tls->anonymous);
	gnutls_transport_set_ptr(tls->session, client);
	gnutls_transport_set_push_function(tls->session, push);
	gnutls_transport_set_pull_function(tls->session, pull);
	return tls;
}

static bool has_shaken_hands(void *context)
{
	struct client_tls *tls = context;

	tls->rc = gnutls_handshake(tls->session);
	return tls->rc == 0 || gnutls_error_is_fatal(tls->rc) ||
			tls->client->cut;
}

int client_start_tls(struct client *client, bool anonymous)
{
	int rc;

	assert_null(client->tls);
	client->tls = tls_create(client, anonymous);
	rig_run_until(client->rig, has_shaken_hands, client->tls);
	rc = client->tls->rc;
	if (rc < 0 && !client->cut)
		client_finish_tls(client);
	return rc;
}

void client_finish_tls(struct client *client)
{
	if (!client->tls)
		return;
	gnutls_deinit(client->tls->session);
	gnutls_certificate_free_credentials(client->tls->certificate);
	gnutls_anon_free_client_credentials(client->tls->anonymous);
	free(client->tls);
	client->tls = NULL;
}

static ssize_t to_errno(ssize_t rc)
{
	if (rc >= 0)
		return rc;
	errno = gnutls_error_is_fatal((int)rc) ? ECONNRESET : EAGAIN;
	return -1;
}

ssize_t client_tls_send(struct client *client, const void *bytes, size_t size)
{
	return to_errno(gnutls_record_send(client->tls->session, bytes, size));
}

ssize_t client_tls_receive(struct client *client, void *bytes, size_t size)
{
	return to_errno(gnutls_record_recv(client->tls->session, bytes, size));
}
