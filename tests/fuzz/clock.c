/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/fuzz.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"

/* Long before any real one, so that no timer of the kernel's is ever due. */
#define START_US (1000000 * CLOCK_US_PER_S)

static uint64_t now_us = START_US;

void fuzz_clock_reset(void)
{
	now_us = START_US;
}

void fuzz_clock_pass(uint64_t us)
{
	now_us += us;
}

/* In the C library's place, for the shared libraries too. */
__attribute__((visibility("default"))) int clock_gettime(
		clockid_t clock, struct timespec *now)
{
	if (clock != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, clock, now);
	now->tv_sec = (time_t)(now_us / CLOCK_US_PER_S);
	now->tv_nsec = (long)(now_us % CLOCK_US_PER_S) * 1000;
	return 0;
}
