/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-audit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/audit-check.h"
#include "server/audit-files.h"
#include "server/audit-text.h"
#include "server/cli-link.h"
#include "server/programs.h"
#include "server/state.h"
#include "server/text.h"

static int complain(const char *path, int rc)
{
	const char *advice = "";

	if (rc == -ENOENT)
		advice = "; nothing was audited here yet";
	else if (rc == -EACCES)
		advice = "; run as root";
	fputs("rackhand: ", stderr);
	server_text_print(stderr, path);
	fprintf(stderr, ": %s%s\n", strerrordesc_np(-rc), advice);
	return EXIT_FAILURE;
}

static int open_files(
		struct server_audit_files *files, const struct server_cli *cli)
{
	char path[SERVER_STATE_PATH_BYTES];
	int rc;

	if (cli->operands_n > 0)
		return server_audit_files_open_named(
				files, (size_t)cli->operands_n, cli->operands);
	*files = (struct server_audit_files){.n = 0};
	rc = server_state_format(path, cli->state_path, SERVER_STATE_AUDIT);
	if (rc < 0)
		return rc;
	return server_audit_files_open_all(files, path);
}

/* ---- verify ---------------------------------------------------------------
 */

static int check_piece(void *context, const char *bytes, size_t size_bytes,
		bool begins, const char *where)
{
	struct server_audit_check *check = context;
	int rc = server_audit_check_piece(
			check, bytes, size_bytes, begins, where);

	if (rc == 0 && check->note[0]) {
		server_text_print(stdout, where);
		printf(": %s\n", check->note);
	}
	return rc;
}

static int report(const struct server_audit_check *check, int rc)
{
	if (check->lines_n > 0)
		printf("%" PRIu64 " lines, numbers %" PRIu64 " to %" PRIu64
		       ", from %s to %s\nlast hash %s\n",
				check->lines_n, check->first_number,
				check->number, check->first_time, check->time,
				check->hash);
	if (rc == 0) {
		printf("the chain is unbroken\n");
		return EXIT_SUCCESS;
	}
	printf("the chain is broken after that\n");
	fflush(stdout);
	fputs("rackhand: ", stderr);
	server_text_print(stderr, check->why);
	fputc('\n', stderr);
	return EXIT_FAILURE;
}

int server_cli_audit_verify(const struct server_cli *cli)
{
	const char *expected = cli->values[SERVER_RACKHAND_EXPECT];
	struct server_audit_check check;
	struct server_audit_files files;
	int rc;

	if (expected &&
			(strlen(expected) != SERVER_AUDIT_HASH_BYTES - 1 ||
					strspn(expected, "0123456789abcdef") !=
							strlen(expected))) {
		fputs("rackhand: --expect takes the 64 digits that \"audit verify\" has printed\n",
				stderr);
		return SERVER_EXIT_USAGE;
	}
	server_audit_check_init(&check, expected);
	rc = open_files(&files, cli);
	if (rc < 0)
		return complain(files.path, rc);
	rc = server_audit_files_read(&files, check_piece, &check);
	server_audit_files_close(&files);
	if (rc < 0 && rc != -EBADMSG)
		return complain(files.path, rc);
	if (rc == 0)
		rc = server_audit_check_end(&check);
	return server_cli_flush(report(&check, rc));
}

/* ---- show -----------------------------------------------------------------
 */

struct show {
	const char *event; /* NULL: all */
	char since[SERVER_AUDIT_SINCE_BYTES];
	bool as_json;
	int code;
};

static void show_line(const struct show *show, const json_t *line,
		const char *bytes, size_t size_bytes)
{
	const char *time = json_string_value(json_object_get(line, "time"));

	if (strcmp(time, show->since) < 0 ||
			(show->event &&
					strcmp(server_text_get(line, "event"),
							show->event) != 0))
		return;
	if (!show->as_json) {
		server_audit_text_print(stdout, line);
		return;
	}
	for (size_t i = 0; i + 1 < size_bytes; i++)
		putchar(bytes[i] < ' ' || bytes[i] > '~' ? '?' : bytes[i]);
	putchar('\n');
}

static int show_piece(void *context, const char *bytes, size_t size_bytes,
		bool begins, const char *where)
{
	struct show *show = context;
	json_t *line = NULL;

	if (begins && bytes[size_bytes - 1] == '\n')
		line = server_audit_line_parse(bytes, size_bytes - 1);
	if (line) {
		show_line(show, line, bytes, size_bytes);
	} else if (begins) {
		fputs("rackhand: ", stderr);
		server_text_print(stderr, where);
		fputs(": no line of an audit log\n", stderr);
		show->code = EXIT_FAILURE;
	}
	json_decref(line);
	return ferror(stdout) ? -EPIPE : 0;
}

static int show_files(const struct server_cli *cli, struct show *show)
{
	struct server_audit_files files;
	int rc = open_files(&files, cli);

	if (rc < 0)
		return complain(files.path, rc);
	if (!show->as_json)
		server_audit_text_print_heading(stdout);
	rc = server_audit_files_read(&files, show_piece, show);
	server_audit_files_close(&files);
	if (rc < 0 && !ferror(stdout))
		return complain(files.path, rc);
	return server_cli_flush(show->code);
}

/* ---- show, by the daemon --------------------------------------------------
 */

#define ASKED_LINES 1000 /* the most that the daemon gives */

static void print_lines(const struct server_cli *cli, const json_t *lines)
{
	const json_t *line;
	size_t i;

	if (!cli->values[SERVER_RACKHAND_JSON])
		server_audit_text_print_heading(stdout);
	json_array_foreach(lines, i, line)
	{
		if (!cli->values[SERVER_RACKHAND_JSON]) {
			server_audit_text_print(stdout, line);
			continue;
		}
		json_dumpf(line, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
		putchar('\n');
	}
	if (json_array_size(lines) == ASKED_LINES)
		fputs("rackhand: these are the newest 1000 lines; --since and --event choose others, and \"audit show\" on the machine itself shows all\n",
				stderr);
}

static int show_asked(const struct server_cli *cli)
{
	struct server_cli_answer answer;
	int code;

	if (cli->operands_n > 0)
		return server_cli_complain(
				"files are those of this machine: name them without --url",
				SERVER_EXIT_USAGE);
	code = server_cli_link_ask(cli, "audit",
			json_pack("{s:i, s:s*, s:s*}", "limit", ASKED_LINES,
					"since",
					cli->values[SERVER_RACKHAND_SINCE],
					"event",
					cli->values[SERVER_RACKHAND_EVENT]),
			&answer);
	if (code == EXIT_SUCCESS)
		print_lines(cli, json_object_get(answer.json, "lines"));
	server_cli_answer_finish(&answer);
	return server_cli_flush(code);
}

int server_cli_audit_show(const struct server_cli *cli)
{
	const char *since = cli->values[SERVER_RACKHAND_SINCE];
	struct show show = {.as_json = cli->values[SERVER_RACKHAND_JSON],
			.event = cli->values[SERVER_RACKHAND_EVENT]};

	if (since && server_audit_text_parse_since(show.since, since) < 0) {
		fputs("rackhand: --since takes \"2026-11-20\", \"2026-11-20 19:46\" (UTC) or, back from now, \"90s\", \"30m\", \"12h\", \"7d\"\n",
				stderr);
		return SERVER_EXIT_USAGE;
	}
	/* Named files are the caller's own affair, whoever owns the directory.
	 */
	if (cli->operands_n > 0 && !cli->values[SERVER_RACKHAND_URL])
		return show_files(cli, &show);
	return server_cli_is_asked(cli) ? show_asked(cli)
					: show_files(cli, &show);
}
