/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/write-all.h"

#include <errno.h>
#include <unistd.h>

int core_write_all(int fd, const void *bytes, size_t size)
{
	const char *rest = bytes;

	while (size > 0) {
		ssize_t written = write(fd, rest, size);

		if (written == -1 && errno == EINTR)
			continue;
		if (written == -1)
			return -errno;
		rest += written;
		size -= (size_t)written;
	}
	return 0;
}
