/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * limit FILE [KIND [TIMES]]: the least that work on the YUYV frames of FILE
 * can cost on one core of this machine, whoever does it. KIND:
 *
 *   jpeg     libjpeg-turbo alone: the whole frame, quality 80, 4:2:0, its
 *            planes taken out of YUYV included
 *   compare  every byte of a frame and of the one before it
 *   read     every byte of a frame
 *
 * Prints one line: CPU in us a frame, the fastest of three rounds, and the
 * bytes that come out.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "core/simd.h"
#include "tests/bench/tool.h"

#define WIDTH 1920
#define HEIGHT 1080
#define ROW_BYTES (2 * (size_t)WIDTH)
#define FRAME_BYTES (ROW_BYTES * HEIGHT)
#define ROUNDS 3
#define QUALITY 80

struct limit {
	struct bench_frames frames;
	tjhandle jpeg;
	uint8_t *y, *u, *v;
	uint8_t *out;
	unsigned long out_bytes;
	uint64_t sum; /* so that nothing read is left out */
};

/* ---- JPEG ---- */

/* Two rows of YUYV: both of Y, and one of U and V, their means. */
static void split_rows_plain(const uint8_t *in, uint8_t *y, uint8_t *u,
		uint8_t *v, size_t from_px)
{
	const uint8_t *below = in + ROW_BYTES;

	for (size_t x = from_px; x < WIDTH; x += 2) {
		y[x] = in[2 * x];
		y[x + 1] = in[2 * x + 2];
		y[WIDTH + x] = below[2 * x];
		y[WIDTH + x + 1] = below[2 * x + 2];
		u[x / 2] = (uint8_t)((in[2 * x + 1] + below[2 * x + 1] + 1) /
				2);
		v[x / 2] = (uint8_t)((in[2 * x + 3] + below[2 * x + 3] + 1) /
				2);
	}
}

#if defined(__x86_64__)
/* The low or the high bytes of 32 pairs, in order. */
__attribute__((target("avx2"))) static inline __m256i join(
		__m256i left, __m256i right, int high)
{
	const __m256i low = _mm256_set1_epi16(0xff);

	if (high) {
		left = _mm256_srli_epi16(left, 8);
		right = _mm256_srli_epi16(right, 8);
	} else {
		left = _mm256_and_si256(left, low);
		right = _mm256_and_si256(right, low);
	}
	return _mm256_permute4x64_epi64(_mm256_packus_epi16(left, right), 0xd8);
}

__attribute__((target("avx2"))) static size_t split_rows_avx2(
		const uint8_t *in, uint8_t *y, uint8_t *u, uint8_t *v)
{
	size_t x;

	for (x = 0; x + 64 <= WIDTH; x += 64) {
		__m256i chroma[2];

		for (size_t half = 0; half < 2; half++) {
			const __m256i *top = (const __m256i *)(in + 2 * x) +
					2 * half;
			const __m256i *below =
					(const __m256i *)((const uint8_t *)top +
							ROW_BYTES);
			__m256i a = _mm256_loadu_si256(top);
			__m256i b = _mm256_loadu_si256(top + 1);
			__m256i c = _mm256_loadu_si256(below);
			__m256i d = _mm256_loadu_si256(below + 1);
			uint8_t *to = y + x + 32 * half;

			_mm256_storeu_si256((__m256i *)to, join(a, b, 0));
			_mm256_storeu_si256(
					(__m256i *)(to + WIDTH), join(c, d, 0));
			chroma[half] = _mm256_avg_epu8(
					join(a, b, 1), join(c, d, 1));
		}
		_mm256_storeu_si256((__m256i *)(u + x / 2),
				join(chroma[0], chroma[1], 0));
		_mm256_storeu_si256((__m256i *)(v + x / 2),
				join(chroma[0], chroma[1], 1));
	}
	return x;
}
#endif

static void split(struct limit *limit, const uint8_t *frame)
{
	for (size_t row = 0; row < HEIGHT; row += 2) {
		const uint8_t *in = frame + row * ROW_BYTES;
		uint8_t *y = limit->y + row * WIDTH;
		uint8_t *u = limit->u + row / 2 * (WIDTH / 2);
		uint8_t *v = limit->v + row / 2 * (WIDTH / 2);
		size_t done_px = 0;

#if defined(__x86_64__)
		if (core_simd_runs(CORE_SIMD_AVX2))
			done_px = split_rows_avx2(in, y, u, v);
#endif
		split_rows_plain(in, y, u, v, done_px);
	}
}

