/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/reference.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "video/convert.h"
#include "video/frame.h"

#define WIDTH REFERENCE_WIDTH
#define HEIGHT REFERENCE_HEIGHT
#define CELL 16
#define NOWHERE_NEAR UINT64_MAX

/* What a viewer's level stands for, as rackhand.conf(5) has it. */
static const struct {
	int level_max;
	int quality;
	int subsampling;
} levels[] = {
		{3, 50, TJSAMP_420},
		{7, 80, TJSAMP_420},
		{9, 92, TJSAMP_444},
};

/* ---- making it ---- */

static uint32_t *new_picture(void)
{
	uint32_t *picture = malloc(sizeof(*picture) * WIDTH * HEIGHT);

	if (!picture)
		bench_die("no memory for pictures");
	return picture;
}

void reference_open(struct reference *reference, const char *path,
		const char *matrix, int level)
{
	const struct video_rect all = {0, 0, WIDTH, HEIGHT};
	struct video_frame frame = {
			.layout = {
					.pixel = VIDEO_PIXEL_YUYV,
					.matrix = VIDEO_MATRIX_BT601,
					.full_range = true,
					.width_px = WIDTH,
					.height_px = HEIGHT,
					.stride_bytes = {2 * WIDTH},
			}};
	struct bench_frames file;

	if (strcmp(matrix, "yuyv709") == 0) {
		frame.layout.matrix = VIDEO_MATRIX_BT709;
		frame.layout.full_range = false;
	}
	bench_frames_open(&file, path, 2 * (size_t)WIDTH * HEIGHT);
	reference->level = level;
	reference->frames_n = file.n;
	reference->frames = calloc(file.n, sizeof(*reference->frames));
	reference->jpegs = calloc(file.n, sizeof(*reference->jpegs));
	if (!reference->frames || !reference->jpegs)
		bench_die("no memory for pictures");
	for (size_t i = 0; i < file.n; i++) {
		reference->frames[i] = new_picture();
		frame.plane[0] = bench_frames_at(&file, i);
		video_convert_bgrx(&frame, &all,
				(uint8_t *)reference->frames[i], 4 * WIDTH);
	}
}

static uint32_t *make_jpeg(const struct reference *reference, size_t frame)
{
	tjhandle compress = tjInitCompress(), decompress = tjInitDecompress();
	uint32_t *picture = new_picture();
	unsigned char *jpeg = NULL;
	unsigned long bytes = 0;
	size_t i = 0;

	while (levels[i].level_max < reference->level)
		i++;
	errno = 0;
	if (tjCompress2(compress, (uint8_t *)reference->frames[frame], WIDTH, 0,
			    HEIGHT, TJPF_BGRX, &jpeg, &bytes,
			    levels[i].subsampling, levels[i].quality, 0) != 0 ||
			tjDecompress2(decompress, jpeg, bytes,
					(uint8_t *)picture, WIDTH, 0, HEIGHT,
					TJPF_BGRX, 0) != 0)
		bench_die("libjpeg-turbo: %s", tjGetErrorStr2(compress));
	tjFree(jpeg);
	tjDestroy(compress);
	tjDestroy(decompress);
	return picture;
}

/* ---- comparing ---- */

static uint64_t square(uint32_t a, uint32_t b, unsigned shift)
{
	int difference = (int)(a >> shift & 0xff) - (int)(b >> shift & 0xff);

	return (uint64_t)(difference * difference);
}

static uint64_t pixel_error(uint32_t a, uint32_t b)
{
	return square(a, b, 0) + square(a, b, 8) + square(a, b, 16);
}

/* Every seventh pixel of every third row says enough. */
static uint64_t sample(const uint32_t *a, const uint32_t *b,
		const struct reference_rect *rect, uint64_t enough)
{
	uint64_t sum = 0;

	for (int y = rect->y; y < rect->y + rect->height; y += 3) {
		const uint32_t *row_a = a + (size_t)y * WIDTH;
		const uint32_t *row_b = b + (size_t)y * WIDTH;

		for (int x = rect->x; x < rect->x + rect->width; x += 7)
			sum += pixel_error(row_a[x], row_b[x]);
		if (sum >= enough)
			break;
	}
	return sum;
}

size_t reference_find(const struct reference *reference,
		const uint32_t *picture, const struct reference_rect *rects,
		size_t rects_n)
{
	uint64_t best = NOWHERE_NEAR;
	size_t found = 0;

	for (size_t i = 0; i < reference->frames_n && best; i++) {
		uint64_t sum = 0;

		for (size_t k = 0; k < rects_n && sum < best; k++)
			sum += sample(picture, reference->frames[i], &rects[k],
					best - sum);
		if (sum < best) {
			best = sum;
			found = i;
		}
	}
	return found;
}

static uint64_t cell_error(const uint32_t *a, const uint32_t *b,
		const struct reference_rect *cell)
{
	uint64_t sum = 0;

	for (int y = cell->y; y < cell->y + cell->height; y++)
		for (int x = cell->x; x < cell->x + cell->width; x++)
			sum += pixel_error(a[(size_t)y * WIDTH + (size_t)x],
					b[(size_t)y * WIDTH + (size_t)x]);
	return sum;
}

static void compare_cell(struct reference *reference, size_t frame,
		const uint32_t *picture, const struct reference_rect *cell,
		struct reference_error *error)
{
	uint64_t squares = cell_error(picture, reference->frames[frame], cell);

	if (squares == 0)
		return;
	error->squares += squares;
	error->pixels += (uint64_t)cell->width * (uint64_t)cell->height;
	if (reference->level < 0)
		return;
	if (!reference->jpegs[frame])
		reference->jpegs[frame] = make_jpeg(reference, frame);
	error->reference_squares += cell_error(reference->jpegs[frame],
			reference->frames[frame], cell);
}

static int min(int a, int b)
{
	return a < b ? a : b;
}

void reference_compare(struct reference *reference, size_t frame,
		const uint32_t *picture, const struct reference_rect *rect,
		struct reference_error *error)
{
	int right = rect->x + rect->width, bottom = rect->y + rect->height;

	for (int y = rect->y; y < bottom; y += CELL)
		for (int x = rect->x; x < right; x += CELL) {
			struct reference_rect cell = {x, y,
					min(CELL, right - x),
					min(CELL, bottom - y)};

			compare_cell(reference, frame, picture, &cell, error);
		}
}

bool reference_is(const struct reference *reference, size_t frame,
		const uint32_t *picture)
{
	const uint32_t *expected = reference->frames[frame];

	for (size_t i = 0; i < (size_t)WIDTH * HEIGHT; i++)
		if ((picture[i] ^ expected[i]) & 0xffffff)
			return false;
	return true;
}

void reference_add(
		struct reference_error *sum, const struct reference_error *one)
{
	sum->pixels += one->pixels;
	sum->squares += one->squares;
	sum->reference_squares += one->reference_squares;
}

double reference_db(uint64_t squares, uint64_t pixels)
{
	if (squares == 0)
		return 99;
	return 10 * log10(255.0 * 255.0 * 3 * (double)pixels / (double)squares);
}

double reference_loss_db(const struct reference_error *error)
{
	return reference_db(error->reference_squares, error->pixels) -
			reference_db(error->squares, error->pixels);
}
