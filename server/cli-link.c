/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-link.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <nettle/base64.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/cli-request.h"
#include "server/cli-verbs.h"
#include "server/control-client.h"
#include "server/https-client.h"
#include "server/programs.h"
#include "server/secret.h"
#include "server/text.h"

#define STATUS_OK 200
#define STATUS_ERRORS 300 /* and above */

struct server_cli_link {
	struct server_https *https; /* NULL: not yet, or by the socket */
};

struct server_cli_link *server_cli_link_create(void)
{
	return calloc(1, sizeof(struct server_cli_link));
}

void server_cli_link_destroy(struct server_cli_link *link)
{
	if (!link)
		return;
	server_https_destroy(link->https);
	free(link);
}

void server_cli_answer_finish(struct server_cli_answer *answer)
{
	json_decref(answer->json);
	free(answer->bytes);
	*answer = (struct server_cli_answer){.status = 0};
}

/* ---- over the control socket --------------------------------------------- */

/* {"type":"image/png","base64":"..."} as its bytes. */
static int take_base64(struct server_cli_answer *answer)
{
	const json_t *text = json_object_get(answer->json, "base64");
	size_t length = json_string_length(text);
	struct base64_decode_ctx decode;

	if (!text)
		return 0;
	answer->bytes = malloc(BASE64_DECODE_LENGTH(length));
	if (!answer->bytes)
		return -ENOMEM;
	answer->bytes_n = BASE64_DECODE_LENGTH(length);
	base64_decode_init(&decode);
	if (!base64_decode_update(&decode, &answer->bytes_n,
			    (uint8_t *)answer->bytes, length,
			    json_string_value(text)) ||
			!base64_decode_final(&decode))
		return -EPROTO;
	json_decref(answer->json);
	answer->json = NULL;
	return 0;
}

/* A daemon that says no number of what is wrong had a general one. */
static unsigned status_of(const json_t *error)
{
	json_int_t status = server_text_number(error, "status");

	return status >= STATUS_ERRORS && status < 1000 ? (unsigned)status
							: 400;
}

/* What to do about it, for the causes that somebody can cure. */
static const char *advise(int rc)
{
	switch (rc) {
	case -ENOENT:
	case -ECONNREFUSED:
		return "; is rackhandd running?";
	case -EACCES:
		return "; run as root or as a member of the socket's group";
	case -ECONNRESET:
		return "; rackhandd has ended";
	default:
		return "";
	}
}

static int complain_socket(const struct server_cli *cli, int rc)
{
	char words[PATH_MAX + SERVER_HTTPS_WHY_BYTES];

	snprintf(words, sizeof(words), "%s: %s%s", cli->socket_path,
			strerrordesc_np(-rc), advise(rc));
	return server_cli_complain(words,
			rc == -ETIMEDOUT || rc == -EPROTO || rc == -ENOMEM ||
							rc == -ECONNRESET
					? EXIT_FAILURE
					: SERVER_EXIT_UNREACHABLE);
}

static int try_socket(const struct server_cli *cli, const char *verb,
		json_t *request, const struct server_cli_sink *sink,
		struct server_cli_answer *answer)
{
	const char *path = cli->socket_path;
	int rc = json_object_set_new(request, "verb", json_string(verb));

	if (rc < 0)
		rc = -ENOMEM;
	else if (sink)
		rc = server_control_follow(path, request, &answer->json, sink);
	else
		rc = server_control_call(path, request, &answer->json);
	if (rc == -EREMOTEIO) {
		answer->status = status_of(answer->json);
		return EXIT_SUCCESS;
	}
	if (rc == 0)
		rc = take_base64(answer);
	if (rc < 0)
		return complain_socket(cli, rc);
	answer->status = STATUS_OK;
	return EXIT_SUCCESS;
}

/* ---- over https ---------------------------------------------------------- */

static int read_token_file(
		const char *path, char token[SERVER_HTTPS_TOKEN_MAX_BYTES + 1])
{
	char why[SERVER_SECRET_WHY_BYTES];
	char words[PATH_MAX + SERVER_SECRET_WHY_BYTES];
	int rc = server_secret_read(
			path, token, SERVER_HTTPS_TOKEN_MAX_BYTES, why);

	token[SERVER_HTTPS_TOKEN_MAX_BYTES] = '\0';
	if (rc == 0)
		return EXIT_SUCCESS;
	snprintf(words, sizeof(words), "%s: %s", path,
			rc == -ENODATA ? "its first line must be the token"
				       : why);
	return server_cli_complain(words, EXIT_FAILURE);
}

/* From the file that is named, or else from the environment. */
static int read_token(const struct server_cli *cli,
		char token[SERVER_HTTPS_TOKEN_MAX_BYTES + 1])
{
	const char *path = cli->values[SERVER_RACKHAND_TOKEN_FILE];
	const char *given = getenv("RACKHAND_TOKEN");

	if (path)
		return read_token_file(path, token);
	if (!given || !*given)
		return server_cli_complain(
				"a token is missing: name its file by --token-file, or put it into RACKHAND_TOKEN; \"rackhand token add\" on that machine makes one",
				SERVER_EXIT_USAGE);
	if (strlen(given) > SERVER_HTTPS_TOKEN_MAX_BYTES)
		return server_cli_complain(
				"what RACKHAND_TOKEN has is too long for a token",
				SERVER_EXIT_USAGE);
	strcpy(token, given);
	return EXIT_SUCCESS;
}

static int exit_code_of(int rc)
{
	if (rc == -EINVAL)
		return SERVER_EXIT_USAGE;
	return rc == -ENOTCONN ? SERVER_EXIT_UNREACHABLE : EXIT_FAILURE;
}

