/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/config/loading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* Take "file:line: what" apart. */
static void take_complaint(void *context, const char *text)
{
	struct loading *loading = context;
	size_t length = strlen(loading->file);
	char *end;

	loading->complaints_n++;
	loading->what = NULL;
	snprintf(loading->complaint, sizeof(loading->complaint), "%s", text);
	if (strncmp(loading->complaint, loading->file, length) != 0 ||
			loading->complaint[length] != ':')
		return;
	loading->line = (unsigned)strtoul(
			loading->complaint + length + 1, &end, 10);
	if (end > loading->complaint + length + 1 && strncmp(end, ": ", 2) == 0)
		loading->what = end + 2;
}

int loading_from_bytes(struct loading *loading, const char *data, size_t size)
{
	int fd = memfd_create("rackhand.conf", MFD_CLOEXEC);
	int rc;

	memset(loading, 0, sizeof(*loading));
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, data, size), size);
	snprintf(loading->file, sizeof(loading->file), "/proc/self/fd/%d", fd);
	rc = config_load(&loading->config, loading->file, take_complaint,
			loading);
	close(fd);
	return rc;
}

int loading_from_text(struct loading *loading, const char *text)
{
	return loading_from_bytes(loading, text, strlen(text));
}
