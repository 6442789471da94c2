/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_LINE_MAX 256

__attribute__((format(printf, 3, 4))) static int
refuse(char why[SERVER_SECRET_WHY_BYTES], int rc, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, SERVER_SECRET_WHY_BYTES, format, args);
	va_end(args);
	return rc;
}

static int check_mode(int fd, char why[SERVER_SECRET_WHY_BYTES])
{
	struct stat status;

	if (fstat(fd, &status) == -1)
		return refuse(why, -errno, "%s", strerrordesc_np(errno));
	if (!S_ISREG(status.st_mode))
		return refuse(why, -EPERM, "it is no regular file");
	if (status.st_mode & S_IRWXO)
		return refuse(why, -EPERM,
				"others have access to it; chmod o= it");
	return 0;
}

static int take_line(char line[SECRET_LINE_MAX + 1], size_t length,
		char *secret, size_t size, char why[SERVER_SECRET_WHY_BYTES])
{
	line[length] = '\0';
	length = strcspn(line, "\r\n");
	if (length == 0)
		return refuse(why, -ENODATA,
				"its first line must be the password");
	if (length > size)
		return refuse(why, -EMSGSIZE,
				"the password has %zu bytes, and VNC authentication can use no more than %zu",
				length, size);
	memset(secret, 0, size);
	memcpy(secret, line, length);
	return 0;
}

int server_secret_read(const char *path, char *secret, size_t size,
		char why[SERVER_SECRET_WHY_BYTES])
{
	char line[SECRET_LINE_MAX + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t length;
	int rc;

	if (fd == -1)
		return refuse(why, -errno, "%s", strerrordesc_np(errno));
	rc = check_mode(fd, why);
	if (rc == 0) {
		length = read(fd, line, SECRET_LINE_MAX);
		if (length < 0)
			rc = refuse(why, -errno, "%s", strerrordesc_np(errno));
		else
			rc = take_line(line, (size_t)length, secret, size, why);
	}
	explicit_bzero(line, sizeof(line));
	close(fd);
	return rc;
}
