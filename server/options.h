/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * The command line of a program as one table, from which getopt_long and
 * --help are fed; a test compares it with the man page. Every program has
 * -h/--help and -V/--version besides what its table says.
 *
 * Threads: start of main only.
 * Errors:  -EINVAL for a command line that is wrong, with the complaint on
 *          stderr; -ECANCELED when --help or --version was answered.
 */
#define SERVER_OPTIONS_MAX 32
#define SERVER_OPERANDS_MAX 2

struct server_option {
	char letter;          /* 0: long only */
	const char *name;     /* without the dashes */
	const char *argument; /* what --help calls it; NULL: takes none */
	const char *help;
};

/*
 * What a program can be told to do. `least` operands are needed, and there are
 * as many as `operands` has names, or any number more when the last ends in
 * "...".
 */
struct server_verb {
	const char *name; /* one word or two */
	const char *operands[SERVER_OPERANDS_MAX];
	int least;
	uint32_t options; /* that it takes: a bit for each place in the table */
	const char *help;
};

/* An exit code with what it means. */
struct server_help_line {
	const char *term;
	const char *help;
};

struct server_program {
	const char *name;
	const char *summary;
	const char *operands; /* in the usage line; NULL: it takes none */
	const struct server_option *options;
	size_t options_n; /* at most SERVER_OPTIONS_MAX */
	/* NULL behind the last one; itself NULL: there are no verbs. */
	const struct server_verb *(*verb_at)(size_t i);
	const struct server_help_line *exits;
	size_t exits_n;
};

/*
 * values[i] becomes the argument of options[i], "" if it takes none but was
 * given, NULL if it was not; of a repeated option the last counts. On 0 the
 * operands are argv[*operand] to argv[argc - 1].
 */
int server_options_parse(const struct server_program *program, int argc,
		char *const argv[], const char *values[SERVER_OPTIONS_MAX],
		int *operand);

/* What main returns for a parse that did not give 0. */
#define SERVER_EXIT_USAGE 2
int server_options_exit_code(int rc);

/* " TARGET [TEXT...]", or nothing. */
void server_options_print_operands(FILE *out, const struct server_verb *verb);

/* The text of --help; the caller frees it. NULL: out of memory. */
char *server_options_format_help(const struct server_program *program);
