/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/clock.h"

#include <time.h>

uint64_t clock_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * CLOCK_US_PER_S +
			(uint64_t)now.tv_nsec / 1000;
}

uint64_t clock_seconds_since(uint64_t then_us)
{
	return (clock_now_us() - then_us) / CLOCK_US_PER_S;
}
