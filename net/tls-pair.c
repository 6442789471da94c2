/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/tls-private.h"

/* Of a file; a long chain has a tenth of it. */
#define FILE_MAX_BYTES (128 << 10)

/* The number of bits that anybody still calls safe. */
#define WEAKEST GNUTLS_SEC_PARAM_MEDIUM

int tls_refuse(char why[NET_TLS_WHY_BYTES], int rc, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, NET_TLS_WHY_BYTES, format, args);
	va_end(args);
	return rc;
}

static int refuse_file(char why[NET_TLS_WHY_BYTES], const char *path, int error)
{
	return tls_refuse(why, -error, "%s: %s", path, strerrordesc_np(error));
}

static int check_file(int fd, const char *path, bool secret,
		char why[NET_TLS_WHY_BYTES])
{
	struct stat status;

	if (fstat(fd, &status) == -1)
		return refuse_file(why, path, errno);
	if (!S_ISREG(status.st_mode))
		return tls_refuse(why, -EINVAL, "%s: it is no regular file",
				path);
	if (secret && status.st_mode & S_IRWXO)
		return tls_refuse(why, -EPERM,
				"%s: others have access to it; chmod o= it",
				path);
	return 0;
}

static int read_all(int fd, const char *path, gnutls_datum_t *text,
		char why[NET_TLS_WHY_BYTES])
{
	ssize_t got;

	text->data = malloc(FILE_MAX_BYTES);
	if (!text->data)
		return refuse_file(why, path, ENOMEM);
	do {
		got = read(fd, text->data + text->size,
				FILE_MAX_BYTES - text->size);
		if (got < 0)
			return refuse_file(why, path, errno);
		text->size += (unsigned)got;
	} while (got > 0);
	if (text->size == FILE_MAX_BYTES)
		return tls_refuse(why, -EINVAL,
				"%s: it is too large for a certificate or key",
				path);
	return 0;
}

static int read_file(const char *path, bool secret, gnutls_datum_t *text,
		char why[NET_TLS_WHY_BYTES])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int rc;

	if (fd == -1)
		return refuse_file(why, path, errno);
	rc = check_file(fd, path, secret, why);
	if (rc == 0)
		rc = read_all(fd, path, text, why);
	close(fd);
	return rc;
}

static void wipe(gnutls_datum_t *text)
{
	if (text->data)
		explicit_bzero(text->data, text->size);
	free(text->data);
}

static int load_chain(struct tls_pair *pair, const char *path,
		char why[NET_TLS_WHY_BYTES])
{
	gnutls_datum_t text = {NULL, 0};
	int rc = read_file(path, false, &text, why);

	if (rc == 0 &&
			gnutls_x509_crt_list_import2(&pair->chain,
					&pair->chain_n, &text,
					GNUTLS_X509_FMT_PEM,
					GNUTLS_X509_CRT_LIST_SORT) < 0)
		rc = tls_refuse(why, -EINVAL,
				"%s: it is no certificate in PEM format, or the chain in it is broken",
				path);
	wipe(&text);
	return rc;
}

static int import_key(struct tls_pair *pair, const char *path,
		const gnutls_datum_t *text, char why[NET_TLS_WHY_BYTES])
{
	int rc = gnutls_x509_privkey_init(&pair->key);

	if (rc == 0)
		rc = gnutls_x509_privkey_import2(
				pair->key, text, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (rc == GNUTLS_E_DECRYPTION_FAILED)
		return tls_refuse(why, -EINVAL,
				"%s: the key is locked with a passphrase; unlock it with openssl pkey",
				path);
	if (rc < 0)
		return tls_refuse(why, -EINVAL,
				"%s: it is no private key in PEM format", path);
	return 0;
}

static int check_strength(const struct tls_pair *pair, const char *path,
		char why[NET_TLS_WHY_BYTES])
{
	unsigned bits = 0;
	int algorithm = gnutls_x509_privkey_get_pk_algorithm2(pair->key, &bits);

	if (algorithm < 0 ||
			gnutls_pk_bits_to_sec_param(
					(gnutls_pk_algorithm_t)algorithm,
					bits) < WEAKEST)
		return tls_refuse(why, -EKEYREJECTED,
				"%s: a key of %u bits is too weak; make one for P-256, or RSA of 2048 bits or more",
				path, bits);
	return 0;
}

int tls_pair_load_key(struct tls_pair *pair, const char *path,
		char why[NET_TLS_WHY_BYTES])
{
	gnutls_datum_t text = {NULL, 0};
	int rc = read_file(path, true, &text, why);

	if (rc == 0)
		rc = import_key(pair, path, &text, why);
	if (rc == 0)
		rc = check_strength(pair, path, why);
	wipe(&text);
	return rc;
}

#define KEY_ID_BYTES 32

static bool belong_together(const struct tls_pair *pair)
{
	const unsigned flags = GNUTLS_KEYID_USE_SHA256;
	unsigned char ours[KEY_ID_BYTES], theirs[KEY_ID_BYTES];
	size_t ours_size = sizeof(ours), theirs_size = sizeof(theirs);

	return gnutls_x509_privkey_get_key_id(
			       pair->key, flags, ours, &ours_size) == 0 &&
			gnutls_x509_crt_get_key_id(pair->chain[0], flags,
					theirs, &theirs_size) == 0 &&
			ours_size == theirs_size &&
			memcmp(ours, theirs, ours_size) == 0;
}

int tls_pair_load(struct tls_pair *pair, const char *certificate_path,
		const char *key_path, char why[NET_TLS_WHY_BYTES])
{
	int rc = load_chain(pair, certificate_path, why);

	if (rc < 0 || !key_path)
		return rc;
	rc = tls_pair_load_key(pair, key_path, why);
	if (rc < 0)
		return rc;
	if (!belong_together(pair))
		return tls_refuse(why, -EKEYREJECTED,
				"%s and %s: the key is not that of the certificate",
				certificate_path, key_path);
	return 0;
}

void tls_pair_finish(struct tls_pair *pair)
{
	for (unsigned i = 0; i < pair->chain_n; i++)
		gnutls_x509_crt_deinit(pair->chain[i]);
	gnutls_free(pair->chain);
	gnutls_x509_privkey_deinit(pair->key);
	*pair = (struct tls_pair){0};
}