static size_t do_jpeg(struct limit *limit, size_t i)
{
	const uint8_t *planes[3] = {limit->y, limit->u, limit->v};
	static const int strides[3] = {WIDTH, WIDTH / 2, WIDTH / 2};
	unsigned long bytes = limit->out_bytes;

	split(limit, bench_frames_at(&limit->frames, i));
	errno = 0;
	if (tjCompressFromYUVPlanes(limit->jpeg, planes, WIDTH, strides, HEIGHT,
			    TJSAMP_420, &limit->out, &bytes, QUALITY,
			    TJFLAG_NOREALLOC) != 0)
		bench_die("libjpeg-turbo: %s", tjGetErrorStr2(limit->jpeg));
	return bytes;
}

/* ---- memory ---- */

/* The compiler makes of it the widest that every processor has. */
typedef uint64_t vector __attribute__((vector_size(16)));
#define VECTORS 4

static size_t do_compare(struct limit *limit, size_t i)
{
	const uint8_t *new = bench_frames_at(&limit->frames, i + 1);
	const uint8_t *old = bench_frames_at(&limit->frames, i);
	vector sums[VECTORS] = {0}, a[VECTORS], b[VECTORS];

	for (size_t at = 0; at < FRAME_BYTES; at += sizeof(a)) {
		memcpy(a, new + at, sizeof(a));
		memcpy(b, old + at, sizeof(b));
		for (size_t k = 0; k < VECTORS; k++)
			sums[k] |= a[k] ^ b[k];
	}
	for (size_t k = 0; k < VECTORS; k++)
		limit->sum += sums[k][0] | sums[k][1];
	return 0;
}

static size_t do_read(struct limit *limit, size_t i)
{
	const uint8_t *frame = bench_frames_at(&limit->frames, i);
	vector sums[VECTORS] = {0}, a[VECTORS];

	for (size_t at = 0; at < FRAME_BYTES; at += sizeof(a)) {
		memcpy(a, frame + at, sizeof(a));
		for (size_t k = 0; k < VECTORS; k++)
			sums[k] ^= a[k];
	}
	for (size_t k = 0; k < VECTORS; k++)
		limit->sum += sums[k][0] ^ sums[k][1];
	return 0;
}

/* ---- measuring ---- */

static const struct kind {
	const char *name;
	size_t (*frame)(struct limit *limit, size_t i);
} kinds[] = {
		{"jpeg", do_jpeg},
		{"compare", do_compare},
		{"read", do_read},
};

static uint64_t cpu_us(void)
{
	return bench_process_cpu_us(getpid());
}

/* Over all frames, so that none is in a cache when its turn comes. */
static void measure(struct limit *limit, const struct kind *kind, size_t frames)
{
	double best_us = 0, us;
	uint64_t bytes = 0, began_us;

	for (size_t round = 0; round < ROUNDS; round++) {
		bytes = 0;
		began_us = cpu_us();
		for (size_t i = 0; i < frames; i++)
			bytes += kind->frame(limit, i);
		us = (double)(cpu_us() - began_us) / (double)frames;
		if (round == 0 || us < best_us)
			best_us = us;
	}
	printf("\"%s\":{\"us\":%.1f,\"bytes\":%.0f}", kind->name, best_us,
			(double)bytes / (double)frames);
}

static void open_limit(struct limit *limit, const char *path)
{
	const size_t pixels = (size_t)WIDTH * HEIGHT;

	bench_frames_open(&limit->frames, path, FRAME_BYTES);
	limit->jpeg = tjInitCompress();
	limit->out_bytes = tjBufSize(WIDTH, HEIGHT, TJSAMP_420);
	limit->out = tjAlloc((int)limit->out_bytes);
	limit->y = malloc(pixels * 3 / 2);
	if (!limit->jpeg || !limit->out || !limit->y)
		bench_die("no memory");
	limit->u = limit->y + pixels;
	limit->v = limit->u + pixels / 4;
}

int main(int argc, char **argv)
{
	const char *between = "{";
	struct limit limit = {0};
	size_t frames;

	if (argc < 2)
		bench_die("see the head of limit.c");
	open_limit(&limit, argv[1]);
	frames = argc > 3 ? strtoul(argv[3], NULL, 10) : limit.frames.n;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (argc > 2 && strcmp(argv[2], kinds[i].name) != 0)
			continue;
		fputs(between, stdout);
		measure(&limit, &kinds[i], frames);
		between = ",";
	}
	printf(",\"sum\":%llu}\n", (unsigned long long)limit.sum);
	return 0;
}
