/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/histogram.h"

#include <assert.h>

/* Values below STEPS have a bucket each; then STEPS to a power of two. */
#define STEPS_POWER 4
#define STEPS (1 << STEPS_POWER)

_Static_assert(CORE_HISTOGRAM_BUCKETS == STEPS * (32 - STEPS_POWER + 1),
		"the buckets end at 2^32");

static unsigned bucket_of(uint64_t value)
{
	unsigned power, bucket;

	if (value < STEPS)
		return (unsigned)value;
	power = 63 - (unsigned)__builtin_clzll(value);
	bucket = (power - STEPS_POWER + 1) * STEPS +
			(unsigned)(value >> (power - STEPS_POWER) &
					(STEPS - 1));
	return bucket < CORE_HISTOGRAM_BUCKETS ? bucket
					       : CORE_HISTOGRAM_BUCKETS - 1;
}

static uint64_t bucket_upper_bound(unsigned bucket)
{
	unsigned shift;

	if (bucket < STEPS)
		return bucket;
	shift = bucket / STEPS - 1;
	return ((uint64_t)(STEPS + bucket % STEPS + 1) << shift) - 1;
}

void core_histogram_add(struct core_histogram *histogram, uint64_t value_us)
{
	histogram->samples++;
	histogram->sum_us += value_us;
	histogram->buckets[bucket_of(value_us)]++;
	if (value_us > histogram->max_us)
		histogram->max_us = value_us;
}

uint64_t core_histogram_count_below(
		const struct core_histogram *histogram, unsigned power)
{
	unsigned end = (power - STEPS_POWER + 1) * STEPS;
	uint64_t count = 0;

	assert(power >= STEPS_POWER && power < 32);
	for (unsigned i = 0; i < end; i++)
		count += histogram->buckets[i];
	return count;
}

uint64_t core_histogram_percentile_us(
		const struct core_histogram *histogram, unsigned percent)
{
	uint64_t wanted = (histogram->samples * percent + 99) / 100;
	uint64_t seen = 0;

	for (unsigned i = 0; i < CORE_HISTOGRAM_BUCKETS - 1; i++) {
		uint64_t bound = bucket_upper_bound(i);

		seen += histogram->buckets[i];
		if (seen >= wanted)
			return bound < histogram->max_us ? bound
							 : histogram->max_us;
	}
	return histogram->max_us; /* the highest bucket has no other end */
}
