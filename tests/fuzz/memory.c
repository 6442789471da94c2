/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Fuzz targets are linked with --wrap for these names, so that what our own
 * objects ask for comes by here. Libraries get their memory as ever.
 */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);

static struct {
	unsigned left; /* until one fails; 0: none does */
	bool lasting;
	bool failed;
} memory;

void fuzz_memory_fail(unsigned nth, bool lasting)
{
	memory.left = nth;
	memory.lasting = lasting;
	memory.failed = false;
}

bool fuzz_memory_failed(void)
{
	return memory.failed;
}

static bool fails(void)
{
	if (memory.left == 0 || --memory.left > 0)
		return false;
	if (memory.lasting)
		memory.left = 1;
	memory.failed = true;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}
