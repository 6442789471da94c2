/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-stats.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/clock.h"
#include "server/cli-ask.h"
#include "server/cli-link.h"
#include "server/cli-wait.h"
#include "server/programs.h"
#include "server/stats-rates.h"

#define HEADING_EVERY 20

struct follow {
	const struct server_cli *cli;
	json_t *before; /* NULL: this is the first */
	uint64_t before_us;
	unsigned lines;
};

static int ask(const struct server_cli *cli, json_t **stats)
{
	struct server_cli_answer answer;
	json_t *request = cli->operands_n > 0
			? json_pack("{s:s}", "target", cli->operands[0])
			: json_object();
	int code = server_cli_link_ask(cli, "stats", request, &answer);

	*stats = json_incref(answer.json);
	server_cli_answer_finish(&answer);
	return code;
}

static void print_line(struct follow *follow, const json_t *stats)
{
	if (follow->cli->values[SERVER_RACKHAND_JSON]) {
		json_dumpf(stats, stdout, JSON_COMPACT);
		putchar('\n');
	} else if (follow->before) {
		if (follow->lines++ % HEADING_EVERY == 0)
			server_stats_rates_print_heading(stdout);
		server_stats_rates_print(stdout, follow->before, stats,
				clock_now_us() - follow->before_us);
	}
}

static int step(struct follow *follow)
{
	json_t *stats;
	int code = ask(follow->cli, &stats);

	if (code != EXIT_SUCCESS)
		return code;
	print_line(follow, stats);
	json_decref(follow->before);
	follow->before = stats;
	follow->before_us = clock_now_us();
	return server_cli_flush(EXIT_SUCCESS);
}

int server_cli_stats(const struct server_cli *cli)
{
	struct follow follow = {.cli = cli};
	int code;

	if (!cli->values[SERVER_RACKHAND_FOLLOW])
		return server_cli_ask(cli);
	server_cli_wait_begin();
	do
		code = step(&follow);
	while (code == EXIT_SUCCESS &&
			!server_cli_wait_is_over(CLOCK_US_PER_S));
	json_decref(follow.before);
	return code;
}
