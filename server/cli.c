/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/programs.h"
#include "server/text.h"

int server_cli_complain(const char *words, int code)
{
	fputs("rackhand: ", stderr);
	server_text_print(stderr, words);
	fputc('\n', stderr);
	return code;
}

bool server_cli_is_asked(const struct server_cli *cli)
{
	if (cli->values[SERVER_RACKHAND_URL])
		return true;
	if (cli->values[SERVER_RACKHAND_STATE])
		return false;
	return cli->values[SERVER_RACKHAND_SOCKET] ||
			(faccessat(AT_FDCWD, cli->state_path, R_OK | X_OK,
					 AT_EACCESS) == -1 &&
					errno == EACCES);
}

/* An earlier part of it may be what was lost. */
int server_cli_flush(int code)
{
	char words[128];
	int rc = fflush(stdout) == 0 ? 0 : -errno;

	if (rc == 0 && !ferror(stdout))
		return code;
	snprintf(words, sizeof(words), "standard output cannot be written%s%s",
			rc < 0 ? ": " : "", rc < 0 ? strerrordesc_np(-rc) : "");
	return server_cli_complain(words, EXIT_FAILURE);
}
