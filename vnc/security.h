/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vnc/server.h"

/*
 * Who may come in and how: the security types of RFB and the proof that
 * VncAuth asks for.
 *
 * Threads: any.
 * Errors:  -errno where no randomness is to be had.
 */

/* What happens after a type was chosen. */
enum vnc_security_step {
	VNC_STEP_ADMIT,     /* nothing to prove */
	VNC_STEP_CHALLENGE, /* VncAuth */
};

struct vnc_security_type {
	uint8_t number;             /* on the wire */
	const char *name;           /* as the configuration says it */
	bool in_3_3;                /* the old protocol knows it too */
	enum vnc_security security; /* offered under this configuration */
	enum vnc_security_step step;
};

/*
 * The types that are offered under `security`, best first; at most `types_n`
 * are written. Returns how many.
 */
#define VNC_SECURITY_TYPES_MAX 8
size_t vnc_security_list(unsigned security,
		const struct vnc_security_type **types, size_t types_n);

/* The offered type of that number, or NULL: it was not offered. */
const struct vnc_security_type *vnc_security_find(
		unsigned security, uint8_t number);

#define VNC_CHALLENGE_BYTES 16
int vnc_security_make_challenge(uint8_t challenge[VNC_CHALLENGE_BYTES]);

/*
 * Takes the same time for every answer. A password of zeros is known to
 * nobody.
 */
bool vnc_security_is_proved(const char password[VNC_PASSWORD_BYTES],
		const uint8_t challenge[VNC_CHALLENGE_BYTES],
		const uint8_t response[VNC_CHALLENGE_BYTES]);
