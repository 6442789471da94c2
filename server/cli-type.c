/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-type.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wctype.h>

#include "core/clock.h"
#include "core/utf8.h"
#include "server/cli-ask.h"
#include "server/cli-link.h"
#include "server/cli-target.h"
#include "server/cli-wait.h"
#include "server/programs.h"
#include "server/text.h"

#define TEXT_MAX_BYTES ((size_t)64 << 10) /* as the daemon has it */
#define LOOK_EVERY_US (CLOCK_US_PER_S / 4)

/* ---- the text ------------------------------------------------------------ */

/* With a NUL behind it; the caller wipes and frees it. */
static char *read_input(size_t *size)
{
	char *text = malloc(TEXT_MAX_BYTES + 1);

	*size = 0;
	while (text && *size <= TEXT_MAX_BYTES) {
		ssize_t got = read(STDIN_FILENO, text + *size,
				TEXT_MAX_BYTES + 1 - *size);

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		*size += (size_t)got;
	}
	return text;
}

static int add_input(json_t *request)
{
	size_t size;
	char *text = read_input(&size);
	int code = EXIT_SUCCESS;

	if (!text)
		return server_cli_complain("memory is short", EXIT_FAILURE);
	if (size == 0)
		code = server_cli_complain(
				"there is no text: give one, or let it be standard input",
				SERVER_EXIT_USAGE);
	else if (size > TEXT_MAX_BYTES)
		code = server_cli_complain(
				"the text is longer than 64 KiB; type it in parts",
				EXIT_FAILURE);
	else if (json_object_set_new(request, "text",
				 json_stringn(text, size)) == -1)
		code = server_cli_complain(
				"the text is no UTF-8", EXIT_FAILURE);
	explicit_bzero(text, size);
	free(text);
	return code;
}

static int add_text(const struct server_cli *cli, json_t *request)
{
	if (cli->operands_n == 0)
		return add_input(request);
	if (json_object_set_new(request, "text",
			    json_string(cli->operands[0])) == -1)
		return server_cli_complain(
				"the text is no UTF-8", EXIT_FAILURE);
	return EXIT_SUCCESS;
}

/* ---- what the daemon says to it ------------------------------------------ */

/* "  U+20AC '€' at 12"; what could confuse a terminal by its number only. */
static void print_untypable(const json_t *error)
{
	const json_t *list = json_object_get(error, "untypable");
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *text = server_text_get(item, "character");
		uint32_t character;

		if (core_utf8_read(text, strlen(text), &character) == 0)
			continue;
		fprintf(stderr, "  U+%04" PRIX32, character);
		if (iswprint((wint_t)character))
			fprintf(stderr, " '%s'", text);
		fprintf(stderr, " at %" JSON_INTEGER_FORMAT "\n",
				server_text_number(item, "at") + 1);
	}
}

/* On a terminal one line, again and again. */
static void show_progress(const json_t *state, bool last)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr,
			"\r%" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT
			" characters%s",
			server_text_number(state, "typed"),
			server_text_number(state, "characters"),
			last ? "\n" : "");
}

static int conclude(const struct server_cli *cli, const json_t *state)
{
	const char *result = server_text_get(state, "result");

	show_progress(state, true);
	if (cli->values[SERVER_RACKHAND_JSON])
		server_cli_print(cli, state);
	if (strcmp(result, "done") == 0)
		return EXIT_SUCCESS;
	fprintf(stderr,
			"rackhand: typed %" JSON_INTEGER_FORMAT
			" of %" JSON_INTEGER_FORMAT " characters: ",
			server_text_number(state, "typed"),
			server_text_number(state, "characters"));
	server_text_print(stderr, server_text_get(state, "text"));
	fputc('\n', stderr);
	return EXIT_FAILURE;
}

/* ---- until it is done ---------------------------------------------------- */

