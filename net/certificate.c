/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/certificate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <gnutls/crypto.h>

#include "core/write-all.h"
#include "net/own-names.h"
#include "net/tls-private.h"

_Static_assert(NET_CERTIFICATE_WHY_BYTES == NET_TLS_WHY_BYTES,
		"both speak through the same functions");

#define PATH_BYTES 4096
#define DAY_S (24 * 60 * 60)
#define YEARS_10_S ((time_t)3652 * DAY_S)

/* No clock is right that says less: 2026-01-01. */
#define NOT_BEFORE_S ((time_t)1767225600)

/* ---- files -----------------------------------------------------------------
 */

static int fill(int fd, const gnutls_datum_t *text)
{
	int rc;

	if (fchmod(fd, 0600) == -1)
		return -errno;
	rc = core_write_all(fd, text->data, text->size);
	if (rc == 0 && fsync(fd) == -1)
		rc = -errno;
	return rc;
}

static int write_new(const char *path, const gnutls_datum_t *text)
{
	int fd = open(path,
			O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			0600);
	int rc;

	if (fd == -1)
		return -errno;
	rc = fill(fd, text);
	if (close(fd) == -1 && rc == 0)
		rc = -errno;
	return rc;
}

static int sync_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (fd == -1)
		return -errno;
	rc = fsync(fd) == -1 ? -errno : 0;
	close(fd);
	return rc;
}

/* The file is there as a whole, or not: a power cut leaves no other. */
static int keep(const char *path, const gnutls_datum_t *text)
{
	char new_path[PATH_BYTES], directory[PATH_BYTES];
	int rc;

	if (snprintf(new_path, sizeof(new_path), "%s.new", path) >=
			(int)sizeof(new_path))
		return -ENAMETOOLONG;
	strcpy(directory, path);
	rc = write_new(new_path, text);
	if (rc == 0 && rename(new_path, path) == -1)
		rc = -errno;
	return rc < 0 ? rc : sync_directory(dirname(directory));
}

static int make_directory(const char *file_path)
{
	char directory[PATH_BYTES], parent[PATH_BYTES];

	if (strlen(file_path) >= PATH_BYTES)
		return -ENAMETOOLONG;
	strcpy(directory, file_path);
	dirname(directory);
	strcpy(parent, directory);
	if (mkdir(directory, 0700) == -1)
		return errno == EEXIST ? 0 : -errno;
	return sync_directory(dirname(parent));
}

static int refuse_write(
		char why[NET_CERTIFICATE_WHY_BYTES], const char *path, int rc)
{
	return tls_refuse(why, rc,
			"%s: cannot be written: %s; its directory must exist and belong to the daemon's user",
			path, strerrordesc_np(-rc));
}

/* ---- the machine's own -----------------------------------------------------
 */

static int name_it(gnutls_x509_crt_t certificate)
{
	struct net_own_names own;
	const char *first;
	int rc;

	net_own_names_learn(&own, "/etc/hosts");
	first = own.names[0];
	rc = gnutls_x509_crt_set_dn_by_oid(certificate,
			GNUTLS_OID_X520_COMMON_NAME, 0, first,
			(unsigned)strnlen(first, 64)); /* X.520's most */
	for (size_t i = 0; i < own.names_n && rc == 0; i++)
		rc = gnutls_x509_crt_set_subject_alt_name(certificate,
				GNUTLS_SAN_DNSNAME, own.names[i],
				(unsigned)strlen(own.names[i]),
				GNUTLS_FSAN_APPEND);
	for (size_t i = 0; i < own.addresses_n && rc == 0; i++)
		rc = gnutls_x509_crt_set_subject_alt_name(certificate,
				GNUTLS_SAN_IPADDRESS, own.addresses[i].bytes,
				own.addresses[i].size, GNUTLS_FSAN_APPEND);
	return rc;
}

static int number_it(gnutls_x509_crt_t certificate)
{
	unsigned char serial[16];
	int rc = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial));

	serial[0] = (unsigned char)((serial[0] & 0x3f) | 0x40); /* positive */
	return rc < 0 ? rc
		      : gnutls_x509_crt_set_serial(
					certificate, serial, sizeof(serial));
}

/* A machine without a clock of its own begins in the past. */
static int date_it(gnutls_x509_crt_t certificate)
{
	time_t now_s = time(NULL);
	int rc;

	if (now_s < NOT_BEFORE_S)
		now_s = NOT_BEFORE_S;
	rc = gnutls_x509_crt_set_activation_time(certificate, now_s - DAY_S);
	return rc < 0 ? rc
		      : gnutls_x509_crt_set_expiration_time(
					certificate, now_s + YEARS_10_S);
}

static int sign(gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
	int rc = gnutls_x509_crt_set_version(certificate, 3);

	if (rc == 0)
		rc = gnutls_x509_crt_set_key(certificate, key);
	if (rc == 0)
		rc = number_it(certificate);
	if (rc == 0)
		rc = name_it(certificate);
	if (rc == 0)
		rc = date_it(certificate);
	if (rc == 0)
		rc = gnutls_x509_crt_set_basic_constraints(certificate, 0, -1);
	if (rc == 0)
		rc = gnutls_x509_crt_set_key_usage(
				certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
	if (rc == 0)
		rc = gnutls_x509_crt_set_key_purpose_oid(
				certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
	return rc < 0 ? rc
		      : gnutls_x509_crt_sign2(certificate, certificate, key,
					GNUTLS_DIG_SHA256, 0);
}

static int make_key(const char *path, gnutls_x509_privkey_t key,
		char why[NET_CERTIFICATE_WHY_BYTES])
{
	gnutls_datum_t text = {NULL, 0};
	int rc = gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
			GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);

	if (rc == 0)
		rc = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM,
				NULL, GNUTLS_PKCS_PLAIN, &text);
	if (rc < 0)
		return tls_refuse(why, tls_errno(rc), "cannot make a key: %s",
				gnutls_strerror(rc));
	rc = keep(path, &text);
	explicit_bzero(text.data, text.size);
	gnutls_free(text.data);
	return rc < 0 ? refuse_write(why, path, rc) : 0;
}

