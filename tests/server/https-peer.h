/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <sys/types.h>

/*
 * A server on loopback that speaks TLS and answers every request with the same
 * bytes, whatever it was; a process of its own.
 */
struct https_peer {
	pid_t child;
	unsigned port;
	int seen; /* the requests, as they came, each with its body */
};

struct https_peer_options {
	const char *certificate_path;
	const char *key_path;
	const char *reply; /* all of it, headers as well */
	size_t more_bytes; /* zeros that follow */
};

/* Fails the test when it cannot. */
void https_peer_start(struct https_peer *peer,
		const struct https_peer_options *options);

/*
 * Ends it; `seen` gets what it was sent, with a NUL behind it, as far as there
 * is room.
 */
void https_peer_stop(struct https_peer *peer, char *seen, size_t seen_bytes);
