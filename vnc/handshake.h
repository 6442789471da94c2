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
 * type, proof, ClientInit; RFC 6143, sections 7.1 to 7.3.1, and the old flows
 * of 3.3 and 3.7. The chosen type is always one that was offered. Whether a
 * proof is good enough is for somebody else to say, at any time later.
 *
 * Threads: loop thread only.
 * Errors:  see vnc_handshake_feed.
 */
enum vnc_handshake_state {
	VNC_HANDSHAKE_VERSION,
	VNC_HANDSHAKE_TYPE,
	VNC_HANDSHAKE_RESPONSE,
	VNC_HANDSHAKE_LOGIN, /* an answer is awaited, and nothing is read */
	VNC_HANDSHAKE_CLIENT_INIT,
	VNC_HANDSHAKE_DONE,
};

/* Borrowed, all of it. */
struct vnc_handshake_parts {
	struct net_stream *stream;
	const struct core_address *peer;
	unsigned security;    /* of VNC_SECURITY_ */
	const char *password; /* VNC_PASSWORD_BYTES */
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
 * stream. Returns how many bytes are done with; 0: more are needed, or the
 * answer to a login. -EPROTONOSUPPORT: a version or a security type that is
 * not to be had; -EPROTO: no RFB; another -errno: no randomness. After an
 * error, let what was queued go out and close.
 */
ssize_t vnc_handshake_feed(struct vnc_handshake *handshake,
		const uint8_t *bytes, size_t size);

/*
 * In state LOGIN only. NULL: go on. Else the viewer is told why not, where its
 * version has a place for that; let it go out and close.
 */
void vnc_handshake_answer(struct vnc_handshake *handshake, const char *refusal);
