/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/options.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/programs.h"

#define ARGUMENTS_MAX 8

enum { FILE_OPTION, QUIET, NAME };

static const struct server_option options[] = {
		[FILE_OPTION] = {'f', "file", "PATH", "read it"},
		[QUIET] = {'q', "quiet", NULL, "say less"},
		[NAME] = {0, "name", "TEXT", "call it so"},
};

static const struct server_verb doings[] = {
		{"go", .help = "leave"},
		{"go along with", {"THING", "TEXT..."}, 1,
				.help = "what has a long name"},
};

static const struct server_verb *verb_at(size_t i)
{
	return i < 2 ? &doings[i] : NULL;
}

static const struct server_program program = {
		.verb_at = verb_at,
		.name = "prog",
		.summary = "do something",
		.operands = "[THING...]",
		.options = options,
		.options_n = 3,
};

/* What a program prints while `fd` is caught. */
struct capture {
	int fd;
	int saved;
	FILE *file;
	char text[4096];
};

static void capture_begin(struct capture *capture, int fd)
{
	fflush(NULL);
	capture->fd = fd;
	capture->saved = dup(fd);
	capture->file = tmpfile();
	assert_non_null(capture->file);
	assert_int_equal(dup2(fileno(capture->file), fd), fd);
}

static void capture_end(struct capture *capture)
{
	size_t size;

	fflush(NULL);
	dup2(capture->saved, capture->fd);
	close(capture->saved);
	rewind(capture->file);
	size = fread(capture->text, 1, sizeof(capture->text) - 1,
			capture->file);
	capture->text[size] = '\0';
	fclose(capture->file);
}

/* Splits `line` at its blanks and parses it. */
static int parse(const struct server_program *of, const char *line,
		const char *values[SERVER_OPTIONS_MAX], char *operands)
{
	static const char separators[] = " ";
	char *copy = strdup(line); /* values point into it: see release */
	char *argv[ARGUMENTS_MAX + 1] = {NULL};
	char *rest;
	int argc = 0;
	int operand;
	int rc;

	assert_non_null(copy);
	for (char *word = strtok_r(copy, separators, &rest); word;
			word = strtok_r(NULL, separators, &rest)) {
		assert_in_range(argc, 0, ARGUMENTS_MAX - 1);
		argv[argc++] = word;
	}
	rc = server_options_parse(of, argc, argv, values, &operand);
	operands[0] = '\0';
	for (int i = operand; rc == 0 && i < argc; i++) {
		strcat(operands, i == operand ? "" : " ");
		strcat(operands, argv[i]);
	}
	for (size_t i = 0; i < SERVER_OPTIONS_MAX; i++)
		if (values[i])
			values[i] = strdup(values[i]);
	free(copy);
	return rc;
}

static void release(const char *values[SERVER_OPTIONS_MAX])
{
	for (size_t i = 0; i < SERVER_OPTIONS_MAX; i++)
		free((char *)values[i]);
}