static int ask(const struct server_cli *cli, const char *operation,
		const json_t *target, struct server_cli_answer *answer)
{
	return server_cli_link_ask(cli, operation,
			json_pack("{s:O}", "target", target), answer);
}

static int cancel(const struct server_cli *cli, const json_t *target)
{
	struct server_cli_answer answer;
	int code = ask(cli, "type cancel", target, &answer);

	if (code == EXIT_SUCCESS)
		server_cli_answer_finish(&answer);
	return code;
}

/* When another job has begun, ours has ended. */
int server_cli_type_follow(const struct server_cli *cli, const json_t *target,
		json_int_t id)
{
	struct server_cli_answer answer;
	bool active = true;
	int code = EXIT_SUCCESS;

	while (code == EXIT_SUCCESS && active) {
		if (server_cli_wait_is_over(LOOK_EVERY_US))
			code = cancel(cli, target);
		if (code == EXIT_SUCCESS)
			code = ask(cli, "text", target, &answer);
		if (code != EXIT_SUCCESS)
			break;
		active = json_is_true(json_object_get(answer.json, "active")) &&
				server_text_number(answer.json, "id") == id;
		if (active)
			show_progress(answer.json, false);
		else
			code = conclude(cli, answer.json);
		server_cli_answer_finish(&answer);
	}
	return code;
}

static int start(const struct server_cli *cli, const json_t *target,
		json_t *request)
{
	struct server_cli_answer answer;
	int code;

	server_cli_wait_begin();
	code = server_cli_link_try(cli, "type", request, &answer);
	if (code != EXIT_SUCCESS)
		return code;
	if (answer.status >= 300) {
		code = server_cli_link_complain(&answer);
		print_untypable(answer.json);
	} else if (cli->values[SERVER_RACKHAND_DRY_RUN]) {
		code = server_cli_print(cli, answer.json);
	} else {
		code = server_cli_type_follow(cli, target,
				server_text_number(answer.json, "id"));
	}
	server_cli_answer_finish(&answer);
	return code;
}

static const struct server_cli_member options[] = {
		{SERVER_RACKHAND_LAYOUT, "layout", JSON_STRING},
		{SERVER_RACKHAND_VARIANT, "variant", JSON_STRING},
		{SERVER_RACKHAND_DELAY, "delay_ms", JSON_INTEGER},
};

int server_cli_type(const struct server_cli *cli)
{
	json_t *target = NULL;
	json_t *request;
	int code = server_cli_target_request(cli, &request);

	if (code == EXIT_SUCCESS)
		code = add_text(cli, request);
	if (code == EXIT_SUCCESS)
		code = server_cli_target_add(cli, request, options,
				sizeof(options) / sizeof(options[0]));
	if (code != EXIT_SUCCESS) {
		json_decref(request);
		return code;
	}
	if (cli->values[SERVER_RACKHAND_DRY_RUN])
		json_object_set_new(request, "dry_run", json_true());
	target = json_incref(json_object_get(request, "target"));
	code = start(cli, target, request);
	json_decref(target);
	return code;
}

/* ---- what another one types ---------------------------------------------- */

int server_cli_text(const struct server_cli *cli)
{
	return server_cli_target_ask(cli, "text", json_object());
}

int server_cli_text_cancel(const struct server_cli *cli)
{
	return server_cli_target_ask(cli, "type cancel", json_object());
}

/* "typed 3 of 12 characters: cancelled" */
char *server_cli_text_format(const json_t *state)
{
	bool active = json_is_true(json_object_get(state, "active"));
	char *text = NULL;
	size_t size;
	FILE *out;

	if (!active && !json_object_get(state, "id"))
		return strdup("nothing has been typed\n");
	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	fprintf(out,
			"typed %" JSON_INTEGER_FORMAT
			" of %" JSON_INTEGER_FORMAT " characters: ",
			server_text_number(state, "typed"),
			server_text_number(state, "characters"));
	server_text_print(out,
			active ? "going on" : server_text_get(state, "text"));
	fputc('\n', out);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
