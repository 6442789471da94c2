/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/tls.h"
#include "vnc/server.h"

/*
 * Who may come in and how: the security types of RFB with VeNCrypt's subtypes,
 * and the proof that VncAuth asks for.
 *
 * Threads: any; where `tls` is given, the loop's.
 * Errors:  -errno where no randomness is to be had.
 */
#define VNC_SECURITY_BROWSER (1U << 7) /* "none" on a stream with a ticket */

struct vnc_security_type {
	const char *name;  /* as the configuration says it */
	unsigned security; /* of VNC_SECURITY_ */
	uint32_t number;   /* on the wire, of RFB or within VeNCrypt */
	bool vencrypt;
	bool in_3_3; /* the old protocol knows it too */
	bool tls;
	enum net_tls_kind tls_kind;
	enum vnc_proof proof;
	const char *risk; /* to whoever uses it over a network; NULL: none */
};

/* Of VNC_SECURITY_, what can be offered now. `tls` may be NULL. */
unsigned vnc_security_available(unsigned security, const struct net_tls *tls);

/*
 * Those of `security` within VeNCrypt, or those outside, best first; at most
 * `types_n` are written. Returns how many.
 */
#define VNC_SECURITY_TYPES_MAX 8
size_t vnc_security_list(unsigned security, bool vencrypt,
		const struct vnc_security_type **types, size_t types_n);

/* The one of that number, or NULL: it was not offered. */
const struct vnc_security_type *vnc_security_find(
		unsigned security, bool vencrypt, uint32_t number);

/* "x509plain, x509vnc", or "nothing". */
#define VNC_SECURITY_TEXT_BYTES 96
void vnc_security_describe(
		unsigned security, char text[VNC_SECURITY_TEXT_BYTES]);

/*
 * What is risky about `security` where it is offered, a warning for each type.
 * -EACCES, logged: nobody has to prove anything, and not only this machine can
 * connect.
 */
int vnc_security_check(const char *name, const struct core_address *address,
		unsigned security);

#define VNC_CHALLENGE_BYTES 16
int vnc_security_make_challenge(uint8_t challenge[VNC_CHALLENGE_BYTES]);

/*
 * Takes the same time for every answer. A password of zeros is known to
 * nobody.
 */
bool vnc_security_is_proved(const char password[VNC_PASSWORD_BYTES],
		const uint8_t challenge[VNC_CHALLENGE_BYTES],
		const uint8_t response[VNC_CHALLENGE_BYTES]);
