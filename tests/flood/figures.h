/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/bench/tool.h"

/*
 * What these tests measure of the server's process, and how it is judged: a
 * line "ok" or "FAIL" for each, and the sum at the end.
 *
 * Threads: one. Errors: none.
 */

/* How many descriptors it has open. */
unsigned figures_descriptors(pid_t pid);

/* In memory, in kB. */
uint64_t figures_memory_kb(pid_t pid);

/* The value that `percent` of the samples do not exceed; 0: there are none. */
uint64_t figures_percentile(struct bench_samples *samples, unsigned percent);

struct figures_verdict {
	unsigned passed;
	unsigned failed;
};

__attribute__((format(printf, 3, 4))) void figures_judge(
		struct figures_verdict *verdict, bool good, const char *format,
		...);
