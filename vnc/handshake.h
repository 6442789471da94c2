/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "net/stream.h"
#include "vnc/security.h"
#include "vnc/server.h"

/*
 * From a new connection to a viewer that may see the screen: version, security
 * type, proof, ClientInit; RFC 6143, sections 7.1 to 7.3.1, and the old flows
 * of 3.3 and 3.7. The chosen type is always one that was offered.
 *
 * Threads: loop thread only.
 * Errors:  see vnc_handshake_feed.
 */
enum vnc_handshake_state {
	VNC_HANDSHAKE_VERSION,
	VNC_HANDSHAKE_TYPE,
	VNC_HANDSHAKE_RESPONSE,
	VNC_HANDSHAKE_CLIENT_INIT,
	VNC_HANDSHAKE_DONE,
};

struct vnc_handshake {
	enum vnc_handshake_state state;
	unsigned minor; /* 3, 7 or 8 */
	unsigned security;
	const char *password; /* VNC_PASSWORD_BYTES, borrowed */
	uint8_t challenge[VNC_CHALLENGE_BYTES];
};

/* Sends our version. */
void vnc_handshake_init(struct vnc_handshake *handshake,
		struct net_stream *stream, unsigned security,
		const char *password);

/*
 * Take what the viewer says next from the start of `bytes`; answers go to
 * `stream`. Returns how many bytes are done with; 0: more are needed.
 * -EACCES: wrong password; -EPROTONOSUPPORT: a version or a security type that
 * is not to be had; -EPROTO: no RFB; another -errno: no randomness. After an
 * error, let what was queued go out and close.
 */
ssize_t vnc_handshake_feed(struct vnc_handshake *handshake,
		struct net_stream *stream, const uint8_t *bytes, size_t size);
