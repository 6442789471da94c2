/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

/*
 * Time as the whole program counts it: microseconds of CLOCK_MONOTONIC, the
 * clock that sd-event timers use too. Wall time is only for people.
 *
 * Threads: any.
 */

#define CLOCK_US_PER_MS UINT64_C(1000)
#define CLOCK_US_PER_S UINT64_C(1000000)

uint64_t clock_now_us(void);

/* Whole seconds. */
uint64_t clock_seconds_since(uint64_t then_us);
