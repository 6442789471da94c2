/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/state.h"
#include "server/users-table.h"

/*
 * The users file as those see it who change it: locked, so that nobody's change
 * is lost, read, and put back whole.
 *
 * Threads: any, one at a time; waits for the lock and the disk: not on the
 *          loop.
 * Errors:  0 or -errno; `why` says what is wrong, with the file's name and the
 *          cure.
 */
struct server_users_file {
	const char *directory; /* borrowed */
	int lock;
	struct server_users_table *table; /* to be changed in place */
};

#define SERVER_USERS_FILE_WHY_BYTES (SERVER_STATE_PATH_BYTES + 512)

/* A file that is not there has no users. On success it is to be closed. */
int server_users_file_open(struct server_users_file *file,
		const char *directory, char why[SERVER_USERS_FILE_WHY_BYTES]);

/* Put the table in the file's place. */
int server_users_file_store(const struct server_users_file *file,
		char why[SERVER_USERS_FILE_WHY_BYTES]);

/* Gives the lock back. One that could not be opened is allowed. */
void server_users_file_close(struct server_users_file *file);
