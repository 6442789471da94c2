/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * What the programs of the benchmark share: distributions, another process's
 * cost, files of frames, and the moments when frames were ready.
 *
 * Threads: one, but stamps, which are shared between processes.
 * Errors:  these are tools: what cannot go on says why and exits with 1.
 */

/* Says so on stderr, with errno's words if there is one, and leaves. */
_Noreturn __attribute__((format(printf, 1, 2))) void bench_die(
		const char *format, ...);

/* ---- distributions ---- */

struct bench_samples {
	uint64_t *us;
	size_t n, room;
};

void bench_samples_add(struct bench_samples *samples, uint64_t us);

/* Sorts, and prints "name":{"n":...,"p50":ms,...} */
void bench_samples_print(struct bench_samples *samples, const char *name);

/* ---- processes ---- */

/* CPU that all its threads used so far; 0: there is no such process. */
uint64_t bench_process_cpu_us(pid_t pid);

/*
 * What it has in memory, but for the frames that it is fed with: of a real
 * device they would be the driver's.
 */
uint64_t bench_process_memory_kb(pid_t pid);

/* A number of /proc/PID/status, as "VmRSS"; 0: not there. */
uint64_t bench_process_field(pid_t pid, const char *field);

/* ---- frames ---- */

struct bench_frames {
	const uint8_t *data;
	size_t frame_bytes;
	size_t n;
};

/* The file is mapped and read into memory once. */
void bench_frames_open(struct bench_frames *frames, const char *path,
		size_t frame_bytes);
const uint8_t *bench_frames_at(const struct bench_frames *frames, size_t i);

/* Is it another picture than the one before it? */
bool bench_frames_differ(const struct bench_frames *frames, size_t i);

/* ---- stamps: when the newest frames that changed anything were ready ---- */

#define BENCH_STAMPS 4096

struct bench_stamps {
	_Atomic uint64_t n;
	_Atomic uint64_t us[BENCH_STAMPS]; /* CLOCK_MONOTONIC, by number */
};

/* Made if it is not there. */
struct bench_stamps *bench_stamps_open(const char *path);
void bench_stamps_add(struct bench_stamps *stamps, uint64_t now_us);

/* When the newest frame was ready that is not younger than that; 0: none. */
uint64_t bench_stamps_before(const struct bench_stamps *stamps, uint64_t us);
