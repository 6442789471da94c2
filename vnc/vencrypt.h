/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "vnc/server.h"

/*
 * What a viewer says within security type 19, VeNCrypt 0.2: which version,
 * which subtype, and, under Plain, its user's name and password.
 *
 * Threads: any.
 * Errors:  see each.
 */
#define VNC_VENCRYPT_TYPE 19

/* Ours is the only one: 0.2. -EPROTONOSUPPORT: another. */
#define VNC_VENCRYPT_VERSION_BYTES 2
int vnc_vencrypt_read_version(const uint8_t bytes[VNC_VENCRYPT_VERSION_BYTES]);

#define VNC_VENCRYPT_SUBTYPE_BYTES 4
uint32_t vnc_vencrypt_read_subtype(
		const uint8_t bytes[VNC_VENCRYPT_SUBTYPE_BYTES]);

/* Both end with a zero, which is in neither. */
struct vnc_plain {
	char user[VNC_USER_MAX_BYTES + 1];     /* printable ASCII */
	char secret[VNC_SECRET_MAX_BYTES + 1]; /* whatever was sent */
};

/*
 * Returns how many bytes were read, or 0: more are needed; whoever gets
 * something wipes it. -EMSGSIZE: longer than may be, told from the lengths
 * alone; -EILSEQ: what is in no name or in no password. *plain is zeros then.
 */
#define VNC_PLAIN_HEAD_BYTES 8
ssize_t vnc_plain_read(
		struct vnc_plain *plain, const uint8_t *bytes, size_t size);
