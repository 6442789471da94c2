/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/write-all.h"
#include "server/cli.h"
#include "server/options.h"

static bool is_output(const char *path)
{
	return strcmp(path, "-") == 0;
}

int server_cli_file_check(const char *path)
{
	if (is_output(path) && isatty(STDOUT_FILENO))
		return server_cli_complain(
				"this is nothing for a terminal; name a file by -o",
				SERVER_EXIT_USAGE);
	return EXIT_SUCCESS;
}

static int open_input(const char *path)
{
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC)
		      : fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);

	return fd == -1 ? -errno : fd;
}

static ssize_t read_all(int fd, char *bytes, size_t max)
{
	size_t used = 0;

	while (used <= max) {
		ssize_t got = read(fd, bytes + used, max + 1 - used);

		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return -errno;
		if (got == 0)
			break;
		used += (size_t)got;
	}
	return used > max ? -EFBIG : (ssize_t)used;
}

int server_cli_file_read(
		const char *path, size_t max, char **bytes, size_t *size)
{
	char words[PATH_MAX + 128];
	ssize_t rc = open_input(path);
	int fd = (int)rc;

	*bytes = NULL;
	if (fd >= 0) {
		*bytes = malloc(max + 1);
		rc = *bytes ? read_all(fd, *bytes, max) : -ENOMEM;
		close(fd);
	}
	if (rc >= 0) {
		*size = (size_t)rc;
		return EXIT_SUCCESS;
	}
	free(*bytes);
	*bytes = NULL;
	snprintf(words, sizeof(words), "%s: %s", path ? path : "standard input",
			strerrordesc_np((int)-rc));
	return server_cli_complain(words, EXIT_FAILURE);
}

static int write_file(const char *path, const char *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int rc;

	if (fd == -1)
		return -errno;
	rc = core_write_all(fd, bytes, size);
	if (close(fd) == -1 && rc == 0)
		rc = -errno;
	if (rc < 0)
		unlink(path);
	return rc;
}

int server_cli_file_write(const char *path, const char *bytes, size_t size)
{
	char words[PATH_MAX + 128];
	int rc = is_output(path) ? core_write_all(STDOUT_FILENO, bytes, size)
				 : write_file(path, bytes, size);

	if (rc == 0)
		return EXIT_SUCCESS;
	snprintf(words, sizeof(words), "%s: %s", path, strerrordesc_np(-rc));
	return server_cli_complain(words, EXIT_FAILURE);
}
