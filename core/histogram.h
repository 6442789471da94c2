/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

/*
 * How a duration is distributed, in a fixed number of buckets whose width
 * grows with the value: sixteen to each power of two, so a percentile is too
 * high by a sixteenth at most. The largest value is kept as it was. Adding
 * takes some nanoseconds and touches two cache lines: cheap enough to be
 * always on.
 *
 * Threads: the owner's only. Zero-initialised is empty.
 */
#define CORE_HISTOGRAM_BUCKETS 464

struct core_histogram {
	uint64_t samples;
	uint64_t sum_us;
	uint64_t max_us;
	uint64_t buckets[CORE_HISTOGRAM_BUCKETS];
};

/* Values above 2^32 count in the highest bucket. */
void core_histogram_add(struct core_histogram *histogram, uint64_t value_us);

/* How many samples are below 2^power, exactly; power from 4 to 31. */
uint64_t core_histogram_count_below(
		const struct core_histogram *histogram, unsigned power);

/*
 * An upper bound of the value that `percent` of the samples reach, never above
 * the largest; 0: there are none.
 */
uint64_t core_histogram_percentile_us(
		const struct core_histogram *histogram, unsigned percent);
