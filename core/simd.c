/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/simd.h"

#if defined(__aarch64__)
#include <sys/auxv.h>
#endif

bool core_simd_runs(enum core_simd level)
{
	switch (level) {
	case CORE_SIMD_PLAIN:
		return true;
#if defined(__x86_64__)
	case CORE_SIMD_SSE2:
		return true;
	case CORE_SIMD_AVX2:
		return __builtin_cpu_supports("avx2");
#elif defined(__aarch64__)
	case CORE_SIMD_NEON:
		return true;
#endif
	default:
		return false;
	}
}

enum core_simd core_simd_best(void)
{
	for (unsigned level = CORE_SIMDS - 1; level > CORE_SIMD_PLAIN; level--)
		if (core_simd_runs((enum core_simd)level))
			return (enum core_simd)level;
	return CORE_SIMD_PLAIN;
}

const char *core_simd_name(enum core_simd level)
{
	static const char *const names[CORE_SIMDS] = {
			[CORE_SIMD_PLAIN] = "plain",
			[CORE_SIMD_SSE2] = "sse2",
			[CORE_SIMD_AVX2] = "avx2",
			[CORE_SIMD_NEON] = "neon",
	};

	return names[level];
}

bool core_simd_has_aes(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("aes") &&
			__builtin_cpu_supports("pclmul");
#elif defined(__aarch64__)
	const unsigned long both = HWCAP_AES | HWCAP_PMULL;

	return (getauxval(AT_HWCAP) & both) == both;
#else
	return false;
#endif
}
