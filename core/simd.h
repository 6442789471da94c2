/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

/*
 * Which vector instructions this processor has. Code that comes in several
 * versions keeps them in a table by level and takes the level as an argument
 * when its objects are made, so that tests can compare all versions that run
 * here and benchmarks can fix one.
 *
 * Threads: any. Errors: none.
 */
enum core_simd {
	CORE_SIMD_PLAIN, /* C without vectors; the reference for the others */
	CORE_SIMD_SSE2,  /* every x86-64 */
	CORE_SIMD_AVX2,
	CORE_SIMD_NEON, /* every AArch64 */
	CORE_SIMDS
};

bool core_simd_runs(enum core_simd level);

/* The fastest that runs. */
enum core_simd core_simd_best(void);

/* "plain", "sse2", "avx2", "neon". */
const char *core_simd_name(enum core_simd level);

/* AES, and the multiplication that its GCM mode needs, are instructions. */
bool core_simd_has_aes(void);
