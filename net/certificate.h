/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * The machine's own certificate: P-256, self-signed, for its names and
 * addresses, made where there is none yet.
 *
 * Threads: any.
 * Errors:  -errno; `why` says it in words, with the cure.
 */
#define NET_CERTIFICATE_WHY_BYTES 512

/*
 * Make both files, 0600, unless both are there; one alone is an error, since
 * nobody knows what became of the other. After a power cut there are both or
 * the next call makes them.
 */
int net_certificate_ensure(const char *certificate_path, const char *key_path,
		char why[NET_CERTIFICATE_WHY_BYTES]);

/* SHA-256 of the first certificate in the file, as "AB:CD:...". */
#define NET_FINGERPRINT_TEXT_BYTES 96
int net_certificate_fingerprint(const char *certificate_path,
		char text[NET_FINGERPRINT_TEXT_BYTES],
		char why[NET_CERTIFICATE_WHY_BYTES]);
