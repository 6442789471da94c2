/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "net/tls.h"

/*
 * What the files of net/tls share: the certificate that a connection began
 * with, counted, and the words for what went wrong.
 */
struct tls_identity {
	unsigned refs;
	gnutls_certificate_credentials_t credentials;
};

#define TLS_KINDS 2

struct net_tls {
	unsigned refs; /* its owner's, and one of each connection */
	struct tls_identity *identity; /* NULL: none yet */
	gnutls_anon_server_credentials_t anonymous;
	gnutls_priority_t priorities[TLS_KINDS]; /* by enum net_tls_kind */
};

/* NULL is allowed. */
void tls_identity_unref(struct tls_identity *identity);

/* A certificate with those that vouch for it, and its key, as read. */
struct tls_pair {
	gnutls_x509_crt_t *chain; /* the certificate itself is the first */
	unsigned chain_n;
	gnutls_x509_privkey_t key; /* NULL: only the certificate was read */
};

/* A key_path of NULL: the certificate alone. Finish it also after failure. */
int tls_pair_load(struct tls_pair *pair, const char *certificate_path,
		const char *key_path, char why[NET_TLS_WHY_BYTES]);
int tls_pair_load_key(struct tls_pair *pair, const char *key_path,
		char why[NET_TLS_WHY_BYTES]);
void tls_pair_finish(struct tls_pair *pair);

/* Says why; returns rc. */
__attribute__((format(printf, 3, 4))) int tls_refuse(
		char why[NET_TLS_WHY_BYTES], int rc, const char *format, ...);

/* -ENOMEM, or -EPROTO for everything that the peer or the library says. */
int tls_errno(int gnutls_rc);

/* Why a session came to nothing, for people; lives for ever. */
const char *tls_why(gnutls_session_t session, enum net_tls_kind kind,
		int gnutls_rc);
