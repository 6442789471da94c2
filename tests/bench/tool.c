/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"

void bench_die(const char *format, ...)
{
	int error = errno;
	va_list arguments;

	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	if (error)
		fprintf(stderr, ": %s", strerror(error));
	fputc('\n', stderr);
	exit(1);
}

/* ---- distributions ---- */

void bench_samples_add(struct bench_samples *samples, uint64_t us)
{
	if (samples->n == samples->room) {
		samples->room = samples->room ? 2 * samples->room : 1024;
		samples->us = realloc(samples->us,
				samples->room * sizeof(*samples->us));
		if (!samples->us)
			bench_die("no memory for samples");
	}
	samples->us[samples->n++] = us;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static double percentile_ms(const struct bench_samples *samples, size_t percent)
{
	if (samples->n == 0)
		return 0;
	return (double)samples->us[(samples->n - 1) * percent / 100] / 1000;
}

void bench_samples_print(struct bench_samples *samples, const char *name)
{
	static const size_t percents[] = {50, 90, 95, 99, 100};

	if (samples->n)
		qsort(samples->us, samples->n, sizeof(*samples->us), compare);
	printf("\"%s\":{\"n\":%zu", name, samples->n);
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++)
		printf(",\"p%zu\":%.3f", percents[i],
				percentile_ms(samples, percents[i]));
	printf("}");
}

/* ---- processes ---- */

uint64_t bench_process_cpu_us(pid_t pid)
{
	struct timespec used;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 ||
			clock_gettime(clock, &used) == -1)
		return 0;
	return (uint64_t)used.tv_sec * CLOCK_US_PER_S +
			(uint64_t)used.tv_nsec / 1000;
}

static FILE *open_process(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return fopen(path, "re");
}

uint64_t bench_process_field(pid_t pid, const char *field)
{
	FILE *file = open_process(pid, "status");
	size_t length = strlen(field);
	uint64_t value = 0;
	char line[256];

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, field, length) == 0 && line[length] == ':')
			value = strtoull(line + length + 1, NULL, 10);
	fclose(file);
	return value;
}

/* A mapping's line begins with its range, and ends with its file. */
uint64_t bench_process_memory_kb(pid_t pid)
{
	FILE *file = open_process(pid, "smaps");
	uint64_t sum_kb = 0;
	bool counts = false;
	char line[512];

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		if (strchr("0123456789abcdef", line[0]))
			counts = !strstr(line, "/frames/");
		if (counts && strncmp(line, "Rss:", 4) == 0)
			sum_kb += strtoull(line + 4, NULL, 10);
	}
	fclose(file);
	return sum_kb;
}

/* ---- frames ---- */

void bench_frames_open(struct bench_frames *frames, const char *path,
		size_t frame_bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat file;
	void *data;

	if (fd == -1 || fstat(fd, &file) == -1)
		bench_die("%s", path);
	data = mmap(NULL, (size_t)file.st_size, PROT_READ,
			MAP_SHARED | MAP_POPULATE, fd, 0);
	if (data == MAP_FAILED)
		bench_die("%s", path);
	close(fd);
	*frames = (struct bench_frames){
			.data = data,
			.frame_bytes = frame_bytes,
			.n = (size_t)file.st_size / frame_bytes,
	};
	errno = 0;
	if (frames->n == 0)
		bench_die("%s: shorter than a frame", path);
}

const uint8_t *bench_frames_at(const struct bench_frames *frames, size_t i)
{
	return frames->data + i % frames->n * frames->frame_bytes;
}

bool bench_frames_differ(const struct bench_frames *frames, size_t i)
{
	return memcmp(bench_frames_at(frames, i),
			       bench_frames_at(frames, i + frames->n - 1),
			       frames->frame_bytes) != 0;
}

/* ---- stamps ---- */

struct bench_stamps *bench_stamps_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *stamps;

	if (fd == -1 || ftruncate(fd, sizeof(struct bench_stamps)) == -1)
		bench_die("%s", path);
	stamps = mmap(NULL, sizeof(struct bench_stamps), PROT_READ | PROT_WRITE,
			MAP_SHARED, fd, 0);
	if (stamps == MAP_FAILED)
		bench_die("%s", path);
	close(fd);
	return stamps;
}

void bench_stamps_add(struct bench_stamps *stamps, uint64_t now_us)
{
	uint64_t n = atomic_load(&stamps->n);

	atomic_store(&stamps->us[n % BENCH_STAMPS], now_us);
	atomic_store(&stamps->n, n + 1);
}

uint64_t bench_stamps_before(const struct bench_stamps *stamps, uint64_t us)
{
	uint64_t n = atomic_load(&stamps->n);

	for (uint64_t i = n; i > 0 && n - i < BENCH_STAMPS / 2; i--) {
		uint64_t stamp_us = atomic_load(
				&stamps->us[(i - 1) % BENCH_STAMPS]);

		if (stamp_us <= us)
			return stamp_us;
	}
	return 0;
}
