/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/histogram.h"

/* Values 0 to 3 have a bucket each; then four buckets to a power of two. */
static unsigned bucket_of(uint64_t value)
{
	unsigned power, bucket;

	if (value < 4)
		return (unsigned)value;
	power = 63 - (unsigned)__builtin_clzll(value);
	bucket = (power - 1) * 4 + (unsigned)(value >> (power - 2) & 3);
	return bucket < CORE_HISTOGRAM_BUCKETS ? bucket
					       : CORE_HISTOGRAM_BUCKETS - 1;
}

static uint64_t bucket_upper_bound(unsigned bucket)
{
	unsigned power = bucket / 4 + 1;

	if (bucket < 4)
		return bucket;
	return ((UINT64_C(4) + bucket % 4 + 1) << (power - 2)) - 1;
}

void core_histogram_add(struct core_histogram *histogram, uint64_t value_us)
{
	histogram->samples++;
	histogram->buckets[bucket_of(value_us)]++;
}

uint64_t core_histogram_percentile_us(
		const struct core_histogram *histogram, unsigned percent)
{
	uint64_t wanted = (histogram->samples * percent + 99) / 100;
	uint64_t seen = 0;

	if (histogram->samples == 0)
		return 0;
	for (unsigned i = 0; i < CORE_HISTOGRAM_BUCKETS; i++) {
		seen += histogram->buckets[i];
		if (seen >= wanted)
			return bucket_upper_bound(i);
	}
	return bucket_upper_bound(CORE_HISTOGRAM_BUCKETS - 1);
}
