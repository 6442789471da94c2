/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Threads: any. Errors: none. */

static inline uint32_t core_min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static inline uint32_t core_max_u32(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static inline uint64_t core_min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t core_max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static inline size_t core_min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}
