/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The operator's program: asks the running daemon over its control socket and
 * prints the answer; what is done without the daemon is in cli-*.c.
 */

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/cli-audit.h"
#include "server/cli-setup.h"
#include "server/cli-tls.h"
#include "server/cli-user.h"
#include "server/cli.h"
#include "server/control-client.h"
#include "server/programs.h"
#include "server/session-text.h"
#include "server/stats-text.h"
#include "server/status-text.h"
#include "server/text.h"

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

/*
 * One row a verb. `name` may be two words. `least` operands are needed, and
 * there are as many as `operands` has names, or any number more when the last
 * ends in "...". A verb without `run` asks the daemon, and passes each operand
 * as the member of that name in small letters.
 */
#define OPERANDS_MAX 2
#define TAKES(option) (1u << SERVER_RACKHAND_##option)
#define TAKEN_BY_ALL (TAKES(SOCKET) | TAKES(STATE))

static const struct verb {
	const char *name;
	const char *operands[OPERANDS_MAX];
	int least;
	unsigned options;                         /* besides TAKEN_BY_ALL */
	char *(*format)(const json_t *result);    /* for people */
	int (*run)(const struct server_cli *cli); /* NULL: ask the daemon */
} verbs[] = {
		{"status", .options = TAKES(JSON),
				.format = server_status_format},
		{"stats", {"TARGET"}, .options = TAKES(JSON),
				.format = server_stats_format},
		{"sessions", .options = TAKES(JSON),
				.format = server_sessions_format},
		{"disconnect", {"ID", "REASON"}, .least = 1,
				.options = TAKES(JSON),
				.format = server_disconnect_format},
		{"control give", {"ID"}, .least = 1, .options = TAKES(JSON),
				.format = server_control_format},
		{"control release", {"TARGET"}, .least = 1,
				.options = TAKES(JSON),
				.format = server_control_format},
		{"tls fingerprint", {"FILE"},
				.run = server_cli_tls_fingerprint},
		{"audit show", {"FILE..."},
				.options = TAKES(JSON) | TAKES(SINCE),
				.run = server_cli_audit_show},
		{"audit verify", {"FILE..."}, .options = TAKES(EXPECT),
				.run = server_cli_audit_verify},
		{"setup", {"NAME"}, 1, .run = server_cli_setup},
		{"user add", {"NAME"}, 1, TAKES(ROLE),
				.run = server_cli_user_add},
		{"user passwd", {"NAME"}, 1, .run = server_cli_user_passwd},
		{"user role", {"NAME", "ROLE..."}, 2,
				.run = server_cli_user_role},
		{"user totp", {"NAME"}, 1, TAKES(OFF),
				.run = server_cli_user_totp},
		{"user remove", {"NAME"}, 1, .run = server_cli_user_remove},
		{"user list", .options = TAKES(JSON),
				.run = server_cli_user_list},
};
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* " [TARGET]" */
static void print_operands(const struct verb *verb)
{
	for (int i = 0; i < OPERANDS_MAX && verb->operands[i]; i++)
		fprintf(stderr, i < verb->least ? " %s" : " [%s]",
				verb->operands[i]);
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
	for (size_t i = 0; i < VERBS; i++) {
		fprintf(stderr, "%s %s", i == 0 ? "" : ",", verbs[i].name);
		print_operands(&verbs[i]);
	}
	fputs("; see rackhand --help\n", stderr);
	return SERVER_EXIT_USAGE;
}

/* {"verb":"stats","target":"rack1"}; NULL: an operand is no UTF-8. */
static json_t *make_request(
		const struct verb *verb, const struct server_cli *cli)
{
	json_t *request = json_pack("{s:s}", "verb", verb->name);

	for (int i = 0; i < cli->operands_n; i++) {
		char key[32];
		int length = snprintf(
				key, sizeof(key), "%s", verb->operands[i]);

		for (int j = 0; j < length; j++)
			key[j] = (char)tolower((unsigned char)key[j]);
		if (json_object_set_new(request, key,
				    json_string(cli->operands[i])) == -1) {
			json_decref(request);
			return NULL;
		}
	}
	return request;
}

static int ask(const struct verb *verb, const struct server_cli *cli)
{
	json_t *request = make_request(verb, cli);
	json_t *result;
	int code;
	int rc;

	if (!request)
		return complain_operand("no target can have the name",
				cli->operands[cli->operands_n - 1]);
	rc = server_control_call(cli->socket_path, request, &result);
	json_decref(request);
	if (rc < 0)
		code = server_cli_complain_call(cli, rc, result);
	else if (cli->values[SERVER_RACKHAND_JSON])
		code = print_json(result);
	else
		code = print_text(result, verb->format);
	json_decref(result);
	if (fflush(stdout) != 0)
		code = EXIT_FAILURE;
	return code;
}

/* The number of words that are this verb's name; 0: it is another one. */
static int match(const struct verb *verb, char *const words[], int words_n)
{
	const char *rest = verb->name;

	for (int i = 0; i < words_n; i++) {
		size_t length = strlen(words[i]);

		if (strncmp(rest, words[i], length) != 0)
			return 0;
		rest += length;
		if (*rest == '\0')
			return i + 1;
		if (*rest++ != ' ')
			return 0;
	}
	return 0;
}

static int check_options(const struct verb *verb, const char *const *values)
{
	for (unsigned i = 0; i < SERVER_RACKHAND_OPTIONS; i++) {
		if (!values[i] || (verb->options | TAKEN_BY_ALL) & (1u << i))
			continue;
		fprintf(stderr, "rackhand: %s has no option --%s; see rackhand --help\n",
				verb->name,
				server_program_rackhand.options[i].name);
		return SERVER_EXIT_USAGE;
	}
	return 0;
}

static int run(const struct verb *verb, const struct server_cli *cli)
{
	int code = check_options(verb, cli->values);
	int most = 0;

	if (code != 0)
		return code;
	while (most < OPERANDS_MAX && verb->operands[most])
		most++;
	if (most > 0 && strstr(verb->operands[most - 1], "..."))
		most = INT_MAX;
	if (cli->operands_n < verb->least)
		return complain_operand(
				"an operand is missing after", verb->name);
	if (cli->operands_n > most)
		return complain_operand(
				"one operand too many", cli->operands[most]);
	return verb->run ? verb->run(cli) : ask(verb, cli);
}

int main(int argc, char *argv[])
{
	const char *values[SERVER_OPTIONS_MAX];
	struct server_cli cli = {.socket_path = SERVER_SOCKET_PATH,
			.state_path = SERVER_STATE_PATH,
			.values = values};
	int operand;
	int rc = server_options_parse(
			&server_program_rackhand, argc, argv, values, &operand);

	if (rc < 0)
		return server_options_exit_code(rc);
	if (values[SERVER_RACKHAND_SOCKET])
		cli.socket_path = values[SERVER_RACKHAND_SOCKET];
	if (values[SERVER_RACKHAND_STATE])
		cli.state_path = values[SERVER_RACKHAND_STATE];
	if (operand == argc)
		return complain_operand("a verb is missing", NULL);
	for (size_t i = 0; i < VERBS; i++) {
		int words_n = match(&verbs[i], argv + operand, argc - operand);

		if (words_n == 0)
			continue;
		cli.operands = argv + operand + words_n;
		cli.operands_n = argc - operand - words_n;
		return run(&verbs[i], &cli);
	}
	return complain_operand("there is no verb", argv[operand]);
}