static void fills_in_values(void **state)
{
	static const struct {
		const char *line;
		const char *file;
		const char *quiet;
		const char *name;
		const char *operands;
	} cases[] = {
			{"prog", NULL, NULL, NULL, ""},
			{"prog -f a", "a", NULL, NULL, ""},
			{"prog -fa", "a", NULL, NULL, ""},
			{"prog --file a", "a", NULL, NULL, ""},
			{"prog --file=a -f b", "b", NULL, NULL, ""},
			{"prog -qf a", "a", "", NULL, ""},
			{"prog --quiet --name x", NULL, "", "x", ""},
			{"prog one -q two", NULL, "", NULL, "one two"},
			{"prog -- -q", NULL, NULL, NULL, "-q"},
			{"prog -q -- one", NULL, "", NULL, "one"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *wanted[] = {
				cases[i].file, cases[i].quiet, cases[i].name};
		const char *values[SERVER_OPTIONS_MAX];
		char operands[64];

		assert_int_equal(parse(&program, cases[i].line, values,
						 operands),
				0);
		assert_string_equal(operands, cases[i].operands);
		for (size_t j = 0; j < SERVER_OPTIONS_MAX; j++) {
			const char *want = j < 3 ? wanted[j] : NULL;

			assert_true(!want == !values[j]);
			if (want)
				assert_string_equal(values[j], want);
		}
		release(values);
	}
}

static void complains_about_what_is_wrong(void **state)
{
	static const struct server_program bare = {.name = "bare"};
	static const struct {
		const struct server_program *program;
		const char *line;
		const char *complaint;
	} cases[] = {
			{&program, "prog -x",
					"prog: wrong option '-x'; see prog --help\n"},
			{&program, "prog -qx",
					"prog: wrong option '-x'; see prog --help\n"},
			{&program, "prog --wrong",
					"prog: wrong option '--wrong'; see prog --help\n"},
			{&program, "prog --quiet=1",
					"prog: wrong option '--quiet=1'; see prog --help\n"},
			{&program, "prog -q -f",
					"prog: an argument is missing after '-f'; see prog --help\n"},
			{&program, "prog --name",
					"prog: an argument is missing after '--name'; see prog --help\n"},
			{&bare, "bare thing",
					"bare: takes no operand 'thing'; see bare --help\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *values[SERVER_OPTIONS_MAX];
		struct capture capture;
		char operands[64];
		int rc;

		capture_begin(&capture, STDERR_FILENO);
		rc = parse(cases[i].program, cases[i].line, values, operands);
		capture_end(&capture);
		assert_int_equal(rc, -EINVAL);
		assert_int_equal(server_options_exit_code(rc), 2);
		assert_string_equal(capture.text, cases[i].complaint);
		release(values);
	}
}

static void answers_help_and_version(void **state)
{
	static const char *const helps[] = {
			"prog -h", "prog --help", "prog -q -h -x"};
	char *help = server_options_format_help(&program);
	const char *values[SERVER_OPTIONS_MAX];
	struct capture capture;
	char operands[64];
	int rc;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		capture_begin(&capture, STDOUT_FILENO);
		rc = parse(&program, helps[i], values, operands);
		capture_end(&capture);
		assert_int_equal(rc, -ECANCELED);
		assert_int_equal(server_options_exit_code(rc), 0);
		assert_string_equal(capture.text, help);
		release(values);
	}
	free(help);
	capture_begin(&capture, STDOUT_FILENO);
	rc = parse(&program, "prog -V", values, operands);
	capture_end(&capture);
	assert_int_equal(rc, -ECANCELED);
	assert_string_equal(capture.text, "prog " RACKHAND_VERSION "\n");
	release(values);
}

static void helps_with_everything(void **state)
{
	char *help = server_options_format_help(&program);

	(void)state;
	assert_non_null(help);
	assert_string_equal(help,
			"Usage: prog [OPTION]... [THING...]\n"
			"prog: do something.\n"
			"\n"
			"Verbs:\n"
			"  go                         leave\n"
			"  go along with THING [TEXT...]\n"
			"                             what has a long name\n"
			"\n"
			"Options:\n"
			"  -f, --file PATH            read it\n"
			"  -q, --quiet                say less\n"
			"      --name TEXT            call it so\n"
			"  -h, --help                 print this and leave\n"
			"  -V, --version              print the version and leave\n");
	free(help);
	help = server_options_format_help(&server_program_rackhand);
	assert_non_null(strstr(help, "\nVerbs:\n  status "));
	assert_non_null(strstr(help, "\nExit codes:\n  0 "));
	free(help);
}

/* ---- the real programs and their manual pages ---------------------------- */

#define TERMS_MAX 96
#define TERM_BYTES 80

struct terms {
	size_t n;
	char texts[TERMS_MAX][TERM_BYTES];
};

__attribute__((format(printf, 2, 3))) static void add(
		struct terms *terms, const char *format, ...)
{
	va_list arguments;

	assert_in_range(terms->n, 0, TERMS_MAX - 1);
	va_start(arguments, format);
	vsnprintf(terms->texts[terms->n++], TERM_BYTES, format, arguments);
	va_end(arguments);
}

static bool has(const struct terms *terms, const char *text)
{
	for (size_t i = 0; i < terms->n; i++)
		if (strcmp(terms->texts[i], text) == 0)
			return true;
	return false;
}

/* As the page's source writes them: "*-c*, *--config* _FILE_", "*up*". */
static void list_program(const struct server_program *of, struct terms *terms)
{
	for (size_t i = 0; i < of->options_n; i++) {
		const struct server_option *option = &of->options[i];
		char letter[] = {'*', '-', option->letter, '*', ',', ' ', 0};

		add(terms, "%s*--%s*%s%s%s", option->letter ? letter : "",
				option->name, option->argument ? " _" : "",
				option->argument ? option->argument : "",
				option->argument ? "_" : "");
	}
	add(terms, "*-h*, *--help*");
	add(terms, "*-V*, *--version*");
	for (size_t i = 0; of->verb_at && of->verb_at(i); i++)
		add(terms, "*%s*", of->verb_at(i)->name);
	for (size_t i = 0; i < of->exits_n; i++)
		add(terms, "*%s*", of->exits[i].term);
}

/* Terms at the left margin of the three chapters; a verb's without operands. */
static void list_page(const char *path, struct terms *terms)
{
	FILE *page = fopen(path, "r");
	bool relevant = false;
	bool verbs = false;
	char line[256];

	if (!page)
		fail_msg("there is no %s", path);
	while (fgets(line, sizeof(line), page)) {
		char *end;

		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#') {
			verbs = strcmp(line, "# VERBS") == 0;
			relevant = verbs || strcmp(line, "# OPTIONS") == 0 ||
					strcmp(line, "# EXIT STATUS") == 0;
		}
		if (!relevant || line[0] != '*')
			continue;
		end = strchr(line + 1, '*');
		if (verbs && end)
			end[1] = '\0';
		add(terms, "%s", line);
	}
	fclose(page);
}

