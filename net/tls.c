/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/tls.h"

#include <errno.h>
#include <stdlib.h>

#include "core/simd.h"
#include "net/tls-private.h"

/*
 * Named one by one, so that no default of a library brings another. Forward
 * secrecy always; anonymous Diffie-Hellman ended with TLS 1.2, and knows of
 * authenticated encryption only AES-GCM.
 */
#define SIGNATURES "+SIGN-ALL:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:"
#define CERTIFIED                                                              \
	"NONE:+VERS-TLS1.3:+VERS-TLS1.2:+ECDHE-ECDSA:+ECDHE-RSA:+AEAD:"        \
	"+CTYPE-X509:" SIGNATURES                                              \
	"+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:%SERVER_PRECEDENCE:"
#define ANONYMOUS                                                              \
	"NONE:+VERS-TLS1.2:+ANON-DH:+AEAD:" SIGNATURES                         \
	"+GROUP-FFDHE2048:%SERVER_PRECEDENCE:"

/* By enum net_tls_kind, and whether the processor has AES. */
static const char *const priorities[TLS_KINDS][2] = {
		[NET_TLS_CERTIFICATE] = {CERTIFIED
				"+CHACHA20-POLY1305:+AES-128-GCM:+AES-256-GCM",
				CERTIFIED
				"+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305"},
		[NET_TLS_ANONYMOUS] = {ANONYMOUS "+AES-128-GCM:+AES-256-GCM",
				ANONYMOUS "+AES-128-GCM:+AES-256-GCM"},
};

void tls_identity_unref(struct tls_identity *identity)
{
	if (!identity || --identity->refs > 0)
		return;
	gnutls_certificate_free_credentials(identity->credentials);
	free(identity);
}

int net_tls_create_for(struct net_tls **out, bool has_aes)
{
	struct net_tls *tls = calloc(1, sizeof(*tls));
	int rc;

	*out = NULL;
	if (!tls)
		return -ENOMEM;
	tls->refs = 1;
	for (int kind = 0; kind < TLS_KINDS; kind++) {
		rc = gnutls_priority_init(&tls->priorities[kind],
				priorities[kind][has_aes], NULL);
		if (rc < 0)
			goto fail;
	}
	rc = gnutls_anon_allocate_server_credentials(&tls->anonymous);
	if (rc < 0)
		goto fail;
	rc = gnutls_anon_set_server_known_dh_params(
			tls->anonymous, GNUTLS_SEC_PARAM_MEDIUM);
	if (rc < 0)
		goto fail;
	*out = tls;
	return 0;

fail:
	net_tls_destroy(tls);
	return tls_errno(rc);
}

int net_tls_create(struct net_tls **out)
{
	return net_tls_create_for(out, core_simd_has_aes());
}

void net_tls_destroy(struct net_tls *tls)
{
	if (!tls || --tls->refs > 0)
		return;
	for (int kind = 0; kind < TLS_KINDS; kind++)
		if (tls->priorities[kind])
			gnutls_priority_deinit(tls->priorities[kind]);
	if (tls->anonymous)
		gnutls_anon_free_server_credentials(tls->anonymous);
	tls_identity_unref(tls->identity);
	free(tls);
}

bool net_tls_has_certificate(const struct net_tls *tls)
{
	return tls->identity;
}

int net_tls_load(struct net_tls *tls, const char *certificate_path,
		const char *key_path, char why[NET_TLS_WHY_BYTES])
{
	struct tls_identity *identity = calloc(1, sizeof(*identity));
	struct tls_pair pair = {0};
	int rc = -ENOMEM;

	if (!identity)
		goto fail;
	identity->refs = 1;
	rc = gnutls_certificate_allocate_credentials(&identity->credentials);
	if (rc < 0)
		goto fail;
	rc = tls_pair_load(&pair, certificate_path, key_path, why);
	if (rc < 0)
		goto done;
	rc = gnutls_certificate_set_x509_key(identity->credentials, pair.chain,
			(int)pair.chain_n, pair.key);
	if (rc < 0)
		goto fail;
	tls_identity_unref(tls->identity);
	tls->identity = identity;
	identity = NULL;
	rc = 0;
	goto done;

fail:
	rc = tls_refuse(why, -EINVAL, "%s", gnutls_strerror(rc));
done:
	tls_pair_finish(&pair);
	tls_identity_unref(identity);
	return rc;
}
