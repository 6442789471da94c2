/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"

#define SECRET_LINE_MAX 256

static int check_mode(int fd, const char *path)
{
	struct stat status;

	if (fstat(fd, &status) == -1)
		return -errno;
	if (!S_ISREG(status.st_mode) || (status.st_mode & S_IRWXO)) {
		log_error("%s: must be a file that others have no access to; "
			  "chmod o= %s",
				path, path);
		return -EPERM;
	}
	return 0;
}

static int take_line(const char *path, char line[SECRET_LINE_MAX + 1],
		size_t length, char *secret, size_t size)
{
	line[length] = '\0';
	length = strcspn(line, "\r\n");
	if (length == 0) {
		log_error("%s: its first line must be the password", path);
		return -ENODATA;
	}
	if (length > size) {
		log_error("%s: the password has %zu bytes, more than the %zu "
			  "that VNC authentication can use",
				path, length, size);
		return -EMSGSIZE;
	}
	memset(secret, 0, size);
	memcpy(secret, line, length);
	return 0;
}

int server_secret_read(const char *path, char *secret, size_t size)
{
	char line[SECRET_LINE_MAX + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t length;
	int rc;

	if (fd == -1) {
		rc = -errno;
		log_error_errno(rc, "%s: cannot open", path);
		return rc;
	}
	rc = check_mode(fd, path);
	if (rc == 0) {
		length = read(fd, line, SECRET_LINE_MAX);
		if (length < 0) {
			rc = -errno;
			log_error_errno(rc, "%s: cannot read", path);
		} else {
			rc = take_line(path, line, (size_t)length, secret,
					size);
		}
	}
	explicit_bzero(line, sizeof(line));
	close(fd);
	return rc;
}
