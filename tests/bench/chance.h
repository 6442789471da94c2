/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

/*
 * Numbers that look random and are the same on every machine and every day.
 * Whoever starts with the same seed gets the same row of numbers.
 *
 * Threads: any. Errors: none.
 */
struct chance {
	uint64_t state;
};

struct chance chance_seeded(uint64_t seed);
uint32_t chance_next(struct chance *chance);

/* 0 to n - 1. */
uint32_t chance_below(struct chance *chance, uint32_t n);