static int make_certificate(const char *path, gnutls_x509_privkey_t key,
		char why[NET_CERTIFICATE_WHY_BYTES])
{
	gnutls_datum_t text = {NULL, 0};
	gnutls_x509_crt_t certificate;
	int rc = gnutls_x509_crt_init(&certificate);

	if (rc < 0)
		return tls_refuse(why, -ENOMEM, "out of memory");
	rc = sign(certificate, key);
	if (rc == 0)
		rc = gnutls_x509_crt_export2(
				certificate, GNUTLS_X509_FMT_PEM, &text);
	gnutls_x509_crt_deinit(certificate);
	if (rc < 0)
		return tls_refuse(why, tls_errno(rc),
				"cannot make a certificate: %s",
				gnutls_strerror(rc));
	rc = keep(path, &text);
	gnutls_free(text.data);
	return rc < 0 ? refuse_write(why, path, rc) : 0;
}

int net_certificate_ensure(const char *certificate_path, const char *key_path,
		char why[NET_CERTIFICATE_WHY_BYTES])
{
	bool has_certificate = access(certificate_path, F_OK) == 0;
	bool has_key = access(key_path, F_OK) == 0;
	struct tls_pair pair = {0};
	int rc;

	if (has_certificate && has_key)
		return 0;
	if (has_certificate)
		return tls_refuse(why, -ENOKEY,
				"%s is there without its key %s; put the key back, or remove the certificate to have both made anew",
				certificate_path, key_path);
	rc = make_directory(certificate_path);
	if (rc < 0)
		return refuse_write(why, certificate_path, rc);
	if (has_key)
		rc = tls_pair_load_key(&pair, key_path, why);
	else if (gnutls_x509_privkey_init(&pair.key) < 0)
		rc = tls_refuse(why, -ENOMEM, "out of memory");
	else
		rc = make_key(key_path, pair.key, why);
	if (rc == 0)
		rc = make_certificate(certificate_path, pair.key, why);
	tls_pair_finish(&pair);
	return rc;
}

/* ---- what one says ---------------------------------------------------------
 */

static int take_fingerprint(struct net_certificate_info *info,
		gnutls_x509_crt_t certificate)
{
	unsigned char digest[32];
	size_t size = sizeof(digest);
	int rc = gnutls_x509_crt_get_fingerprint(
			certificate, GNUTLS_DIG_SHA256, digest, &size);

	for (size_t i = 0; rc == 0 && i < size; i++)
		sprintf(info->fingerprint + 3 * i, "%02X%s", digest[i],
				i + 1 < size ? ":" : "");
	return rc;
}

static int take_pin(struct net_certificate_info *info,
		gnutls_x509_crt_t certificate)
{
	unsigned char digest[32];
	size_t size = sizeof(digest);
	gnutls_datum_t raw = {digest, 0}, text = {NULL, 0};
	int rc = gnutls_x509_crt_get_key_id(
			certificate, GNUTLS_KEYID_USE_SHA256, digest, &size);

	raw.size = (unsigned)size;
	if (rc == 0)
		rc = gnutls_base64_encode2(&raw, &text);
	if (rc == 0)
		snprintf(info->pin, sizeof(info->pin), "%.*s", (int)text.size,
				text.data);
	gnutls_free(text.data);
	return rc;
}

static void append_name(struct net_certificate_info *info, const char *name)
{
	size_t used = strlen(info->names);

	if (used + 1 + strlen(name) < sizeof(info->names))
		sprintf(info->names + used, "%s%s", used > 0 ? " " : "", name);
}

static void take_names(struct net_certificate_info *info,
		gnutls_x509_crt_t certificate)
{
	for (unsigned i = 0;; i++) {
		char name[NET_NAME_BYTES] = "", text[INET6_ADDRSTRLEN];
		size_t size = sizeof(name) - 1;
		int type = gnutls_x509_crt_get_subject_alt_name(
				certificate, i, name, &size, NULL);

		if (type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			return;
		if (type == GNUTLS_SAN_DNSNAME)
			append_name(info, name);
		else if (type == GNUTLS_SAN_IPADDRESS &&
				inet_ntop(size == 4 ? AF_INET : AF_INET6, name,
						text, sizeof(text)))
			append_name(info, text);
	}
}

int net_certificate_read(struct net_certificate_info *info,
		const char *certificate_path, const char *key_path,
		char why[NET_CERTIFICATE_WHY_BYTES])
{
	struct tls_pair pair = {0};
	int rc = tls_pair_load(&pair, certificate_path, key_path, why);

	*info = (struct net_certificate_info){0};
	if (rc == 0 &&
			(take_fingerprint(info, pair.chain[0]) < 0 ||
					take_pin(info, pair.chain[0]) < 0))
		rc = tls_refuse(why, -EINVAL, "%s: it has no fingerprint",
				certificate_path);
	if (rc == 0) {
		take_names(info, pair.chain[0]);
		info->from_s = gnutls_x509_crt_get_activation_time(
				pair.chain[0]);
		info->until_s = gnutls_x509_crt_get_expiration_time(
				pair.chain[0]);
	}
	tls_pair_finish(&pair);
	return rc;
}
