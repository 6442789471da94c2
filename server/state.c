/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/write-all.h"

int server_state_format(char path[SERVER_STATE_PATH_BYTES],
		const char *directory, const char *name)
{
	int length = snprintf(path, SERVER_STATE_PATH_BYTES, "%s/%s", directory,
			name);

	return length < SERVER_STATE_PATH_BYTES ? 0 : -ENAMETOOLONG;
}

int server_state_make(const char *directory)
{
	return mkdir(directory, 0700) == -1 && errno != EEXIST ? -errno : 0;
}

static int open_directory(const char *directory)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd == -1 ? -errno : fd;
}

/*
 * What root writes must be the daemon's to read. Whoever may write here but is
 * neither must not leave a file that the daemon cannot open.
 */
static int give_to_owner(int fd, int directory_fd)
{
	struct stat file, directory;

	if (fstat(fd, &file) == -1 || fstat(directory_fd, &directory) == -1)
		return -errno;
	if (file.st_uid == directory.st_uid)
		return 0;
	if (fchown(fd, directory.st_uid, directory.st_gid) == -1)
		return -errno;
	return 0;
}

/* What an interrupted writer left behind is in the way, and nobody's. */
static int create_new(int directory_fd, const char *name)
{
	int fd;

	if (unlinkat(directory_fd, name, 0) == -1 && errno != ENOENT)
		return -errno;
	fd = openat(directory_fd, name,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
	return fd == -1 ? -errno : fd;
}

static int fill(int fd, int directory_fd, const void *bytes, size_t size)
{
	int rc = give_to_owner(fd, directory_fd);

	if (rc == 0)
		rc = core_write_all(fd, bytes, size);
	if (rc == 0 && fsync(fd) == -1)
		rc = -errno;
	return rc;
}

int server_state_replace(const char *directory, const char *name,
		const void *bytes, size_t size)
{
	char next[NAME_MAX + 1];
	int directory_fd;
	int rc;
	int fd;

	if (snprintf(next, sizeof(next), "%s.new", name) >= (int)sizeof(next))
		return -ENAMETOOLONG;
	directory_fd = open_directory(directory);
	if (directory_fd < 0)
		return directory_fd;
	fd = create_new(directory_fd, next);
	rc = fd;
	if (fd >= 0) {
		rc = fill(fd, directory_fd, bytes, size);
		close(fd);
		if (rc == 0 &&
				renameat(directory_fd, next, directory_fd,
						name) == -1)
			rc = -errno;
		if (rc < 0)
			unlinkat(directory_fd, next, 0);
		else if (fsync(directory_fd) == -1)
			rc = -errno;
	}
	close(directory_fd);
	return rc;
}

int server_state_lock(int *fd, const char *directory)
{
	int rc = open_directory(directory);

	*fd = -1;
	if (rc < 0)
		return rc;
	*fd = rc;
	while (flock(*fd, LOCK_EX) == -1) {
		if (errno == EINTR)
			continue;
		rc = -errno;
		close(*fd);
		*fd = -1;
		return rc;
	}
	return 0;
}

static int check_file(int fd, size_t max, size_t *size)
{
	struct stat status;

	if (fstat(fd, &status) == -1)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	if (status.st_mode & (S_IRWXG | S_IRWXO))
		return -EPERM;
	if (status.st_size > (off_t)max)
		return -EFBIG;
	*size = (size_t)status.st_size;
	return 0;
}

/* A file that grows meanwhile is another writer's, and so cut off. */
static int read_all(int fd, char *bytes, size_t *size)
{
	size_t used = 0;

	while (used < *size) {
		ssize_t got = read(fd, bytes + used, *size - used);

		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return -errno;
		if (got == 0)
			break;
		used += (size_t)got;
	}
	bytes[used] = '\0';
	*size = used;
	return 0;
}

int server_state_read(const char *directory, const char *name, size_t max,
		char **bytes, size_t *size)
{
	char path[SERVER_STATE_PATH_BYTES];
	int rc = server_state_format(path, directory, name);
	int fd;

	*bytes = NULL;
	*size = 0;
	if (rc < 0)
		return rc;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return -errno;
	rc = check_file(fd, max, size);
	if (rc == 0) {
		*bytes = malloc(*size + 1);
		rc = *bytes ? read_all(fd, *bytes, size) : -ENOMEM;
	}
	close(fd);
	if (rc < 0) {
		free(*bytes);
		*bytes = NULL;
		*size = 0;
	}
	return rc;
}
