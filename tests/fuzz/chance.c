/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/types.h>

#include "tests/fuzz/fuzz.h"

/* In getrandom's place for our own code. */
ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags);

static bool fails;

void fuzz_chance_fail(bool fails_now)
{
	fails = fails_now;
}

ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags)
{
	(void)flags;
	if (fails) {
		errno = EAGAIN;
		return -1;
	}
	memset(bytes, 0x5a, size);
	return (ssize_t)size;
}
