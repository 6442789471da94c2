/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "tests/vnc/desk.h"

/*
 * Every way through the handshake: each security type in each version of RFB
 * that has it. What is on the wire is written down here once more.
 */
struct way {
	const char *name; /* of the type, as the configuration says it */
	unsigned security;
	const char *version;
	bool vencrypt;
	unsigned number; /* of the type, or of VeNCrypt's subtype */
	bool tls;
	bool anonymous;
	enum vnc_proof proof;
};

#define WAYS_MAX 24
size_t ways_list(struct way ways[WAYS_MAX]);

/* The desk expects these of whoever comes by a way. */
#define WAY_USER "anna"
#define WAY_SECRET "correct horse"

/*
 * From the connection to the end of ServerInit; in parts, up to the name or
 * the answer to the challenge, and that. False: it was cut, or the server broke
 * off within TLS.
 */
bool way_walk(const struct way *way, struct client *client);
bool way_walk_to_proof(const struct way *way, struct client *client);
bool way_prove(const struct way *way, struct client *client);

/* Up to the list of subtypes. */
bool way_enter_vencrypt(struct client *client, const char *version);

/* U32 lengths, name, password; returns how many bytes. */
#define WAY_PLAIN_BYTES (8 + 256 + 256)
size_t way_write_plain(unsigned char bytes[WAY_PLAIN_BYTES], const char *user,
		const char *secret);
