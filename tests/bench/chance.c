/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/chance.h"

/* Counts in steps of the golden ratio and stirs the count (SplitMix64). */
#define STEP UINT64_C(0x9e3779b97f4a7c15)

static uint64_t stir(uint64_t value)
{
	value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
	return value ^ value >> 31;
}

/* Stirred, so that no row of numbers is the later part of its neighbour's. */
struct chance chance_seeded(uint64_t seed)
{
	return (struct chance){.state = stir(seed + STEP)};
}

uint32_t chance_next(struct chance *chance)
{
	return (uint32_t)(stir(chance->state += STEP) >> 32);
}

uint32_t chance_below(struct chance *chance, uint32_t n)
{
	return (uint32_t)((uint64_t)chance_next(chance) * n >> 32);
}