static int open_https(const struct server_cli *cli)
{
	char token[SERVER_HTTPS_TOKEN_MAX_BYTES + 1];
	const struct server_https_options options = {
			.url = cli->values[SERVER_RACKHAND_URL],
			.token = token,
			.ca_path = cli->values[SERVER_RACKHAND_CACERT],
			.pin = cli->values[SERVER_RACKHAND_PIN],
	};
	char why[SERVER_HTTPS_WHY_BYTES];
	int code = read_token(cli, token);
	int rc;

	if (code != EXIT_SUCCESS)
		return code;
	rc = server_https_create(&cli->link->https, &options, why);
	explicit_bzero(token, sizeof(token));
	return rc < 0 ? server_cli_complain(why, exit_code_of(rc))
		      : EXIT_SUCCESS;
}

/* Anything that is no error of ours is somebody else's page. */
static int take_error(struct server_cli_answer *answer, const char *url)
{
	char words[SERVER_HTTPS_WHY_BYTES];

	if (json_is_string(json_object_get(answer->json, "error")))
		return EXIT_SUCCESS;
	snprintf(words, sizeof(words),
			"%s: the answer is number %u of HTTP, and not rackhandd's: does --url name it?",
			url, answer->status);
	server_cli_answer_finish(answer);
	return server_cli_complain(words, EXIT_FAILURE);
}

/* Takes the body. */
static int take_reply(struct server_cli_answer *answer,
		struct server_https_reply *reply, const char *url)
{
	bool is_json = strcmp(reply->type, "application/json") == 0;

	answer->status = reply->status;
	if (is_json)
		answer->json = json_loadb(reply->body, reply->size_bytes,
				JSON_DECODE_ANY, NULL);
	if (reply->status >= STATUS_ERRORS) {
		free(reply->body);
		return take_error(answer, url);
	}
	if (!is_json && reply->size_bytes > 0) {
		answer->bytes = reply->body;
		answer->bytes_n = reply->size_bytes;
		return EXIT_SUCCESS;
	}
	free(reply->body);
	if (is_json && !answer->json)
		return server_cli_complain(
				"the answer makes no sense", EXIT_FAILURE);
	return EXIT_SUCCESS;
}

static int try_https(const struct server_cli *cli, const char *verb,
		const json_t *request, const struct server_cli_sink *sink,
		struct server_cli_answer *answer)
{
	const struct server_api_route *route = server_api_find_verb(verb);
	struct server_https_reply reply;
	struct server_cli_request made;
	char why[SERVER_HTTPS_WHY_BYTES];
	int code = cli->link->https ? EXIT_SUCCESS : open_https(cli);
	int rc;

	if (code != EXIT_SUCCESS)
		return code;
	if (!route || !route->path)
		return server_cli_complain(
				"this can only be asked on the machine itself, without --url",
				SERVER_EXIT_USAGE);
	rc = server_cli_request_make(&made, route, request);
	if (rc < 0)
		return server_cli_complain(
				"no request can be made of that", EXIT_FAILURE);
	rc = sink ? server_https_follow(cli->link->https, made.path, sink,
				    &reply, why)
		  : server_https_call(cli->link->https, route->method,
				    made.path, made.body, &reply, why);
	server_cli_request_finish(&made);
	if (rc < 0)
		return server_cli_complain(why, exit_code_of(rc));
	if (!reply.body) { /* it was followed until it was over */
		answer->status = STATUS_OK;
		return EXIT_SUCCESS;
	}
	return take_reply(answer, &reply, cli->values[SERVER_RACKHAND_URL]);
}

/* ---- either way ---------------------------------------------------------- */

static int try(const struct server_cli *cli, const char *verb, json_t *request,
		const struct server_cli_sink *sink,
		struct server_cli_answer *answer)
{
	int code;

	assert(server_cli_verb_asks(cli->verb, verb));
	*answer = (struct server_cli_answer){.status = 0};
	if (!request)
		return server_cli_complain("what was given is no UTF-8",
				SERVER_EXIT_USAGE);
	if (cli->values[SERVER_RACKHAND_URL])
		code = try_https(cli, verb, request, sink, answer);
	else
		code = try_socket(cli, verb, request, sink, answer);
	json_decref(request);
	if (code != EXIT_SUCCESS)
		server_cli_answer_finish(answer);
	return code;
}

int server_cli_link_try(const struct server_cli *cli, const char *verb,
		json_t *request, struct server_cli_answer *answer)
{
	return try(cli, verb, request, NULL, answer);
}

int server_cli_link_follow(const struct server_cli *cli, const char *verb,
		json_t *request, const struct server_cli_sink *sink)
{
	struct server_cli_answer answer;
	int code = try(cli, verb, request, sink, &answer);

	if (code == EXIT_SUCCESS && answer.status >= STATUS_ERRORS)
		code = server_cli_link_complain(&answer);
	server_cli_answer_finish(&answer);
	return code;
}

int server_cli_link_complain(const struct server_cli_answer *answer)
{
	fputs("rackhand: rackhandd: ", stderr);
	server_text_print(stderr, server_text_get(answer->json, "error"));
	fputc('\n', stderr);
	switch (answer->status) {
	case 401:
	case 403:
	case 429:
		return SERVER_EXIT_FORBIDDEN;
	case 409:
		return SERVER_EXIT_CONFLICT;
	default:
		return EXIT_FAILURE;
	}
}

int server_cli_link_ask(const struct server_cli *cli, const char *verb,
		json_t *request, struct server_cli_answer *answer)
{
	int code = server_cli_link_try(cli, verb, request, answer);

	if (code == EXIT_SUCCESS && answer->status >= STATUS_ERRORS) {
		code = server_cli_link_complain(answer);
		server_cli_answer_finish(answer);
	}
	return code;
}
