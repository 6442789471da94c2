/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/net/papers.h"

#include <fcntl.h>
#include <gnutls/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define DAY_S (24 * 60 * 60)

static gnutls_x509_privkey_t make_key(unsigned rsa_bits)
{
	gnutls_x509_privkey_t key;

	assert_int_equal(gnutls_x509_privkey_init(&key), 0);
	assert_int_equal(
			gnutls_x509_privkey_generate(key,
					rsa_bits ? GNUTLS_PK_RSA
						 : GNUTLS_PK_ECDSA,
					rsa_bits ? rsa_bits
						 : GNUTLS_CURVE_TO_BITS(
								   GNUTLS_ECC_CURVE_SECP256R1),
					0),
			0);
	return key;
}

static gnutls_x509_crt_t make_certificate(const struct papers *papers,
		gnutls_x509_privkey_t key, bool authority)
{
	const char *name = papers->name ? papers->name : "test";
	int until_days = papers->until_days ? papers->until_days : 365;
	gnutls_x509_crt_t certificate;

	assert_int_equal(gnutls_x509_crt_init(&certificate), 0);
	gnutls_x509_crt_set_version(certificate, 3);
	gnutls_x509_crt_set_key(certificate, key);
	gnutls_x509_crt_set_serial(certificate, authority ? "\1" : "\2", 1);
	if (authority)
		name = "authority";
	gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME,
			0, name, (unsigned)strlen(name));
	if (!authority)
		gnutls_x509_crt_set_subject_alt_name(certificate,
				GNUTLS_SAN_DNSNAME, name,
				(unsigned)strlen(name), GNUTLS_FSAN_SET);
	gnutls_x509_crt_set_basic_constraints(certificate, authority, -1);
	gnutls_x509_crt_set_activation_time(certificate,
			time(NULL) + papers->from_days * (time_t)DAY_S);
	gnutls_x509_crt_set_expiration_time(
			certificate, time(NULL) + until_days * (time_t)DAY_S);
	return certificate;
}

static void sign(gnutls_x509_crt_t certificate, gnutls_x509_crt_t by,
		gnutls_x509_privkey_t key)
{
	assert_int_equal(gnutls_x509_crt_sign2(certificate, by, key,
					 GNUTLS_DIG_SHA256, 0),
			0);
}

static void append(const char *path, int flags, gnutls_datum_t text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.data, text.size), text.size);
	close(fd);
	gnutls_free(text.data);
}

static void append_certificate(
		const char *path, int flags, gnutls_x509_crt_t certificate)
{
	gnutls_datum_t text;

	assert_int_equal(gnutls_x509_crt_export2(certificate,
					 GNUTLS_X509_FMT_PEM, &text),
			0);
	append(path, flags, text);
}

void papers_make(const struct papers *papers, const char *certificate_path,
		const char *key_path)
{
	gnutls_x509_privkey_t key = make_key(papers->rsa_bits);
	gnutls_x509_privkey_t authority_key = make_key(0);
	gnutls_x509_crt_t certificate = make_certificate(papers, key, false);
	gnutls_x509_crt_t authority =
			make_certificate(papers, authority_key, true);
	gnutls_datum_t text;

	sign(authority, authority, authority_key);
	if (papers->vouched)
		sign(certificate, authority, authority_key);
	else
		sign(certificate, certificate, key);
	append_certificate(certificate_path, O_TRUNC, certificate);
	if (papers->vouched)
		append_certificate(certificate_path, O_APPEND, authority);
	assert_int_equal(
			gnutls_x509_privkey_export2_pkcs8(key,
					GNUTLS_X509_FMT_PEM, papers->passphrase,
					papers->passphrase
							? GNUTLS_PKCS_PBES2_AES_256
							: GNUTLS_PKCS_PLAIN,
					&text),
			0);
	append(key_path, O_TRUNC, text);
	gnutls_x509_crt_deinit(authority);
	gnutls_x509_crt_deinit(certificate);
	gnutls_x509_privkey_deinit(authority_key);
	gnutls_x509_privkey_deinit(key);
}
