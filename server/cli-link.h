/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "server/cli-sink.h"
#include "server/cli.h"

/*
 * The way from rackhand to the daemon: its control socket or, with --url, https
 * with a token. What is asked, and how, is the same row of the table of
 * operations (server/api-routes.h) for both.
 *
 * Threads: main only.
 * Errors:  an exit code, with the complaint on stderr.
 */
struct server_cli_link;

/* The exit codes; SERVER_EXIT_USAGE is in between. */
#define SERVER_EXIT_UNREACHABLE 3
#define SERVER_EXIT_FORBIDDEN 4
#define SERVER_EXIT_CONFLICT 5

struct server_cli_answer {
	unsigned status; /* of HTTP, whatever the way; 0: it cannot be asked */
	/*
	 * Below 300, what was asked for; NULL: nothing, or bytes. Else the
	 * daemon's object with "error".
	 */
	json_t *json;
	char *bytes; /* of a picture, say */
	size_t bytes_n;
};

/* Nobody is connected to yet. NULL: memory is short. */
struct server_cli_link *server_cli_link_create(void);
/* NULL is allowed. */
void server_cli_link_destroy(struct server_cli_link *link);

/*
 * Ask for the operation `verb`; takes `request`, an object of its members. An
 * answer that is no success is not complained of.
 */
int server_cli_link_try(const struct server_cli *cli, const char *verb,
		json_t *request, struct server_cli_answer *answer);

/* The same; an answer that is no success is complained of, and is empty. */
int server_cli_link_ask(const struct server_cli *cli, const char *verb,
		json_t *request, struct server_cli_answer *answer);

/*
 * Ask for an answer without end, which goes to `sink` until that says that it
 * is over, which is a success. An end by the daemon is none.
 */
int server_cli_link_follow(const struct server_cli *cli, const char *verb,
		json_t *request, const struct server_cli_sink *sink);

/* For an answer that is no success: its words on stderr, and the exit code. */
int server_cli_link_complain(const struct server_cli_answer *answer);

void server_cli_answer_finish(struct server_cli_answer *answer);
