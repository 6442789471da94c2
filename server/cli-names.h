/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

/*
 * The names that an operand may have, or the argument of an option, by what the
 * tables call it: "TARGET", "BUTTON". Those that the daemon knows are asked
 * for, quietly.
 *
 * Threads: main only. Errors: what cannot be known is not there.
 */
struct server_cli_names_from {
	const char *socket_path;
	const char *target; /* whose names; NULL: the only one */
	bool elsewhere;     /* the daemon is behind a network: do not ask */
};

bool server_cli_names_are_files(const char *kind);

void server_cli_names_list(const struct server_cli_names_from *from,
		const char *kind, void (*take)(void *context, const char *name),
		void *context);
