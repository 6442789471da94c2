/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/cli-file.h"
#include "server/cli-link.h"
#include "server/cli-target.h"
#include "server/programs.h"

static const struct {
	const char *suffix;
	const char *format;
} formats[] = {
		{"-", "png"},
		{".png", "png"},
		{".jpg", "jpeg"},
		{".jpeg", "jpeg"},
};

/* NULL: the name tells of no format. */
static const char *find_format(const char *path)
{
	size_t length = strlen(path);

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		size_t suffix = strlen(formats[i].suffix);

		if (length >= suffix &&
				strcasecmp(path + length - suffix,
						formats[i].suffix) == 0)
			return formats[i].format;
	}
	return NULL;
}

static int save(const struct server_cli *cli, const char *path, json_t *request)
{
	struct server_cli_answer answer;
	int code = server_cli_link_ask(cli, "snapshot", request, &answer);

	if (code != EXIT_SUCCESS)
		return code;
	if (answer.bytes_n == 0)
		code = server_cli_complain(
				"rackhandd sent no picture", EXIT_FAILURE);
	else
		code = server_cli_file_write(
				path, answer.bytes, answer.bytes_n);
	server_cli_answer_finish(&answer);
	return code;
}

static const struct server_cli_member options[] = {
		{SERVER_RACKHAND_WIDTH, "width", JSON_INTEGER},
};

int server_cli_snapshot(const struct server_cli *cli)
{
	const char *path = cli->values[SERVER_RACKHAND_OUTPUT];
	const char *format = path ? find_format(path) : NULL;
	json_t *request = NULL;
	int code;

	if (!format)
		return server_cli_complain(
				"say where the picture goes: -o FILE.png, -o FILE.jpg, or -o - for a PNG on standard output",
				SERVER_EXIT_USAGE);
	code = server_cli_file_check(path);
	if (code == EXIT_SUCCESS)
		code = server_cli_target_request(cli, &request);
	if (code == EXIT_SUCCESS)
		code = server_cli_target_add(cli, request, options, 1);
	if (code != EXIT_SUCCESS) {
		json_decref(request);
		return code;
	}
	json_object_set_new(request, "format", json_string(format));
	return save(cli, path, request);
}
