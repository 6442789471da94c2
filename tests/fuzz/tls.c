/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/tls.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/certificate.h"
#include "tests/fuzz/fuzz.h"

struct fuzz_tls {
	gnutls_session_t session;
	gnutls_certificate_credentials_t certificate;
	gnutls_anon_client_credentials_t anonymous;
};

/* ---- the server's -----------------------------------------------------------
 */

static void load(struct net_tls *tls)
{
	char folder[] = "/tmp/rackhand-fuzz-XXXXXX";
	char why[NET_TLS_WHY_BYTES];
	char certificate[64], key[64];

	FUZZ_CHECK(mkdtemp(folder));
	snprintf(certificate, sizeof(certificate), "%s/certificate", folder);
	snprintf(key, sizeof(key), "%s/key", folder);
	FUZZ_CHECK(net_certificate_ensure(certificate, key, why) == 0);
	FUZZ_CHECK(net_tls_load(tls, certificate, key, why) == 0);
	unlink(certificate);
	unlink(key);
	rmdir(folder);
}

struct net_tls *fuzz_tls_get_server(bool certificate)
{
	static struct net_tls *tls[2];

	if (!tls[certificate]) {
		FUZZ_CHECK(net_tls_create(&tls[certificate]) == 0);
		if (certificate)
			load(tls[certificate]);
	}
	return tls[certificate];
}

/* ---- the client's -----------------------------------------------------------
 */

void fuzz_tls_create(struct fuzz_tls **out, int fd, bool anonymous)
{
	struct fuzz_tls *tls = calloc(1, sizeof(*tls));

	FUZZ_CHECK(tls);
	gnutls_certificate_allocate_credentials(&tls->certificate);
	gnutls_anon_allocate_client_credentials(&tls->anonymous);
	FUZZ_CHECK(gnutls_init(&tls->session,
				   GNUTLS_CLIENT | GNUTLS_NONBLOCK |
						   GNUTLS_NO_SIGNAL) == 0);
	gnutls_priority_set_direct(tls->session,
			anonymous ? "NORMAL:+ANON-ECDH" : "NORMAL", NULL);
	gnutls_credentials_set(
			tls->session, GNUTLS_CRD_CERTIFICATE, tls->certificate);
	gnutls_credentials_set(tls->session, GNUTLS_CRD_ANON, tls->anonymous);
	gnutls_transport_set_int(tls->session, fd);
	*out = tls;
}

void fuzz_tls_destroy(struct fuzz_tls *tls)
{
	if (!tls)
		return;
	gnutls_deinit(tls->session);
	gnutls_certificate_free_credentials(tls->certificate);
	gnutls_anon_free_client_credentials(tls->anonymous);
	free(tls);
}

int fuzz_tls_shake_hands(struct fuzz_tls *tls)
{
	int rc = gnutls_handshake(tls->session);

	if (rc == 0)
		return 0;
	return gnutls_error_is_fatal(rc) ? -EPROTO : -EAGAIN;
}

ssize_t fuzz_tls_send(struct fuzz_tls *tls, const void *bytes, size_t size)
{
	return gnutls_record_send(tls->session, bytes, size);
}

ssize_t fuzz_tls_receive(struct fuzz_tls *tls, void *bytes, size_t size)
{
	return gnutls_record_recv(tls->session, bytes, size);
}
