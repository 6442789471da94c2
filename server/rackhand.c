/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The operator's program: finds the verb (server/cli-verbs.h) that the command
 * line asks for, and runs it.
 */

#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/cli-link.h"
#include "server/cli-verbs.h"
#include "server/programs.h"
#include "server/text.h"

static int complain_operand(const char *what, const char *operand)
{
	fprintf(stderr, "rackhand: %s '", what);
	server_text_print(stderr, operand);
	fputs("'", stderr);
	return SERVER_EXIT_USAGE;
}

/* As "rackhand: one operand too many 'x'; it is: rackhand stats [TARGET]". */
static int complain_usage(const struct server_verb *verb, const char *what,
		const char *operand)
{
	complain_operand(what, operand);
	fprintf(stderr, "; it is: rackhand %s", verb->name);
	server_options_print_operands(stderr, verb);
	fputc('\n', stderr);
	return SERVER_EXIT_USAGE;
}

/* Of "user", all that begin so: "user add", "user list". */
static int complain_verb(const char *word)
{
	const struct server_cli_verb *verb;
	size_t length = strlen(word);
	const char *before = "; there are ";

	complain_operand("there is no verb", word);
	for (size_t i = 0; (verb = server_cli_verb_at(i)); i++) {
		if (strncmp(verb->verb.name, word, length) != 0 ||
				verb->verb.name[length] != ' ')
			continue;
		fprintf(stderr, "%s%s", before, verb->verb.name);
		before = ", ";
	}
	fputs("; see rackhand --help\n", stderr);
	return SERVER_EXIT_USAGE;
}

static int check_options(
		const struct server_verb *verb, const char *const *values)
{
	for (unsigned i = 0; i < SERVER_RACKHAND_OPTIONS; i++) {
		if (!values[i] || verb->options & (UINT32_C(1) << i))
			continue;
		fprintf(stderr, "rackhand: %s has no option --%s; see rackhand --help\n",
				verb->name,
				server_program_rackhand.options[i].name);
		return SERVER_EXIT_USAGE;
	}
	return 0;
}

static int run(const struct server_cli *cli)
{
	const struct server_verb *verb = &cli->verb->verb;
	int code = check_options(verb, cli->values);
	int most = 0;

	if (code != 0)
		return code;
	while (most < SERVER_OPERANDS_MAX && verb->operands[most])
		most++;
	if (most > 0 && strstr(verb->operands[most - 1], "..."))
		most = INT_MAX;
	if (cli->operands_n < verb->least)
		return complain_usage(verb, "an operand is missing after",
				verb->name);
	if (cli->operands_n > most)
		return complain_usage(verb, "one operand too many",
				cli->operands[most]);
	return cli->verb->run(cli);
}

int main(int argc, char *argv[])
{
	const char *values[SERVER_OPTIONS_MAX];
	struct server_cli cli = {.socket_path = SERVER_SOCKET_PATH,
			.state_path = SERVER_STATE_PATH,
			.values = values};
	int operand, name_words_n;
	int rc = server_options_parse(
			&server_program_rackhand, argc, argv, values, &operand);

	if (rc < 0)
		return server_options_exit_code(rc);
	setlocale(LC_CTYPE, ""); /* which characters a terminal can show */
	if (values[SERVER_RACKHAND_SOCKET])
		cli.socket_path = values[SERVER_RACKHAND_SOCKET];
	if (values[SERVER_RACKHAND_STATE])
		cli.state_path = values[SERVER_RACKHAND_STATE];
	if (operand == argc) {
		fputs("rackhand: a verb is missing; see rackhand --help\n",
				stderr);
		return SERVER_EXIT_USAGE;
	}
	cli.verb = server_cli_verb_find(
			argv + operand, argc - operand, &name_words_n);
	if (!cli.verb)
		return complain_verb(argv[operand]);
	cli.operands = argv + operand + name_words_n;
	cli.operands_n = argc - operand - name_words_n;
	cli.link = server_cli_link_create();
	if (!cli.link)
		return server_cli_complain("memory is short", EXIT_FAILURE);
	rc = run(&cli);
	server_cli_link_destroy(cli.link);
	return rc;
}
