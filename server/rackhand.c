/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The operator's program: asks the running daemon over its control socket and
 * prints the answer.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/control-client.h"
#include "server/programs.h"
#include "server/stats-text.h"
#include "server/status-text.h"
#include "server/text.h"

#define EXIT_UNREACHABLE 3

static int print_json(const json_t *result)
{
	if (json_dumpf(result, stdout, JSON_INDENT(2)) < 0)
		return EXIT_FAILURE;
	putchar('\n');
	return EXIT_SUCCESS;
}

static int print_text(const json_t *result, char *(*format)(const json_t *))
{
	char *text = format(result);

	if (!text)
		return EXIT_FAILURE;
	fputs(text, stdout);
	free(text);
	return EXIT_SUCCESS;
}

static const struct verb {
	const char *name;
	bool takes_target;
	char *(*format)(const json_t *result); /* for people */
} verbs[] = {
		{"status", false, server_status_format},
		{"stats", true, server_stats_format},
};
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* What to do about it, for the causes that somebody can cure. */
static const char *advise(int rc)
{
	switch (rc) {
	case -ENOENT:
	case -ECONNREFUSED:
		return "; is rackhandd running?";
	case -EACCES:
		return "; run as root or as a member of the socket's group";
	default:
		return "";
	}
}

/* As "rackhand: there is no verb 'x'; the verbs are status, stats; see ...". */
static int complain_operand(const char *what, const char *operand)
{
	fprintf(stderr, "rackhand: %s", what);
	if (operand) {
		fputs(" '", stderr);
		server_text_print(stderr, operand);
		fputs("'", stderr);
	}
	fputs("; the verbs are", stderr);
	for (size_t i = 0; i < VERBS; i++)
		fprintf(stderr, "%s %s%s", i == 0 ? "" : ",", verbs[i].name,
				verbs[i].takes_target ? " [TARGET]" : "");
	fputs("; see rackhand --help\n", stderr);
	return SERVER_EXIT_USAGE;
}

static int complain(const char *path, int rc, const json_t *error)
{
	if (rc == -EREMOTEIO) {
		fprintf(stderr, "rackhand: rackhandd: %s\n",
				json_string_value(error));
		return EXIT_FAILURE;
	}
	fprintf(stderr, "rackhand: %s: %s%s\n", path, strerrordesc_np(-rc),
			advise(rc));
	return rc == -ETIMEDOUT || rc == -EPROTO || rc == -ENOMEM
			? EXIT_FAILURE
			: EXIT_UNREACHABLE;
}

static int ask(const char *path, const struct verb *verb, const char *target,
		bool as_json)
{
	json_t *request = json_pack(
			"{s:s, s:s*}", "verb", verb->name, "target", target);
	json_t *result;
	int code;
	int rc;

	if (!request)
		return complain_operand("no target can have the name", target);
	rc = server_control_call(path, request, &result);
	json_decref(request);
	if (rc < 0)
		code = complain(path, rc, result);
	else if (as_json)
		code = print_json(result);
	else
		code = print_text(result, verb->format);
	json_decref(result);
	if (fflush(stdout) != 0)
		code = EXIT_FAILURE;
	return code;
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

int main(int argc, char *argv[])
{
	const char *values[SERVER_OPTIONS_MAX];
	const char *path = SERVER_SOCKET_PATH;
	const struct verb *verb;
	int operand, operands_n, taken;
	int rc = server_options_parse(
			&server_program_rackhand, argc, argv, values, &operand);

	if (rc < 0)
		return server_options_exit_code(rc);
	if (values[SERVER_RACKHAND_SOCKET])
		path = values[SERVER_RACKHAND_SOCKET];
	operands_n = argc - operand;
	if (operands_n == 0)
		return complain_operand("a verb is missing", NULL);
	verb = find_verb(argv[operand]);
	if (!verb)
		return complain_operand("there is no verb", argv[operand]);
	taken = verb->takes_target ? 2 : 1;
	if (operands_n > taken)
		return complain_operand(
				"one operand too many", argv[operand + taken]);
	return ask(path, verb, operands_n == 2 ? argv[operand + 1] : NULL,
			values[SERVER_RACKHAND_JSON]);
}
