/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_UNREACHABLE 3

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

int server_cli_complain_call(
		const struct server_cli *cli, int rc, const json_t *error)
{
	if (rc == -EREMOTEIO) {
		fprintf(stderr, "rackhand: rackhandd: %s\n",
				json_string_value(error));
		return EXIT_FAILURE;
	}
	fprintf(stderr, "rackhand: %s: %s%s\n", cli->socket_path,
			strerrordesc_np(-rc), advise(rc));
	return rc == -ETIMEDOUT || rc == -EPROTO || rc == -ENOMEM
			? EXIT_FAILURE
			: EXIT_UNREACHABLE;
}
