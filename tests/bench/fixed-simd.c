/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The level of vector instructions that is measured, whatever the machine
 * has: BENCH_SIMD names it. Linked with --wrap=core_simd_best, so that the
 * product's own choice is passed over.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/simd.h"

/* The linker's names. */
enum core_simd __real_core_simd_best(void);
enum core_simd __wrap_core_simd_best(void);

enum core_simd __wrap_core_simd_best(void)
{
	const char *wanted = getenv("BENCH_SIMD");

	if (!wanted)
		return __real_core_simd_best();
	for (unsigned i = 0; i < CORE_SIMDS; i++) {
		const enum core_simd level = (enum core_simd)i;

		if (strcmp(core_simd_name(level), wanted) == 0 &&
				core_simd_runs(level))
			return level;
	}
	fprintf(stderr, "%s: does not run here\n", wanted);
	exit(EXIT_FAILURE);
}
