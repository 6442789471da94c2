/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-complete.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/cli-names.h"
#include "server/cli-verbs.h"
#include "server/programs.h"

#define OPERANDS_MAX 32

/* A command line as far as it goes. */
struct line {
	char *operands[OPERANDS_MAX]; /* words of the verb among them */
	int operands_n;
	const struct server_option *open; /* its argument comes next */
	bool plain;                       /* behind "--": no more options */
	struct server_cli_names_from from;
	const char *begun; /* the last word */
	const char *kept;  /* "--role=" of it, which stays */
	size_t kept_n;
};

/* ---- what is there ------------------------------------------------------- */

static const struct server_option *find_option(const char *word)
{
	const struct server_program *program = &server_program_rackhand;
	size_t length = strcspn(word, "=");

	for (size_t i = 0; i < program->options_n; i++) {
		const struct server_option *option = &program->options[i];

		if (word[1] == '-' && strlen(option->name) == length - 2 &&
				strncmp(option->name, word + 2, length - 2) ==
						0)
			return option;
		if (word[1] != '-' && option->letter &&
				word[1] == option->letter)
			return option;
	}
	return NULL;
}

/* Names are asked for where the command itself would ask. */
static void note_argument(struct line *line, const struct server_option *option,
		const char *argument)
{
	const struct server_option *options = server_program_rackhand.options;

	if (option == &options[SERVER_RACKHAND_SOCKET])
		line->from.socket_path = argument;
	if (option == &options[SERVER_RACKHAND_URL])
		line->from.elsewhere = true;
	if (option == &options[SERVER_RACKHAND_TARGET])
		line->from.target = argument;
}

static void read_option(struct line *line, const char *word)
{
	const struct server_option *option = find_option(word);
	const char *argument;

	if (!option || !option->argument)
		return;
	argument = word[1] == '-' ? strchr(word, '=') : word + 1;
	if (argument && argument[1] != '\0')
		note_argument(line, option, argument + 1);
	else if (!argument || *argument != '=')
		line->open = option;
}

static void read_word(struct line *line, char *word)
{
	if (line->open) {
		note_argument(line, line->open, word);
		line->open = NULL;
	} else if (!line->plain && strcmp(word, "--") == 0) {
		line->plain = true;
	} else if (!line->plain && word[0] == '-' && word[1] != '\0') {
		read_option(line, word);
	} else if (line->operands_n < OPERANDS_MAX) {
		line->operands[line->operands_n++] = word;
	}
}

/* ---- what is offered ----------------------------------------------------- */

static void offer(const struct line *line, const char *word)
{
	if (strncmp(word, line->begun, strlen(line->begun)) == 0)
		printf("%.*s%s\n", (int)line->kept_n, line->kept, word);
}

static void offer_name(void *context, const char *name)
{
	offer(context, name);
}

/* Of an operand or an option's argument, by what the table calls it. */
static void offer_kind(struct line *line, const char *kind)
{
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(kind, "."), kind);
	if (server_cli_names_are_files(name))
		puts(SERVER_CLI_COMPLETE_FILES);
	else
		server_cli_names_list(&line->from, name, offer_name, line);
}

static void offer_options(
		const struct line *line, const struct server_cli_verb *verb)
{
	const struct server_program *program = &server_program_rackhand;
	char word[64];

	for (size_t i = 0; i < program->options_n; i++) {
		if (verb && !(verb->verb.options & (UINT32_C(1) << i)))
			continue;
		snprintf(word, sizeof(word), "--%s", program->options[i].name);
		offer(line, word);
	}
	offer(line, "--help");
	offer(line, "--version");
}

/* Each once: "user add" and "user list" are both "user", to begin with. */
static void offer_verb_words(const struct line *line)
{
	const struct server_cli_verb *verb;
	char offered[64] = "";

	for (size_t i = 0; (verb = server_cli_verb_at(i)); i++) {
		const char *rest = server_cli_verb_after(
				verb, line->operands, line->operands_n);
		char word[64];

		if (!rest)
			continue;
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(rest, " "),
				rest);
		if (strcmp(word, offered) != 0)
			offer(line, word);
		strcpy(offered, word);
	}
}

static void offer_operand(struct line *line, const struct server_verb *verb,
		int operands_n)
{
	int last = -1;

	for (int i = 0; i < SERVER_OPERANDS_MAX && verb->operands[i]; i++) {
		last = i;
		if (i == operands_n) {
			offer_kind(line, verb->operands[i]);
			return;
		}
	}
	if (last >= 0 && strstr(verb->operands[last], "..."))
		offer_kind(line, verb->operands[last]);
}

/* Of "--role=ad": what follows the sign; else NULL. */
static const struct server_option *begun_argument(struct line *line)
{
	const char *sign = strchr(line->begun, '=');
	const struct server_option *option;

	if (strncmp(line->begun, "--", 2) != 0 || !sign)
		return NULL;
	option = find_option(line->begun);
	line->kept = line->begun;
	line->kept_n = (size_t)(sign + 1 - line->begun);
	line->begun = sign + 1;
	return option;
}

static void offer_all(struct line *line)
{
	int name_words_n = 0;
	const struct server_cli_verb *verb = server_cli_verb_find(
			line->operands, line->operands_n, &name_words_n);
	const struct server_option *open = line->open;

	if (!open && !line->plain)
		open = begun_argument(line);
	if (open) {
		if (open->argument)
			offer_kind(line, open->argument);
		return;
	}
	if (!line->plain && line->begun[0] == '-') {
		offer_options(line, verb);
		return;
	}
	offer_verb_words(line);
	if (verb)
		offer_operand(line, &verb->verb,
				line->operands_n - name_words_n);
}

int server_cli_complete(const struct server_cli *cli)
{
	struct line line = {.begun = "", .kept = ""};

	line.from.socket_path = cli->socket_path;
	for (int i = 0; i + 1 < cli->operands_n; i++)
		read_word(&line, cli->operands[i]);
	if (cli->operands_n > 0)
		line.begun = cli->operands[cli->operands_n - 1];
	offer_all(&line);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
