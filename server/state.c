/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/state.h"

#include <errno.h>
#include <stdio.h>

int server_state_format(char path[SERVER_STATE_PATH_BYTES],
		const char *directory, const char *name)
{
	int length = snprintf(path, SERVER_STATE_PATH_BYTES, "%s/%s", directory,
			name);

	return length < SERVER_STATE_PATH_BYTES ? 0 : -ENAMETOOLONG;
}
