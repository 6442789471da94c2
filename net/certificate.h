/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Certificates as files: what one says, whether a key belongs to it, and the
 * machine's own: P-256, self-signed, for its names and addresses, made where
 * there is none yet.
 *
 * Threads: any.
 * Errors:  -errno; `why` says it in words, with the cure.
 */
#define NET_CERTIFICATE_WHY_BYTES 512

/*
 * Make both files, 0600, and their directory, unless both are there. A key
 * alone, as a power cut can leave it, gets a certificate; a certificate alone
 * is an error, since nobody knows what became of its key.
 */
int net_certificate_ensure(const char *certificate_path, const char *key_path,
		char why[NET_CERTIFICATE_WHY_BYTES]);

#define NET_FINGERPRINT_TEXT_BYTES 96
#define NET_PIN_TEXT_BYTES 48
#define NET_CERTIFICATE_NAMES_BYTES 1024

struct net_certificate_info {
	char fingerprint[NET_FINGERPRINT_TEXT_BYTES]; /* SHA-256, "AB:CD:..." */
	/* SHA-256 of the key, in base64: TigerVNC's viewer shows that instead.
	 */
	char pin[NET_PIN_TEXT_BYTES];
	/* Names and addresses, a space between them; as many as fit. */
	char names[NET_CERTIFICATE_NAMES_BYTES];
	int64_t from_s; /* seconds since 1970 */
	int64_t until_s;
};

/*
 * Of the first certificate in the file. With a key_path: whether that key can
 * be used with it; the same checks as net_tls_load, the same errors.
 */
int net_certificate_read(struct net_certificate_info *info,
		const char *certificate_path, const char *key_path,
		char why[NET_CERTIFICATE_WHY_BYTES]);
