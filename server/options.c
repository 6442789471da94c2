/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/options.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What getopt_long returns for options[i], out of the way of letters. */
#define LONG_BASE 256
#define HELP_COLUMN 26

static const struct server_option common_options[] = {
		{'h', "help", NULL, "print this and leave"},
		{'V', "version", NULL, "print the version and leave"},
};
#define COMMON_N (sizeof(common_options) / sizeof(common_options[0]))

/* The table's options first, then the common ones. */
static const struct server_option *option_at(
		const struct server_program *program, size_t i)
{
	if (i < program->options_n)
		return &program->options[i];
	return &common_options[i - program->options_n];
}

/* The same table twice in getopt's two languages. */
static void fill_getopt(const struct server_program *program, char *letters,
		struct option *longs)
{
	*letters++ = ':'; /* complaints are ours */
	for (size_t i = 0; i < program->options_n + COMMON_N; i++) {
		const struct server_option *option = option_at(program, i);

		longs[i].name = option->name;
		longs[i].has_arg = option->argument ? required_argument
						    : no_argument;
		longs[i].val = LONG_BASE + (int)i;
		if (!option->letter)
			continue;
		*letters++ = option->letter;
		if (option->argument)
			*letters++ = ':';
	}
	*letters = '\0';
}

/* The place in the table of what getopt_long found; the total if nowhere. */
static size_t find_option(const struct server_program *program, int found)
{
	size_t total = program->options_n + COMMON_N;

	if (found >= LONG_BASE)
		return (size_t)(found - LONG_BASE);
	for (size_t i = 0; i < total; i++)
		if (option_at(program, i)->letter == found)
			return i;
	return total;
}

static int complain(const struct server_program *program, const char *what,
		const char *argument)
{
	fprintf(stderr, "%s: %s '%s'; see %s --help\n", program->name, what,
			argument, program->name);
	return -EINVAL;
}

/* getopt names a wrong letter in optopt, for it may stand inside "-abc". */
static int complain_option(const struct server_program *program, int found,
		const char *argument)
{
	char letter[] = {'-', (char)optopt, '\0'};

	return complain(program,
			found == ':' ? "an argument is missing after"
				     : "wrong option",
			optopt > 0 && optopt < LONG_BASE ? letter : argument);
}

static int print_help(const struct server_program *program)
{
	char *help = server_options_format_help(program);

	if (!help)
		return -ENOMEM;
	fputs(help, stdout);
	free(help);
	return -ECANCELED;
}

static int take_option(const struct server_program *program, size_t i,
		const char *values[SERVER_OPTIONS_MAX])
{
	if (i < program->options_n) {
		values[i] = program->options[i].argument ? optarg : "";
		return 0;
	}
	if (i == program->options_n)
		return print_help(program);
	printf("%s %s\n", program->name, RACKHAND_VERSION);
	return -ECANCELED;
}

int server_options_parse(const struct server_program *program, int argc,
		char *const argv[], const char *values[SERVER_OPTIONS_MAX],
		int *operand)
{
	struct option longs[SERVER_OPTIONS_MAX + COMMON_N + 1] = {{0}};
	char letters[2 * (SERVER_OPTIONS_MAX + COMMON_N) + 2];
	int found;

	assert(program->options_n <= SERVER_OPTIONS_MAX);
	memset(values, 0, sizeof(*values) * SERVER_OPTIONS_MAX);
	fill_getopt(program, letters, longs);
	optind = 0; /* start anew: a test parses many command lines */
	opterr = 0;
	while ((found = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		int rc;

		if (found == '?' || found == ':')
			return complain_option(
					program, found, argv[optind - 1]);
		rc = take_option(program, find_option(program, found), values);
		if (rc < 0)
			return rc;
	}
	*operand = optind;
	if (!program->operands && optind < argc)
		return complain(program, "takes no operand", argv[optind]);
	return 0;
}

int server_options_exit_code(int rc)
{
	if (rc == -ECANCELED)
		return EXIT_SUCCESS;
	return rc == -EINVAL ? SERVER_EXIT_USAGE : EXIT_FAILURE;
}

static void format_option(FILE *out, const struct server_option *option)
{
	char term[80];

	snprintf(term, sizeof(term), "%c%c%s--%s%s%s",
			option->letter ? '-' : ' ',
			option->letter ? option->letter : ' ',
			option->letter ? ", " : "  ", option->name,
			option->argument ? " " : "",
			option->argument ? option->argument : "");
	fprintf(out, "  %-*s %s\n", HELP_COLUMN, term, option->help);
}

void server_options_print_operands(FILE *out, const struct server_verb *verb)
{
	for (int i = 0; i < SERVER_OPERANDS_MAX && verb->operands[i]; i++)
		fprintf(out, i < verb->least ? " %s" : " [%s]",
				verb->operands[i]);
}

/* As " stats [TARGET]": below what is too long, its help has its own line. */
static void format_verb(FILE *out, const struct server_verb *verb)
{
	char term[80] = "";
	FILE *in_term = fmemopen(term, sizeof(term), "w");

	if (!in_term)
		return;
	fputs(verb->name, in_term);
	server_options_print_operands(in_term, verb);
	fclose(in_term);
	if (strlen(term) > HELP_COLUMN)
		fprintf(out, "  %s\n  %*s %s\n", term, HELP_COLUMN, "",
				verb->help);
	else
		fprintf(out, "  %-*s %s\n", HELP_COLUMN, term, verb->help);
}

static void format_verbs(FILE *out, const struct server_program *program)
{
	const struct server_verb *verb;

	if (!program->verb_at)
		return;
	fputs("\nVerbs:\n", out);
	for (size_t i = 0; (verb = program->verb_at(i)); i++)
		format_verb(out, verb);
}

static void format_exits(FILE *out, const struct server_program *program)
{
	if (program->exits_n > 0)
		fputs("\nExit codes:\n", out);
	for (size_t i = 0; i < program->exits_n; i++)
		fprintf(out, "  %-*s %s\n", HELP_COLUMN, program->exits[i].term,
				program->exits[i].help);
}

char *server_options_format_help(const struct server_program *program)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, "Usage: %s [OPTION]...%s%s\n%s: %s.\n", program->name,
			program->operands ? " " : "",
			program->operands ? program->operands : "",
			program->name, program->summary);
	format_verbs(out, program);
	fprintf(out, "\nOptions:\n");
	for (size_t i = 0; i < program->options_n + COMMON_N; i++)
		format_option(out, option_at(program, i));
	format_exits(out, program);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
