/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/bench/walk.h"

/*
 * One of very many connections to an RFB server, from an address of its own,
 * well-behaved or not. Nothing here waits.
 *
 * Threads: one. Errors: what goes wrong ends the connection; see `state`.
 */
enum peer_kind {
	PEER_VIEWER,    /* logs in, and asks for one update after another */
	PEER_BANNER,    /* leaves when it has the server's version */
	PEER_SILENT,    /* says nothing */
	PEER_SLOW,      /* a byte of its version now and then */
	PEER_MALFORMED, /* says what is no RFB, or not in this order */
	PEER_KINDS
};

enum peer_state {
	PEER_VERSION,
	PEER_TYPES,
	PEER_CHALLENGE,
	PEER_VENCRYPT_VERSION,
	PEER_VENCRYPT_ACCEPTED,
	PEER_VENCRYPT_SUBTYPES,
	PEER_VENCRYPT_CHOSEN,
	PEER_TLS,
	PEER_RESULT,
	PEER_INIT,
	PEER_UPDATES, /* it is in */
	PEER_DONE,    /* it left of its own accord */
	PEER_LOST,    /* the server ended it */
	PEER_STATES
};

/* How to get in. */
struct peer_door {
	uint16_t port;
	uint8_t type;     /* on the wire; 19: VeNCrypt, and then */
	uint16_t subtype; /* with certificate, and */
	const char *user; /* with Plain, else NULL */
	const char *password;
	gnutls_certificate_credentials_t credentials;
};

/*
 * `login`: "vncauth:PASSWORD", "x509vnc:PASSWORD" or
 * "x509plain:USER:PASSWORD"; borrowed and changed.
 */
void peer_door_init(struct peer_door *door, const char *port, char *login);

#define PEER_BUFFER_BYTES 32768
#define PEER_SLOW_US UINT64_C(5000000)

struct peer {
	const struct peer_door *door;
	enum peer_kind kind;
	unsigned number; /* chooses what is malformed about it */
	enum peer_state state;
	int fd; /* -1: done or lost */
	gnutls_session_t tls;
	bool encrypted;
	size_t held_bytes;
	uint8_t *buffer;
	struct walk walk;
	uint64_t began_us;
	uint64_t banner_us; /* when it had the server's version; 0: not yet */
	uint64_t in_us;     /* when the server let it in */
	uint64_t said_us;   /* the newest byte of a slow one */
	unsigned said;      /* how many */
	unsigned updates;
};

/* From 127.a.b.c, which are three bytes of `source`. */
void peer_connect(struct peer *peer, const struct peer_door *door,
		enum peer_kind kind, uint32_t source);

/* There is something to read, perhaps. */
void peer_read(struct peer *peer);

/* A slow one says its next byte, when it is time. */
void peer_tick(struct peer *peer, uint64_t now_us);

/* Bytes of its own, for a viewer that is in. */
void peer_say(struct peer *peer, const void *bytes, size_t size);

/* Ends it as a broken cable would, or a viewer that is closed. */
void peer_close(struct peer *peer, enum peer_state state);
