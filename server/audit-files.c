/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/audit-files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void take_path(char to[SERVER_AUDIT_PATH_BYTES], const char *path)
{
	snprintf(to, SERVER_AUDIT_PATH_BYTES, "%s", path);
}

static bool is_same(FILE *a, FILE *b)
{
	struct stat of_a, of_b;

	return fstat(fileno(a), &of_a) == 0 && fstat(fileno(b), &of_b) == 0 &&
			of_a.st_dev == of_b.st_dev &&
			of_a.st_ino == of_b.st_ino;
}

static int open_next(struct server_audit_files *files, const char *path)
{
	FILE *file = fopen(path, "re");

	if (!file) {
		take_path(files->path, path);
		return -errno;
	}
	take_path(files->files[files->n].path, path);
	files->files[files->n++].file = file;
	return 0;
}

static void reverse(struct server_audit_files *files)
{
	for (size_t i = 0; i < files->n / 2; i++) {
		struct server_audit_file kept = files->files[i];

		files->files[i] = files->files[files->n - 1 - i];
		files->files[files->n - 1 - i] = kept;
	}
}

static int allocate(struct server_audit_files *files, size_t n)
{
	*files = (struct server_audit_files){.n = 0};
	files->files = calloc(n, sizeof(files->files[0]));
	return files->files ? 0 : -ENOMEM;
}

/*
 * The newest first: should the files move on meanwhile, one is met again under
 * its next name, instead of being missed.
 */
int server_audit_files_open_all(
		struct server_audit_files *files, const char *base)
{
	char path[SERVER_AUDIT_PATH_BYTES];
	int rc = allocate(files, SERVER_AUDIT_FILES_KEPT + 1);

	for (unsigned n = 0; rc == 0 && n <= SERVER_AUDIT_FILES_KEPT; n++) {
		server_audit_log_format_path(path, base, n);
		rc = open_next(files, path);
		if (rc == -ENOENT)
			rc = 0;
		else if (rc == 0 && files->n > 1 &&
				is_same(files->files[files->n - 1].file,
						files->files[files->n - 2]
								.file))
			fclose(files->files[--files->n].file);
	}
	if (rc == 0 && files->n == 0) {
		take_path(files->path, base);
		rc = -ENOENT;
	}
	if (rc < 0)
		server_audit_files_close(files);
	else
		reverse(files);
	return rc;
}

int server_audit_files_open_named(
		struct server_audit_files *files, size_t n, char *const paths[])
{
	int rc = allocate(files, n);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = open_next(files, paths[i]);
	if (rc < 0)
		server_audit_files_close(files);
	return rc;
}

void server_audit_files_close(struct server_audit_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		fclose(files->files[i].file);
	free(files->files);
	files->files = NULL;
	files->n = 0;
}

static size_t read_piece(FILE *file, char bytes[SERVER_AUDIT_LINE_MAX_BYTES])
{
	size_t used = 0;
	int got;

	while (used < SERVER_AUDIT_LINE_MAX_BYTES &&
			(got = getc_unlocked(file)) != EOF) {
		bytes[used++] = (char)got;
		if (got == '\n')
			break;
	}
	return used;
}

static int read_one(FILE *file, const char *path,
		server_audit_files_piece *piece, void *context)
{
	char bytes[SERVER_AUDIT_LINE_MAX_BYTES];
	char where[SERVER_AUDIT_PATH_BYTES + 24];
	unsigned long line = 1;
	bool begins = true;
	size_t size_bytes;
	int rc = 0;

	while (rc == 0 && (size_bytes = read_piece(file, bytes)) > 0) {
		snprintf(where, sizeof(where), "%s:%lu", path, line);
		rc = piece(context, bytes, size_bytes, begins, where);
		begins = bytes[size_bytes - 1] == '\n';
		if (begins)
			line++;
	}
	return rc == 0 && ferror(file) ? -EIO : rc;
}

int server_audit_files_read(struct server_audit_files *files,
		server_audit_files_piece *piece, void *context)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < files->n; i++) {
		take_path(files->path, files->files[i].path);
		rc = read_one(files->files[i].file, files->path, piece,
				context);
	}
	return rc;
}
