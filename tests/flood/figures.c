/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/flood/figures.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

unsigned figures_descriptors(pid_t pid)
{
	char path[64];
	unsigned n = 0;
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	directory = opendir(path);
	if (!directory)
		return 0;
	while (readdir(directory))
		n++;
	closedir(directory);
	return n - 2; /* . and .. */
}

uint64_t figures_memory_kb(pid_t pid)
{
	return bench_process_field(pid, "VmRSS");
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

uint64_t figures_percentile(struct bench_samples *samples, unsigned percent)
{
	if (samples->n == 0)
		return 0;
	qsort(samples->us, samples->n, sizeof(*samples->us), compare);
	return samples->us[(samples->n - 1) * percent / 100];
}

void figures_judge(struct figures_verdict *verdict, bool good,
		const char *format, ...)
{
	va_list arguments;

	printf("%s ", good ? "ok" : "FAIL");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
	if (good)
		verdict->passed++;
	else
		verdict->failed++;
}
