/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/transport.h"

/*
 * What this process shows when it speaks TLS as a server: one certificate with
 * its key for all listeners, and what anonymous connections need. 1.2 or newer
 * and authenticated encryption only. Connections keep what they began with: a
 * new certificate drops nobody.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno; what a person can mend is said in `why`, with the cure.
 */
struct net_tls;

enum net_tls_kind {
	NET_TLS_CERTIFICATE, /* the client can tell who we are */
	NET_TLS_ANONYMOUS,   /* it cannot: anybody can stand in the middle */
};

/* Without a certificate at first: only anonymous connections come about. */
int net_tls_create(struct net_tls **out);

/* The same for a processor that has AES or has not: which cipher is first. */
int net_tls_create_for(struct net_tls **out, bool has_aes);

/* Connections that still use it keep it alive. NULL is allowed. */
void net_tls_destroy(struct net_tls *tls);

/*
 * Take the certificate (PEM, with its chain) and key of these files from now
 * on. On failure everything stays as it was: -ENOENT and others from the files,
 * -EINVAL when they are no certificate and key, -EKEYREJECTED when they do not
 * belong together or the key is too weak.
 */
#define NET_TLS_WHY_BYTES 512
int net_tls_load(struct net_tls *tls, const char *certificate_path,
		const char *key_path, char why[NET_TLS_WHY_BYTES]);

bool net_tls_has_certificate(const struct net_tls *tls);

/*
 * Speak TLS over `inner`, which is taken on success, as the server's end. The
 * handshake happens by itself while the stream reads and writes; until it is
 * done nothing is received.
 */
int net_tls_wrap(struct net_transport **out, struct net_tls *tls,
		enum net_tls_kind kind, struct net_transport *inner);
