/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-tls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "net/certificate.h"
#include "server/state.h"
#include "server/text.h"

static void print_day(const char *what, int64_t at_s)
{
	time_t at = (time_t)at_s;
	char text[64];
	struct tm tm;

	if (gmtime_r(&at, &tm) &&
			strftime(text, sizeof(text), "%F %T UTC", &tm) > 0)
		printf("%-8s%s\n", what, text);
}

static int complain(int rc, const char *why)
{
	fputs("rackhand: ", stderr);
	server_text_print(stderr, why);
	fputs(rc == -EACCES ? "; run as root\n" : "\n", stderr);
	return EXIT_FAILURE;
}

int server_cli_tls_fingerprint(const struct server_cli *cli)
{
	char own[SERVER_STATE_PATH_BYTES];
	char why[NET_CERTIFICATE_WHY_BYTES];
	struct net_certificate_info info;
	const char *path = cli->operands_n > 0 ? cli->operands[0] : own;
	int rc;

	rc = server_state_format(
			own, cli->state_path, SERVER_STATE_CERTIFICATE);
	if (rc < 0)
		return complain(rc, "the state directory has too long a name");
	rc = net_certificate_read(&info, path, NULL, why);
	if (rc < 0)
		return complain(rc, why);
	printf("%-8s%s\n", "SHA-256", info.fingerprint);
	printf("%-8s%s\n", "pin", info.pin);
	fputs("for     ", stdout);
	server_text_print(stdout, info.names);
	putchar('\n');
	print_day("from", info.from_s);
	print_day("until", info.until_s);
	return server_cli_flush(EXIT_SUCCESS);
}
