/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/motion.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of the new picture every fourth row is enough. */
#define ROW_STEP 4

/* A row that has more like it is not worth a vote. */
#define ALIKE_MAX 8

/* Fewer votes are chance: this many, and one for so many rows. */
#define VOTES_MIN 4
#define ROWS_PER_VOTE 64

#define BUCKETS_BITS 10
#define NO_ROW UINT16_MAX

struct video_motion {
	uint64_t hashes[VIDEO_HEIGHT_MAX_PX]; /* of the old picture's rows */
	uint16_t next[VIDEO_HEIGHT_MAX_PX];   /* in the same bucket */
	uint16_t buckets[1 << BUCKETS_BITS];
	/* By distance, from -VIDEO_HEIGHT_MAX_PX on. */
	uint16_t votes[2 * VIDEO_HEIGHT_MAX_PX + 1];
};

int video_motion_create(struct video_motion **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void video_motion_destroy(struct video_motion *motion)
{
	free(motion);
}

static uint64_t mix(
		const uint8_t *bytes, uint64_t first_salt, uint64_t second_salt)
{
	uint64_t words[2];

	memcpy(words, bytes, sizeof(words));
	return (words[0] + first_salt) * (words[1] + second_salt);
}

/*
 * Two samples that differ hardly ever have the same sum. Whoever makes some
 * that have wins a comparison of the rows.
 */
static uint64_t hash_sample(const uint8_t *bytes)
{
	uint64_t sum;

	static_assert(VIDEO_MOTION_SAMPLE_BYTES == 64, "all are read");
	sum = mix(bytes, UINT64_C(0x9e3779b97f4a7c15),
			UINT64_C(0xbf58476d1ce4e5b9));
	sum += mix(bytes + 16, UINT64_C(0x94d049bb133111eb),
			UINT64_C(0xd6e8feb86659fd93));
	sum += mix(bytes + 32, UINT64_C(0xa0761d6478bd642f),
			UINT64_C(0xe7037ed1a0b428db));
	sum += mix(bytes + 48, UINT64_C(0x8ebc6af09c88c6e3),
			UINT64_C(0x589965cc75374cc3));
	return sum ^ sum >> 32;
}

static uint16_t *bucket_of(struct video_motion *motion, uint64_t hash)
{
	return &motion->buckets[hash * UINT64_C(0x9e3779b97f4a7c15) >>
			(64 - BUCKETS_BITS)];
}

/* Note the old picture's rows, but for those that are like a neighbour. */
static void note_rows(struct video_motion *motion,
		const struct video_frame *before, uint32_t y_px, uint32_t rows,
		size_t sample)
{
	const size_t stride_bytes = before->layout.stride_bytes[0];
	const uint8_t *bytes = before->plane[0] + stride_bytes * y_px + sample;
	uint64_t *hashes = motion->hashes;

	for (uint32_t i = 0; i < rows; i++, bytes += stride_bytes)
		hashes[i] = hash_sample(bytes);
	memset(motion->buckets, 0xff, sizeof(motion->buckets));
	for (uint32_t i = 1; i + 1 < rows; i++) {
		uint16_t *bucket;

		if (hashes[i] == hashes[i - 1] || hashes[i] == hashes[i + 1])
			continue;
		bucket = bucket_of(motion, hashes[i]);
		motion->next[i] = *bucket;
		*bucket = (uint16_t)i;
	}
}

static void vote(struct video_motion *motion, uint32_t row, uint64_t hash)
{
	uint16_t alike[ALIKE_MAX];
	size_t alike_n = 0;

	if (motion->hashes[row] == hash)
		return; /* it stayed */
	for (uint16_t at = *bucket_of(motion, hash); at != NO_ROW;
			at = motion->next[at]) {
		if (motion->hashes[at] != hash)
			continue;
		if (alike_n == ALIKE_MAX)
			return;
		alike[alike_n++] = at;
	}
	for (size_t i = 0; i < alike_n; i++)
		motion->votes[VIDEO_HEIGHT_MAX_PX + alike[i] - row]++;
}

static void let_rows_vote(struct video_motion *motion,
		const struct video_frame *after, uint32_t y_px, uint32_t rows,
		size_t sample)
{
	const size_t stride_bytes = after->layout.stride_bytes[0];
	const uint8_t *bytes = after->plane[0] + stride_bytes * y_px + sample;

	for (uint32_t i = 0; i < rows; i += ROW_STEP)
		vote(motion, i, hash_sample(bytes + stride_bytes * i));
}

/* The distance with most votes, the shortest of several; 0: none. */
static int32_t elect(struct video_motion *motion, uint32_t rows)
{
	const int32_t reach = (int32_t)rows;
	uint16_t *votes = motion->votes + VIDEO_HEIGHT_MAX_PX;
	uint32_t most = VOTES_MIN - 1 + rows / ROWS_PER_VOTE;
	int32_t elected = 0;

	for (int32_t i = 1; i < reach; i++) {
		if (votes[i] > most) {
			most = votes[i];
			elected = i;
		}
		if (votes[-i] > most) {
			most = votes[-i];
			elected = -i;
		}
	}
	votes[elected] = 0;
	return elected;
}

size_t video_motion_guess(struct video_motion *motion,
		const struct video_frame *before,
		const struct video_frame *after,
		const struct video_motion_area *area, int32_t *guesses,
		size_t guesses_n)
{
	const uint32_t rows = area->height_px;
	size_t found_n = 0;

	memset(motion->votes + VIDEO_HEIGHT_MAX_PX - rows, 0,
			(2 * rows + 1) * sizeof(motion->votes[0]));
	for (size_t i = 0; i < VIDEO_MOTION_SAMPLES; i++) {
		note_rows(motion, before, area->y_px, rows, area->samples[i]);
		let_rows_vote(motion, after, area->y_px, rows,
				area->samples[i]);
	}
	while (found_n < guesses_n) {
		guesses[found_n] = elect(motion, rows);
		if (guesses[found_n] == 0)
			break;
		found_n++;
	}
	return found_n;
}
