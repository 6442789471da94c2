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
#include "server/status-text.h"

#define EXIT_UNREACHABLE 3

static int print_json(const json_t *result)
{
	if (json_dumpf(result, stdout, JSON_INDENT(2)) < 0)
		return EXIT_FAILURE;
	putchar('\n');
	return EXIT_SUCCESS;
}

static int print_status(const json_t *result)
{
	char *text = server_status_format(result);

	if (!text)
		return EXIT_FAILURE;
	fputs(text, stdout);
	free(text);
	return EXIT_SUCCESS;
}

static const struct {
	const char *name;
	int (*print)(const json_t *result);
} verbs[] = {
		{"status", print_status},
};

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

static int ask(const char *path, size_t verb, bool as_json)
{
	json_t *result;
	int rc = server_control_call(path, verbs[verb].name, &result);
	int code;

	if (rc < 0)
		code = complain(path, rc, result);
	else if (as_json)
		code = print_json(result);
	else
		code = verbs[verb].print(result);
	json_decref(result);
	if (fflush(stdout) != 0)
		code = EXIT_FAILURE;
	return code;
}

int main(int argc, char *argv[])
{
	const char *values[SERVER_OPTIONS_MAX];
	const char *path = SERVER_SOCKET_PATH;
	int operand;
	int rc = server_options_parse(
			&server_program_rackhand, argc, argv, values, &operand);

	if (rc < 0)
		return server_options_exit_code(rc);
	if (values[SERVER_RACKHAND_SOCKET])
		path = values[SERVER_RACKHAND_SOCKET];
	if (argc - operand == 1)
		for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
			if (strcmp(verbs[i].name, argv[operand]) == 0)
				return ask(path, i,
						values[SERVER_RACKHAND_JSON]);
	fprintf(stderr, "rackhand: the one verb there is so far is status; see rackhand --help\n");
	return SERVER_EXIT_USAGE;
}