static void manual_pages_name_every_option(void **state)
{
	static const struct {
		const struct server_program *program;
		const char *page;
	} cases[] = {
			{&server_program_rackhandd, "docs/man/rackhandd.8.scd"},
			{&server_program_gadget,
					"docs/man/rackhand-gadget.8.scd"},
			{&server_program_rackhand, "docs/man/rackhand.1.scd"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct terms program_terms = {0};
		struct terms page_terms = {0};

		list_program(cases[i].program, &program_terms);
		list_page(cases[i].page, &page_terms);
		for (size_t j = 0; j < program_terms.n; j++)
			if (!has(&page_terms, program_terms.texts[j]))
				fail_msg("%s lacks %s", cases[i].page,
						program_terms.texts[j]);
		for (size_t j = 0; j < page_terms.n; j++)
			if (!has(&program_terms, page_terms.texts[j]))
				fail_msg("%s has %s, the program does not",
						cases[i].page,
						page_terms.texts[j]);
	}
}

/* No two options of a program are called the same. */
static void programs_are_unambiguous(void **state)
{
	static const struct server_program *const programs[] = {
			&server_program_rackhandd, &server_program_gadget,
			&server_program_rackhand};

	(void)state;
	for (size_t p = 0; p < 3; p++) {
		const struct server_program *of = programs[p];

		assert_in_range(of->options_n, 1, SERVER_OPTIONS_MAX);
		for (size_t i = 0; i < of->options_n; i++) {
			const struct server_option *a = &of->options[i];

			assert_true(a->letter != 'h' && a->letter != 'V');
			for (size_t j = 0; j < i; j++) {
				assert_string_not_equal(
						a->name, of->options[j].name);
				assert_true(!a->letter ||
						a->letter != of->options[j].letter);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(fills_in_values),
			cmocka_unit_test(complains_about_what_is_wrong),
			cmocka_unit_test(answers_help_and_version),
			cmocka_unit_test(helps_with_everything),
			cmocka_unit_test(manual_pages_name_every_option),
			cmocka_unit_test(programs_are_unambiguous),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
