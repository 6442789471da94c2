/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/users-file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *advise(int rc)
{
	switch (rc) {
	case -ENOENT:
		return "; start rackhandd once, or name its state directory by -d";
	case -EACCES:
		return "; run as root, or as the user that the directory belongs to";
	case -EPERM:
		return "; chmod 600 the file";
	case -ENOSPC:
	case -EDQUOT:
	case -EROFS:
		return "; nothing was changed";
	default:
		return "";
	}
}

static int explain(const char *directory, int rc,
		char why[SERVER_USERS_FILE_WHY_BYTES])
{
	snprintf(why, SERVER_USERS_FILE_WHY_BYTES,
			"%s/" SERVER_STATE_USERS ": %s%s", directory,
			rc == -EPERM ? "others may read it"
				     : strerrordesc_np(-rc),
			advise(rc));
	return rc;
}

static int load(struct server_users_file *file,
		char why[SERVER_USERS_FILE_WHY_BYTES])
{
	char fault[SERVER_USERS_WHY_BYTES];
	char *bytes;
	size_t size;
	int rc = server_state_read(file->directory, SERVER_STATE_USERS,
			SERVER_USERS_FILE_MAX_BYTES, &bytes, &size);

	if (rc == -ENOENT)
		return 0;
	if (rc < 0)
		return explain(file->directory, rc, why);
	rc = server_users_parse(file->table, bytes, size, fault);
	if (rc < 0)
		snprintf(why, SERVER_USERS_FILE_WHY_BYTES,
				"%s/" SERVER_STATE_USERS ": %s",
				file->directory, fault);
	explicit_bzero(bytes, size);
	free(bytes);
	return rc;
}

int server_users_file_open(struct server_users_file *file,
		const char *directory, char why[SERVER_USERS_FILE_WHY_BYTES])
{
	int rc;

	*file = (struct server_users_file){.directory = directory, .lock = -1};
	file->table = calloc(1, sizeof(*file->table));
	if (!file->table)
		return explain(directory, -ENOMEM, why);
	rc = server_state_lock(&file->lock, directory);
	if (rc < 0)
		explain(directory, rc, why);
	else
		rc = load(file, why);
	if (rc < 0)
		server_users_file_close(file);
	return rc;
}

int server_users_file_store(const struct server_users_file *file,
		char why[SERVER_USERS_FILE_WHY_BYTES])
{
	char *text = server_users_format(file->table);
	int rc;

	if (!text)
		return explain(file->directory, -ENOMEM, why);
	rc = server_state_replace(file->directory, SERVER_STATE_USERS, text,
			strlen(text));
	explicit_bzero(text, strlen(text));
	free(text);
	return rc < 0 ? explain(file->directory, rc, why) : 0;
}

void server_users_file_close(struct server_users_file *file)
{
	if (file->table)
		explicit_bzero(file->table, sizeof(*file->table));
	free(file->table);
	file->table = NULL;
	if (file->lock != -1)
		close(file->lock);
	file->lock = -1;
}
