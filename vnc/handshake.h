/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "net/stream.h"
#include "vnc/security.h"
#include "vnc/server.h"

/*
 * From a new connection to a viewer that may see the screen: version, security
 * type, with VeNCrypt also subtype and TLS, proof, ClientInit; RFC 6143,
 * sections 7.1 to 7.3.1, and the old flows of 3.3 and 3.7. The chosen type is
 * always one that was offered. Whether a proof is good enough is for somebody
 * else to say, at any time later.
 *
 * Threads: loop thread only.
 * Errors:  see vnc_handshake_feed.
 */
enum vnc_handshake_state {
	VNC_HANDSHAKE_VERSION,
	VNC_HANDSHAKE_TYPE,
	VNC_HANDSHAKE_VENCRYPT_VERSION,
	VNC_HANDSHAKE_VENCRYPT_SUBTYPE,
	VNC_HANDSHAKE_TLS,      /* begins as soon as what came is consumed */
	VNC_HANDSHAKE_RESPONSE, /* to a challenge */
	VNC_HANDSHAKE_PLAIN,    /* name and password */
	VNC_HANDSHAKE_LOGIN,    /* an answer is awaited, and nothing is read */
	VNC_HANDSHAKE_CLIENT_INIT,
	VNC_HANDSHAKE_DONE,
};

/* Borrowed, all of it. */
struct vnc_handshake_parts {
	struct net_stream *stream;
	const struct core_address *peer;
	unsigned security;    /* of VNC_SECURITY_, all to be had */
	const char *password; /* VNC_PASSWORD_BYTES */
	struct net_tls *tls;  /* NULL if nothing in `security` needs it */
	uint64_t ticket;      /* VNC_SECURITY_BROWSER: what it came with */
	/*
	 * The viewer has shown what it can: vnc_handshake_answer, from within
	 * this call or later.
	 */
	void (*login)(void *context, const struct vnc_login *login);
	void *context;
};

struct vnc_handshake {
	enum vnc_handshake_state state;
	struct vnc_handshake_parts parts;
	unsigned minor;                       /* 3, 7 or 8 */
	const struct vnc_security_type *type; /* the chosen one */
	bool alone;                           /* ClientInit asks to be */
	uint8_t challenge[VNC_CHALLENGE_BYTES];
};

/* Sends our version. */
void vnc_handshake_init(struct vnc_handshake *handshake,
		const struct vnc_handshake_parts *parts);

/*
 * Take what the viewer says next from the start of `bytes`; answers go to the
 * stream. Returns how many bytes are done with: once they are consumed, call
 * again; 0: more are needed, or the answer to a login.
 * Where the viewer is told why: -EPROTONOSUPPORT, a version or a security type
 * that is not to be had; -ENOTSUP, there is none at all; -EMSGSIZE, a name or a
 * password too long; -EILSEQ, one that is none. Let that go out and close.
 * Where there is no way to: -EPROTO, no RFB; -EBADMSG, bytes ahead of TLS;
 * others, no randomness or no TLS. Close.
 */
ssize_t vnc_handshake_feed(struct vnc_handshake *handshake,
		const uint8_t *bytes, size_t size);

/*
 * In state LOGIN only. NULL: go on. Else the viewer is told why not, where its
 * version has a place for that; let it go out and close.
 */
void vnc_handshake_answer(struct vnc_handshake *handshake, const char *refusal);
