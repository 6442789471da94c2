/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

#include "server/cli-sink.h"

/*
 * Requests over https to a daemon elsewhere, one after the other on a
 * connection that is kept. The token goes to nobody whose certificate was not
 * found good, and redirects are not followed. Blocks, at most
 * SERVER_HTTPS_PATIENCE_S for a request. Part of `rackhand` only: the daemon
 * connects to nobody.
 *
 * Threads: main only.
 * Errors:  -EINVAL for options that are wrong, -ENOTCONN when nobody answers
 *          there who can be trusted, -ETIMEDOUT, -EMSGSIZE for a reply that is
 *          too large, -EPROTO for one that makes no sense, -ENOMEM; `why` says
 *          what it was, and the cure.
 */
struct server_https;

#define SERVER_HTTPS_WHY_BYTES 512
#define SERVER_HTTPS_PATIENCE_S 30
#define SERVER_HTTPS_REPLY_MAX_BYTES ((size_t)32 << 20)
#define SERVER_HTTPS_TOKEN_MAX_BYTES 256

struct server_https_options {
	const char *url;     /* "https://kvm1.example.org:8443" */
	const char *token;   /* NULL: none */
	const char *ca_path; /* PEM, not the system's authorities; or NULL */
	/*
	 * SHA-256 of the only good key, in base64, instead of any authority and
	 * name; or NULL.
	 */
	const char *pin;
};

struct server_https_reply {
	unsigned status;
	char type[64]; /* of the body, without parameters; "" */
	char *body;    /* with a NUL behind it; free it */
	size_t size_bytes;
};

/* Copies what the options name. Nothing is sent yet. */
int server_https_create(struct server_https **out,
		const struct server_https_options *options,
		char why[SERVER_HTTPS_WHY_BYTES]);

/* NULL is allowed. */
void server_https_destroy(struct server_https *https);

/*
 * `path` begins with a slash; `body` is JSON, or NULL. Any status is a
 * success; on an error *reply is empty.
 */
int server_https_call(struct server_https *https, const char *method,
		const char *path, const char *body,
		struct server_https_reply *reply,
		char why[SERVER_HTTPS_WHY_BYTES]);

/*
 * A GET whose answer has no end: it goes to `sink`, and 0 is returned when that
 * says that it is over. An answer of another status than 200 becomes *reply, as
 * above. -ECONNRESET: the daemon hung up; -ETIMEDOUT: it is silent.
 */
int server_https_follow(struct server_https *https, const char *path,
		const struct server_cli_sink *sink,
		struct server_https_reply *reply,
		char why[SERVER_HTTPS_WHY_BYTES]);
