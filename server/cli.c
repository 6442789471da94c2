/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli.h"

#include <stdio.h>

#include "server/text.h"

int server_cli_complain(const char *words, int code)
{
	fputs("rackhand: ", stderr);
	server_text_print(stderr, words);
	fputc('\n', stderr);
	return code;
}
